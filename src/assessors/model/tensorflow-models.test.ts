import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { type Example, example } from './rule.ts'
import { ACTIVE_CODE, DENSE, oldLambda } from './rules/keras/craft-keras.ts'
import {
  type CraftedNode,
  frozenGraph,
  kerasMetadata,
  metaGraphFile,
  SAVER,
  savedModel,
} from './rules/tensorflow/craft-graph.ts'
import { tfliteModel } from './rules/tensorflow/craft-tflite.ts'

async function assess({ name, bytes }: Example) {
  return assessFile(name, sourceOfBytes(bytes))
}

const READ: CraftedNode = { name: 'read', op: 'ReadFile', inputs: ['path'] }
const LAMBDA = JSON.stringify({ class_name: 'Sequential', config: { layers: [oldLambda(ACTIVE_CODE)] } })
const TEXT = 'node { name: "x" op: "Placeholder" } node { name: "y" op: "Relu" input: "x" }'

test.for([
  ['a SavedModel', savedModel('saved_model.pb', { nodes: [...SAVER, READ] })],
  ['a function of a SavedModel', savedModel('saved_model.pb', { nodes: SAVER, functions: { f: [READ] } })],
  ['a frozen graph', frozenGraph('frozen.pb', [...SAVER, READ])],
  ['a frozen graph without an ending', frozenGraph('frozen', [...SAVER, READ])],
  ['a MetaGraph', metaGraphFile('model.ckpt.meta', { nodes: [READ] })],
  ['a graph as text', example('graph.pbtxt', `${TEXT} node { name: "r" op: "ReadFile" }`)],
  [
    'a function as text',
    example('graph.pbtxt', `${TEXT} library { function { node_def { name: "r" op: "ReadFile" } } }`),
  ],
  [
    'Keras metadata in a SavedModel',
    savedModel('saved_model.pb', { nodes: SAVER, metadata: ['{}', LAMBDA] }),
  ],
  ['Keras metadata beside it', kerasMetadata(['{"class_name": "Model", "config": {}}', LAMBDA])],
] as const)('what is active in %s is found', async ([, file]) => {
  expect((await assess(file)).verdict).toBe('malicious')
})

const META = JSON.stringify({ name: 'sequential', class_name: 'Sequential', config: { layers: [DENSE] } })
const TRAINING: readonly CraftedNode[] = [
  ...SAVER,
  { name: 'files', op: 'Const', text: '/home/author/cifar10/data_batch_1.bin' },
  { name: 'reader', op: 'FixedLengthRecordReaderV2' },
  { name: 'dataset', op: 'TFRecordDatasetV2', inputs: ['files'] },
  { name: 'summary', op: 'MergeSummary' },
  { name: 'checkpoint_initializer/prefix', op: 'Const', text: '/home/author/bert/bert_model.ckpt' },
  { name: 'checkpoint_initializer', op: 'RestoreV2', inputs: ['checkpoint_initializer/prefix'] },
]

test.for([
  ['a SavedModel', savedModel('saved_model.pb', { nodes: SAVER, functions: { f: SAVER }, metadata: [META] })],
  ['a training graph', metaGraphFile('model.ckpt-1000.meta', { nodes: TRAINING })],
  ['a frozen graph', frozenGraph('frozen_inference_graph.pb', SAVER)],
  ['a graph as text', example('graph.pbtxt', TEXT)],
  ['Keras metadata', kerasMetadata([META])],
  ['a fingerprint', example('fingerprint.pb', '\x08\x01\x10\x02')],
  [
    'weights of a checkpoint',
    example('variables/variables.data-00000-of-00001', '\x00\x01\x02\x03'.repeat(100)),
  ],
  ['a shard for browsers', example('group1-shard1of2.bin', '\x00\x01\x02\x03'.repeat(100))],
  ['a TFLite model', tfliteModel('model.tflite', ['FlexErf', 'TFLite_Detection_PostProcess'])],
] as const)('%s is clean', async ([, file]) => {
  const { verdict, findings, coverage } = await assess(file)
  const worse = findings.map(({ message }) => message)
  expect([verdict, worse, coverage.filter(({ status }) => status !== 'full')]).toEqual(['clean', [], []])
})

test.for(['model.data-00000-of-00001', 'group1-shard1of1.bin'])(
  'a pickle called %s is looked at',
  async (name) => {
    expect((await assess(example(name, '\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.'))).verdict).toBe(
      'malicious',
    )
  },
)

const ORDER = ['clean', 'suspicious', 'undecided', 'malicious']

test.for([
  savedModel('saved_model.pb', { nodes: SAVER, functions: { f: [READ] } }),
  frozenGraph('frozen.pb', [...SAVER, READ]),
  metaGraphFile('m.meta', { nodes: [...SAVER, READ] }),
  kerasMetadata([LAMBDA]),
  tfliteModel('m.tflite', ['FlexErf', 'ShellExec']),
] as const)('$name, cut anywhere, is not cleaner than undecided', async ({ name, bytes }) => {
  for (let end = 1; end < bytes.length; end += 5) {
    const { verdict } = await assessFile(name, sourceOfBytes(bytes.subarray(0, end)))
    // Between two nodes even a cut graph is a whole one.
    if (verdict === 'clean' && isWholeGraph(name)) continue
    expect([end, ORDER.indexOf(verdict) >= 2]).toEqual([end, true])
  }
})

function isWholeGraph(name: string): boolean {
  return name === 'frozen.pb' || name === 'm.meta'
}
