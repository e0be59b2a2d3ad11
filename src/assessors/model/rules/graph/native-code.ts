import { example, type ModelRule } from '../../rule.ts'
import { cntk } from './craft-cntk.ts'
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
    fires: [
      executorch(['aten::add'], ['AotiBackend']),
      openVino('<custom_layer library="/tmp/evil.so" />'),
      cntk('NativeUserDefinedFunction', { module: '/tmp/evil.so', op: 'run' }),
      example('a.engine', `ftrt\x01\0\0\0${'\0'.repeat(24)}plugin\0/tmp/evil.so\0`),
      example('b.plan', `ftrt\x01\0\0\0${'\0'.repeat(24)}\x7fELF\x02\x01\x01${'\0'.repeat(9)}\x03\0\x3e\0`),
    ],
    silent: [
      executorch(['aten::add'], ['VulkanBackend']),
      example(
        'c.engine',
        `ftrt\x01\0\0\0${'\0'.repeat(24)}libnvinfer_plugin.so\0layer/conv.so_what\0\x7fELF\x02\x01\x01${'\0'.repeat(9)}\x02\0\xbe\0`,
      ),
    ],
  },
  check: (subject) => [
    ...operatorsAsSights(subject, ['native']),
    ...referencesAsSights(subject, ({ role }) => role === 'library'),
  ],
}
