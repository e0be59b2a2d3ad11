import type { KerasArgument } from '../../../../formats/keras/index.ts'
import { isActiveTensorflow } from '../../keras-roles.ts'
import { example, type ModelRule, type Observation, type Subject } from '../../rule.ts'
import { DENSE, kerasModel } from './craft-keras.ts'
import { leadsOutside } from './outside-path.ts'

function lookup(vocabulary: unknown): unknown {
  return {
    module: 'keras.layers',
    class_name: 'StringLookup',
    config: { name: 'lookup', vocabulary, num_oov_indices: 1 },
    registered_name: null,
  }
}

function savedModel(filepath: string): unknown {
  return {
    module: 'keras.layers',
    class_name: 'TFSMLayer',
    config: { name: 'tfsm', filepath },
    registered_name: null,
  }
}

function browserModel(path: string): string {
  return JSON.stringify({
    format: 'layers-model',
    modelTopology: { model_config: { class_name: 'Sequential', config: { layers: [] } } },
    weightsManifest: [
      { paths: [path], weights: [{ name: 'dense/kernel', shape: [4, 3], dtype: 'float32' }] },
    ],
  })
}

export const outsideFile: ModelRule = {
  id: 'keras/outside-file',
  severity: 'high',
  verdict: 'malicious',
  title: 'A layer reads a file of this computer, or fetches one',
  source: 'https://github.com/advisories/GHSA-mq84-hjqx-cwf2',
  taxonomy: ['CWE-73', 'CWE-918', 'CVE-2025-12058', 'CVE-2026-1462'],
  why: 'The path stands in the configuration, so that its author chooses the file or the address. What is read becomes part of the model and leaves with it.',
  remedy: 'Do not load the file. A saved model holds its vocabulary itself.',
  examples: {
    fires: [
      kerasModel('a.keras', [lookup('/etc/passwd')]),
      kerasModel('b.keras', [lookup('http://169.254.169.254/latest/meta-data')]),
      kerasModel('c.keras', [savedModel('/tmp/other')]),
      example('model.json', browserModel('../../secrets.bin')),
    ],
    silent: [
      kerasModel('d.keras', [lookup(['a', '/etc/passwd'])]),
      example('model.json', browserModel('group1-shard1of1.bin')),
    ],
  },
  check: (subject) => filesOf(subject, true),
}

export const otherFile: ModelRule = {
  id: 'keras/other-file',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'A layer takes its values or its code from another file',
  source: 'https://github.com/advisories/GHSA-4f3f-g24h-fr8m',
  taxonomy: ['CWE-829', 'CVE-2026-1462', 'CVE-2025-12058'],
  why: 'What the model does depends on a file or SavedModel that it only names, and a SavedModel can read and write files.',
  remedy: 'Look at the other file too, or ask for a model that holds all it needs.',
  examples: {
    fires: [
      kerasModel('a.keras', [savedModel('other_model')]),
      kerasModel('b.keras', [lookup('vocabulary.txt')]),
    ],
    silent: [kerasModel('c.keras', [DENSE, lookup(null)])],
  },
  check: (subject) => filesOf(subject, false),
}

export const escapingName: ModelRule = {
  id: 'keras/escaping-name',
  severity: 'high',
  verdict: 'malicious',
  title: 'The name of a layer is a path upwards',
  source: 'https://nvd.nist.gov/vuln/detail/CVE-2026-12479',
  taxonomy: ['CWE-22', 'CVE-2026-12479'],
  why: 'Keras makes folders and files by the names of layers; `..` in a name writes outside the folder of the model.',
  remedy: 'Do not load or save the model.',
  examples: {
    fires: [kerasModel('a.keras', [{ ...DENSE, config: { name: '../../../tmp/x', units: 3 } }])],
    silent: [kerasModel('b.keras', [{ ...DENSE, config: { name: 'block1/conv..1', units: 3 } }])],
  },
  check: (subject) =>
    subject.kind !== 'keras'
      ? []
      : subject.view.escapingNames.slice(0, 20).map((seen) => observe(seen, 'is named')),
}

export const tensorflowCall: ModelRule = {
  id: 'keras/tensorflow-call',
  severity: 'critical',
  verdict: 'malicious',
  title: 'A layer calls a function of TensorFlow that acts',
  source: 'https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md',
  taxonomy: ['CWE-94', 'CWE-73', 'AML.T0011.000'],
  why: 'TFOpLambda layers call any function of TensorFlow by its name. This one reads or writes files, runs Python or loads a library.',
  remedy: 'Do not load the file. Find out who made it.',
  examples: {
    fires: [
      kerasModel('a.keras', [{ class_name: 'TFOpLambda', config: { name: 'w', function: 'io.write_file' } }]),
      kerasModel('b.keras', [
        { class_name: 'TensorFlowOpLayer', config: { node_def: '{"name": "r", "op": "ReadFile"}' } },
      ]),
    ],
    silent: [
      kerasModel('c.keras', [{ class_name: 'TFOpLambda', config: { name: 'm', function: 'math.multiply' } }]),
      kerasModel('d.keras', [
        { class_name: 'TFOpLambda', config: { name: 'm', function: '__operators__.getitem' } },
        { class_name: 'TensorFlowOpLayer', config: { node_def: '{"name": "r", "op": "Mul"}' } },
      ]),
    ],
  },
  check: (subject) =>
    subject.kind !== 'keras'
      ? []
      : subject.view.arguments
          .filter((seen) => isActiveCall(seen))
          .slice(0, 20)
          .map((seen) => observe(seen, 'calls')),
}

function isActiveCall({ key, value }: KerasArgument): boolean {
  if (key === 'function') return isActiveTensorflow(value)
  if (key !== 'node_def') return false
  const op = /"?\bop"?\s{0,4}:\s{0,4}"([A-Za-z0-9_>]{1,100})"/.exec(value.slice(0, 10_000))?.[1]
  return op !== undefined && isActiveTensorflow(`raw_ops.${op}`)
}

function filesOf(subject: Subject, isOutside: boolean): Observation[] {
  if (subject.kind !== 'keras') return []
  const { arguments: seen, weightPaths } = subject.view
  const files = seen.filter(({ key }) => key !== 'function' && key !== 'node_def')
  return [...files, ...weightPaths.filter(({ value }) => leadsOutside(value))]
    .filter(({ value }) => leadsOutside(value) === isOutside)
    .slice(0, 20)
    .map((file) => observe(file, 'reads'))
}

function observe({ path, value, offset }: KerasArgument, does: string): Observation {
  return { key: `${path}\0${value.slice(0, 200)}`, message: `${path} ${does} ${value.slice(0, 200)}`, offset }
}
