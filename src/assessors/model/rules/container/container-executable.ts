import { ELF } from '../../craft-container.ts'
import { craftZip } from '../../craft-zip.ts'
import { example, type ModelRule } from '../../rule.ts'
import { observeSights } from './container-sights.ts'

export const containerExecutable: ModelRule = {
  id: 'container/executable',
  severity: 'high',
  verdict: 'suspicious',
  title: 'There is a program or a native library among the files',
  source: 'https://atlas.mitre.org/techniques/AML.T0011.000',
  taxonomy: ['CWE-506', 'AML.T0011.000'],
  why: 'Models are data. Machine code beside or inside them runs with all rights once something starts or loads it, and no scanner of models can tell what it does.',
  remedy: 'Take libraries from their publisher, not from a model; look at what starts it.',
  examples: {
    fires: [example('lib.so', ELF), craftZip([{ name: 'lib/ops.so', text: ELF }])],
    silent: [craftZip([{ name: 'Main.class', text: '\xca\xfe\xba\xbe\0\0\0\x34\0\x01' }])],
  },
  check: (subject) => observeSights(subject, 'executable'),
}
