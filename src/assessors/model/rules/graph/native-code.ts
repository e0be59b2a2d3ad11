import type { ModelRule } from '../../rule.ts'
import { executorch } from './craft-flat.ts'
import { openVino } from './craft-openvino.ts'
import { operatorsAsSights, referencesAsSights } from './graph-sights.ts'

export const graphNativeCode: ModelRule = {
  id: 'graph/native-code',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The model brings machine code',
  source: 'https://docs.pytorch.org/executorch/stable/backends-overview.html',
  taxonomy: ['CWE-829', 'AML.T0010.001'],
  why: 'A part of the model is a compiled library, or names one that is loaded into the process. No scanner can say what it does.',
  remedy: 'Compile the model yourself from its source, or load it only where code of its author may run.',
  examples: {
    fires: [executorch(['aten::add'], ['AotiBackend']), openVino('<custom_layer library="/tmp/evil.so" />')],
    silent: [executorch(['aten::add'], ['VulkanBackend'])],
  },
  check: (subject) => [
    ...operatorsAsSights(subject, ['native']),
    ...referencesAsSights(subject, ({ role }) => role === 'library'),
  ],
}
