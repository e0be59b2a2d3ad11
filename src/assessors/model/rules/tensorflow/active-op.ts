import { example, type ModelRule, type Observation, type Subject } from '../../rule.ts'
import type { OpRole, OpSight } from '../../tensorflow-roles.ts'
import { leadsOutside } from '../keras/outside-path.ts'
import { frozenGraph, metaGraphFile, SAVER, savedModel } from './craft-graph.ts'

const SOURCE = 'https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md'
const WRITE = [
  { name: 'path', op: 'Const', text: '/tmp/owned' },
  { name: 'content', op: 'Const', text: 'hello' },
  { name: 'write', op: 'WriteFile', inputs: ['path', 'content'] },
] as const

export const fileOp: ModelRule = {
  id: 'tensorflow/file-op',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The graph reads or writes files, or calls over the network',
  source: SOURCE,
  taxonomy: ['CWE-73', 'CWE-94', 'AML.T0011.000'],
  why: 'A graph is a program. This operation reaches files or the network with the rights of whoever runs the model, and no model needs it to compute.',
  remedy: 'Do not load or serve the model. Find out who made it.',
  examples: {
    fires: [
      savedModel('saved_model.pb', { nodes: [...SAVER, ...WRITE] }),
      savedModel('b/saved_model.pb', {
        nodes: SAVER,
        functions: { inner: [{ name: 'r', op: 'ReadFile', inputs: ['f'] }] },
      }),
      frozenGraph('c.pb', [...SAVER, ...WRITE]),
      metaGraphFile('d.meta', { nodes: [...WRITE] }),
      savedModel('saved_model.pb', {
        nodes: [{ name: 'p', op: 'PrintV2', attribute: ['output_stream', 'file:///tmp/x'] }],
      }),
      frozenGraph('f.pb', [
        { name: 'm', op: 'ImmutableConst', attribute: ['memory_region_name', '/etc/passwd'] },
        ...SAVER,
      ]),
      example(
        'model.json',
        '{"modelTopology": {"node": [{"name": "w", "op": "WriteFile", "input": ["p"]}]}, "weightsManifest": []}',
      ),
      { name: 'e.pbtxt', bytes: Buffer.from('node { name: "r" op: "Read\\106ile" input: "x" }') },
    ],
    silent: [
      savedModel('saved_model.pb', { nodes: SAVER }),
      savedModel('saved_model.pb', {
        nodes: [{ name: 'p', op: 'PrintV2', attribute: ['output_stream', 'stderr'] }, ...SAVER],
      }),
      frozenGraph('g.pb', [
        { name: 'm', op: 'ImmutableConst', attribute: ['memory_region_name', 'memmapped_package://weights'] },
        ...SAVER,
      ]),
    ],
  },
  check: (subject) => observe(subject, (sight) => sight.role === 'file'),
}

export const shellOp: ModelRule = {
  id: 'tensorflow/shell-op',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The graph uses an operation that is named for running programs',
  source: SOURCE,
  taxonomy: ['CWE-78', 'CWE-829', 'AML.T0011.000'],
  why: 'Custom operations are native code. One with such a name is made to run programs or Python, or to fetch files.',
  remedy: 'Do not load the model, and do not install a library for it.',
  examples: {
    fires: [frozenGraph('a.pb', [...SAVER, { name: 'z', op: 'ShellExecute' }])],
    silent: [frozenGraph('b.pb', SAVER)],
  },
  check: (subject) => observe(subject, (sight) => sight.role === 'shell'),
}

export const pythonOp: ModelRule = {
  id: 'tensorflow/python-op',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The graph calls back into Python',
  source: 'https://www.tensorflow.org/api_docs/python/tf/py_function',
  taxonomy: ['CWE-94', 'AML.T0011.000'],
  why: 'A py_function runs Python of the process that loads the graph. The code is not in the file, so that a saved model cannot use it for anything ordinary.',
  remedy: 'Ask the author what is called; export the model without it.',
  examples: {
    fires: [
      frozenGraph('a.pb', [...SAVER, { name: 'p', op: 'EagerPyFunc', attribute: ['token', 'pyfunc_0'] }]),
    ],
    silent: [frozenGraph('b.pb', SAVER)],
  },
  check: (subject) => observe(subject, (sight) => sight.role === 'python'),
}

export const writeOutside: ModelRule = {
  id: 'tensorflow/write-outside',
  severity: 'critical',
  verdict: 'malicious',
  title: 'The graph writes to a fixed place on this computer',
  source: SOURCE,
  taxonomy: ['CWE-73', 'CWE-22', 'AML.T0011.000'],
  why: 'The ordinary saver is told by its caller where to write. Here the path stands in the graph.',
  remedy: 'Do not load or serve the model. Find out who made it.',
  examples: {
    fires: [
      frozenGraph('a.pb', [
        { name: 'p', op: 'Const', text: '/home/user/.bashrc' },
        { name: 's', op: 'SaveV2', inputs: ['p', 'n', 'n', 'x'] },
      ]),
      savedModel('saved_model.pb', {
        nodes: [
          { name: 'p', op: 'Const', text: '/home/user/.bashrc' },
          { name: 'c', op: 'StatefulPartitionedCall', inputs: ['p'] },
        ],
        functions: { write: [{ name: 's', op: 'SaveV2', inputs: ['given', 'n', 'n', 'x'] }] },
      }),
      frozenGraph('c.pb', [
        { name: 'p', op: 'Const', text: '/root/.ssh/authorized_keys' },
        { name: 'd', op: 'DatasetToTFRecord', inputs: ['x', 'p', 'n'] },
      ]),
      frozenGraph('d.pb', [
        { name: 'p', op: 'Const', text: '/etc/cron.d/x' },
        { name: 'c', op: 'CacheDataset', inputs: ['x', 'p'] },
      ]),
    ],
    silent: [
      frozenGraph('b.pb', SAVER),
      frozenGraph('e.pb', [
        { name: 'p', op: 'Const', text: '' },
        { name: 'c', op: 'CacheDataset', inputs: ['x', 'p'] },
      ]),
    ],
  },
  check: (subject) => observe(subject, (sight) => sight.role === 'save' && isOutside(sight)),
}

export const readOutside: ModelRule = {
  id: 'tensorflow/read-outside',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The graph reads a file at a fixed place on this computer',
  source: SOURCE,
  taxonomy: ['CWE-73'],
  why: 'What is read can become the output of the model. Models bring what they need with them, or are told where it is.',
  remedy: 'Ask the author what the file is for; export the model without the input pipeline.',
  examples: {
    fires: [
      savedModel('saved_model.pb', {
        nodes: [
          { name: 'p', op: 'Const', text: '/etc/passwd' },
          { name: 'd', op: 'TextLineDataset', inputs: ['p'] },
        ],
      }),
    ],
    silent: [
      savedModel('saved_model.pb', { nodes: SAVER }),
      savedModel('saved_model.pb', {
        nodes: [
          { name: 'vocabulary', op: 'Const', text: '/home/author/vocab.txt' },
          { name: 't', op: 'InitializeTableFromTextFileV2', inputs: ['table', 'vocabulary'] },
        ],
        assets: [{ filename: 'vocab.txt', tensor: 'vocabulary' }],
      }),
      // A training graph holds the input pipeline of its author.
      metaGraphFile('model.ckpt-1.meta', {
        nodes: [
          { name: 'p', op: 'Const', text: '/home/author/data/train.tfrecord' },
          { name: 'd', op: 'TFRecordDataset', inputs: ['p'] },
        ],
      }),
    ],
  },
  check: (subject) => {
    if (subject.kind !== 'tensorflow' || subject.view.form === 'meta-graph') return []
    return observe(subject, (sight) => sight.role === 'read' && isOutside(sight))
  },
}

export const oddOp: ModelRule = {
  id: 'tensorflow/odd-op',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The graph holds an operation for debugging or aborting',
  source: 'https://www.tensorflow.org/api_docs/python/tf/raw_ops',
  taxonomy: ['CWE-489', 'CWE-400'],
  why: 'These operations end the process, change file systems, or send tensors to an address. Saved models do not hold them.',
  remedy: 'Ask for a model that was exported without them.',
  examples: {
    fires: [
      frozenGraph('a.pb', [
        ...SAVER,
        { name: 'd', op: 'DebugIdentity', attribute: ['debug_urls', 'file:///tmp'] },
      ]),
    ],
    silent: [frozenGraph('b.pb', SAVER)],
  },
  check: (subject) => observe(subject, (sight) => sight.role === 'odd'),
}

export const customOp: ModelRule = {
  id: 'tensorflow/custom-op',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The graph uses an operation that TensorFlow does not have',
  source: 'https://www.tensorflow.org/guide/create_op',
  taxonomy: ['CWE-829'],
  why: 'A custom operation is native code from a library that must be loaded for this model.',
  remedy: 'Find out which library it is and whether you trust it.',
  examples: {
    fires: [frozenGraph('a.pb', [...SAVER, { name: 'z', op: 'Acme>Zap' }])],
    silent: [
      frozenGraph('b.pb', [...SAVER, { name: 's', op: 'SentencepieceTokenizeOp' }]),
      savedModel('saved_model.pb', {
        nodes: [{ name: 'z', op: 'Zap' }, ...SAVER],
        functions: { Zap: [{ name: 'm', op: 'Mul' }] },
      }),
    ],
  },
  check: (subject) => observe(subject, (sight) => sight.role === 'unknown'),
}

function isOutside({ constants }: OpSight): boolean {
  // A lone slash joins names.
  return constants.some((text) => text.length > 1 && leadsOutside(text))
}

function observe(subject: Subject, isWanted: (sight: OpSight) => boolean): Observation[] {
  if (subject.kind !== 'tensorflow') return []
  const seen = new Map<string, Observation>()
  for (const sight of subject.sights.filter(isWanted)) {
    const key = keyOf(sight)
    if (seen.size >= 20 || seen.has(key)) continue
    const where = sight.function === '' ? '' : ` in the function ${sight.function}`
    const { name, op, offset } = sight.node
    seen.set(key, { key, message: `the node ${name}${where} is ${op}`, offset, call: callOf(sight) })
  }
  return [...seen.values()]
}

/** Paths tell cases apart where they matter; a hundred nodes of one kind are one case. */
function keyOf({ role, node, constants }: OpSight): string {
  const byPath: readonly OpRole[] = ['file', 'save', 'read']
  return byPath.includes(role) ? `${node.op}\0${constants.join('\0')}` : node.op
}

function callOf({ node, constants }: OpSight): string {
  const shown = constants.slice(0, 5).map((text) => JSON.stringify(text.slice(0, 200)))
  return `${node.op}(${shown.join(', ')})`
}
