import { PLAIN_PICKLE } from '../../craft-container.ts'
import { craftZip } from '../../craft-zip.ts'
import { example, type ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const containerPolyglot: ModelRule = {
  id: 'container/polyglot',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The file is two formats at once',
  source: 'https://arxiv.org/abs/2508.19774',
  taxonomy: ['CWE-436', 'AML.T0015'],
  why: 'ZIP is read from the end and most formats from the start, so one file is a harmless thing to one reader and an archive to another.',
  remedy: 'Do not load the file; no writer of models makes one like it.',
  examples: {
    fires: [
      example(
        'a.pdf',
        `%PDF-1.4\n${Buffer.from(craftZip([{ name: 'a', text: 'a' }]).bytes).toString('latin1')}`,
      ),
      example(
        'a.pkl',
        `${PLAIN_PICKLE}${Buffer.from(craftZip([{ name: 'a', text: 'a' }]).bytes).toString('latin1')}`,
      ),
    ],
    silent: [example('a.pkl', PLAIN_PICKLE), craftZip([{ name: 'a', text: 'a' }])],
  },
  check: (subject) => observeSights(subject, 'polyglot'),
}
