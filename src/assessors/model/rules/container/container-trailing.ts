import { craftGzip, ELF, PNG } from '../../craft-container.ts'
import { example, type ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const containerTrailing: ModelRule = {
  id: 'container/trailing-payload',
  severity: 'high',
  verdict: 'suspicious',
  title: 'A second file stands behind the data that the file declares',
  source: 'https://arxiv.org/abs/2508.19774',
  taxonomy: ['CWE-436', 'AML.T0015'],
  why: 'A program, an archive or a pickle behind a picture, an archive or weights is invisible to the reader of the first and found by the reader of the second.',
  remedy: 'Cut the file at its declared end, or ask for a clean one.',
  examples: {
    fires: [example('a.png', `${PNG}${ELF}`), craftGzip('{}', '\x80\x02cos\nsystem\n.')],
    silent: [example('a.png', PNG), craftGzip('{}', '\0\0\0\0')],
  },
  check: (subject) => observeSights(subject, 'trailing'),
}
