import type { ModelRule, Observation, Subject } from '../../rule.ts'
import type { OpRole } from '../../tensorflow-roles.ts'
import { flexOptions } from './craft-graph.ts'
import { tfliteModel } from './craft-tflite.ts'

const SOURCE = 'https://ai.google.dev/edge/litert/models/ops_custom'

export const tfliteActiveOp: ModelRule = {
  id: 'tflite/active-op',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The model uses an operation that reaches the system',
  source: SOURCE,
  taxonomy: ['CWE-829', 'CWE-73', 'AML.T0011.000'],
  why: 'Flex operations are those of TensorFlow, and this one reads or writes files or runs programs; a custom one with such a name is made for the same.',
  remedy: 'Do not load the model, and do not link a library for it.',
  examples: {
    fires: [
      tfliteModel('a.tflite', ['FlexWriteFile']),
      tfliteModel('b.tflite', ['ShellCommand']),
      tfliteModel('d.tflite', ['FlexPrintV2'], { options: print('file:///tmp/x') }),
      tfliteModel('e.tflite', ['FlexErf'], { options: flexOptions({ name: 'r', op: 'ReadFile' }) }),
    ],
    silent: [
      tfliteModel('c.tflite', ['FlexErf', 'TFLite_Detection_PostProcess']),
      tfliteModel('f.tflite', ['FlexPrintV2'], { options: print('stderr') }),
    ],
  },
  check: (subject) => opsOf(subject, ['file', 'shell', 'save', 'read']),
}

export const tfliteCustomOp: ModelRule = {
  id: 'tflite/custom-op',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The model uses an operation that TensorFlow Lite does not have',
  source: SOURCE,
  taxonomy: ['CWE-829'],
  why: 'A custom operation is native code that must be linked into the program for this model.',
  remedy: 'Find out which library it is and whether you trust it.',
  examples: {
    fires: [tfliteModel('a.tflite', ['Zap']), tfliteModel('b.tflite', ['FlexEagerPyFunc'])],
    silent: [
      tfliteModel('c.tflite', ['TFLite_Detection_PostProcess', 'FlexRFFT']),
      tfliteModel('d.tflite', []),
    ],
  },
  check: (subject) => opsOf(subject, ['unknown', 'python', 'odd']),
}

export const malformedTflite: ModelRule = {
  id: 'tflite/malformed',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The model points where nothing is',
  source: 'https://github.com/tensorflow/tensorflow/security/advisories',
  taxonomy: ['CWE-125', 'CWE-787', 'CVE-2020-15211', 'CVE-2022-23558'],
  why: 'Interpreters in C++ trusted the numbers of tensors, buffers and operators, and were led outside their memory by wrong ones.',
  remedy: 'Do not load the file; convert the model again from its source.',
  examples: {
    fires: [tfliteModel('a.tflite', ['FlexErf'], { input: 7 })],
    silent: [tfliteModel('b.tflite', ['FlexErf'])],
  },
  check: (subject) =>
    subject.kind !== 'tflite'
      ? []
      : subject.view.problems
          .filter(({ kind }) => kind === 'bounds')
          .slice(0, 5)
          .map(({ message, offset }) => ({ key: message, message, offset })),
}

function print(stream: string): Buffer {
  return flexOptions({ name: 'p', op: 'PrintV2', attribute: ['output_stream', stream] })
}

function opsOf(subject: Subject, wanted: readonly OpRole[]): Observation[] {
  if (subject.kind !== 'tflite') return []
  const seen = subject.ops.filter(({ role }) => wanted.includes(role)).slice(0, 20)
  return seen.map(({ name, texts }) => ({
    key: name,
    message: `the model uses the operation ${name === '' ? 'without a name' : name}`,
    ...(texts.length === 0 ? {} : { call: `${name}(${texts.slice(0, 8).join(', ')})` }),
  }))
}
