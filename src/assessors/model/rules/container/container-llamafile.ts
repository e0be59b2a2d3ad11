import { craftZip } from '../../craft-zip.ts'
import type { ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const containerLlamafile: ModelRule = {
  id: 'container/llamafile',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The model is a program by design',
  source: 'https://github.com/Mozilla-Ocho/llamafile',
  taxonomy: ['CWE-829', 'AML.T0011.000'],
  why: 'A llamafile is an executable with its model inside. Starting it runs machine code that nobody looked at here; its GGUF can be used without it.',
  remedy: 'Take the GGUF out of it, or a llamafile from its publisher with a digest that you can check.',
  examples: {
    fires: [craftZip([{ name: 'model.gguf', text: 'GGUF' }], { prefix: `MZqFpD='\n${'\0'.repeat(100)}` })],
    silent: [craftZip([{ name: 'model.gguf', text: 'GGUF' }])],
  },
  check: (subject) => observeSights(subject, 'llamafile'),
}
