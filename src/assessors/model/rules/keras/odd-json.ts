import type { ModelRule } from '../../rule.ts'
import { DENSE, kerasArchive, kerasConfig } from './craft-keras.ts'

export const oddJson: ModelRule = {
  id: 'keras/odd-json',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The configuration reads differently to different readers',
  source: 'https://www.rfc-editor.org/rfc/rfc8259#section-4',
  taxonomy: ['CWE-436'],
  why: 'A doubled key or a comment lets a scanner see one model and the loader another. Keras writes neither.',
  remedy: 'Do not load the file before you know who wrote it so.',
  examples: {
    fires: [
      kerasArchive(
        'a.keras',
        kerasConfig([DENSE]).replace('"module":"keras.layers"', '"module":"os","module":"keras.layers"'),
      ),
      kerasArchive('b.keras', `/* padding */ ${kerasConfig([DENSE])}`),
    ],
    silent: [
      kerasArchive('c.keras', kerasConfig([{ ...DENSE, extra: 1 }]).replace('"extra":1', '"extra": NaN')),
    ],
  },
  check: (subject) =>
    subject.kind !== 'keras'
      ? []
      : subject.view.problems
          .slice(0, 10)
          .map(({ kind, message, offset }) => ({ key: `${kind}\0${message}`, message, offset })),
}
