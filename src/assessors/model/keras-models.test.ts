import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { craftZip } from './craft-zip.ts'
import { type Example, example } from './rule.ts'
import { craftHdf5 } from './rules/keras/craft-hdf5.ts'
import {
  ACTIVE_CODE,
  DENSE,
  HARMLESS_CODE,
  kerasArchive,
  kerasConfig,
  kerasHdf5,
  kerasModel,
  newLambda,
  oldLambda,
} from './rules/keras/craft-keras.ts'

async function assess({ name, bytes }: Example) {
  return assessFile(name, sourceOfBytes(bytes))
}

function callOf(module: string, name: string): unknown {
  const activation = { module, class_name: 'function', config: name, registered_name: name }
  return { ...DENSE, config: { name: 'dense', units: 3, activation } }
}

function withWeights(weights: Example): Example {
  const text = Buffer.from(weights.bytes).toString('latin1')
  const { bytes } = craftZip([
    { name: 'metadata.json', text: '{"keras_version": "3.13.0"}' },
    { name: 'config.json', text: kerasConfig([DENSE]) },
    { name: 'model.weights.h5', text },
  ])
  return { name: 'model.keras', bytes }
}

const nested = (layer: unknown, depth: number): unknown =>
  depth === 0
    ? layer
    : {
        module: 'keras.layers',
        class_name: 'TimeDistributed',
        config: { name: `t${depth}`, layer: nested(layer, depth - 1) },
        registered_name: null,
      }

const PICKLE = "cposix\nsystem\n(S'true'\ntR."

test.for([
  ['CVE-2024-3660: a lambda in HDF5', kerasHdf5('m.h5', [oldLambda(ACTIVE_CODE)]), 'malicious'],
  ['CVE-2025-9905: the same, harmless', kerasHdf5('m.h5', [oldLambda(HARMLESS_CODE)]), 'suspicious'],
  ['CVE-2025-1550: a function of any module', kerasModel('m.keras', [callOf('os', 'system')]), 'malicious'],
  ['CVE-2025-8747: a download', kerasModel('m.keras', [callOf('keras.utils', 'get_file')]), 'malicious'],
  [
    'CVE-2025-9906: safe mode switched off',
    kerasModel('m.keras', [callOf('keras.config', 'enable_unsafe_deserialization'), newLambda(ACTIVE_CODE)]),
    'malicious',
  ],
  [
    'CVE-2025-12058: a vocabulary elsewhere',
    kerasModel('m.keras', [
      { module: 'keras.layers', class_name: 'IndexLookup', config: { vocabulary: 'file:///etc/passwd' } },
    ]),
    'malicious',
  ],
  [
    'CVE-2025-12060: an archive that is downloaded and unpacked',
    kerasModel('m.keras', [
      {
        ...DENSE,
        config: { f: { module: 'keras.utils', class_name: 'get_file', config: { extract: true } } },
      },
    ]),
    'malicious',
  ],
  [
    'CVE-2025-49655: a pickled torch module',
    kerasModel('m.keras', [
      {
        module: 'keras.layers',
        class_name: 'TorchModuleWrapper',
        config: { module: Buffer.from(PICKLE.padEnd(80)).toString('base64') },
      },
    ]),
    'malicious',
  ],
  [
    'CVE-2026-1462: a SavedModel elsewhere',
    kerasModel('m.keras', [
      { module: 'keras.layers', class_name: 'TFSMLayer', config: { filepath: '/tmp/x' } },
    ]),
    'malicious',
  ],
  [
    'CVE-2026-1669: weights from another file',
    withWeights(craftHdf5('w.h5', { objects: [{ name: 'kernel', externalFile: '/etc/passwd' }] })),
    'malicious',
  ],
  [
    'CVE-2026-0897: a shape that fills the memory',
    withWeights(craftHdf5('w.h5', { objects: [{ name: 'kernel', shape: [1 << 20, 1 << 16] }] })),
    'suspicious',
  ],
  [
    'CVE-2026-12479: the name of a layer as a path',
    kerasModel('m.keras', [{ ...DENSE, config: { name: '../../x', units: 1 } }]),
    'malicious',
  ],
] as const)('%s', async ([, file, verdict]) => {
  expect((await assess(file)).verdict).toBe(verdict)
})

const ESCAPED = kerasConfig([newLambda(ACTIVE_CODE)]).replaceAll('class_name', 'class\\u005fname')
const UTF16 = Buffer.from(kerasConfig([newLambda(ACTIVE_CODE)]), 'utf16le').toString('latin1')

test.for([
  ['at any depth', kerasModel('m.keras', [nested(newLambda(ACTIVE_CODE), 50)])],
  [
    'in build_config',
    kerasModel('m.keras', [{ ...DENSE, build_config: { shapes: newLambda(ACTIVE_CODE) } }]),
  ],
  [
    'in compile_config',
    kerasModel('m.keras', [{ ...DENSE, compile_config: { loss: newLambda(ACTIVE_CODE) } }]),
  ],
  [
    'behind another name',
    kerasModel('m.keras', [newLambda(ACTIVE_CODE, { registered_name: 'Custom>Safe' })]),
  ],
  ['with escaped keys', kerasArchive('m.keras', ESCAPED)],
  ['in UTF-16, which Python reads too', kerasArchive('m.keras', UTF16)],
  [
    'behind a lot of space',
    kerasArchive('m.keras', `${' '.repeat(10_000)}${kerasConfig([newLambda(ACTIVE_CODE)])}`),
  ],
  [
    'beside NaN',
    kerasArchive('m.keras', kerasConfig([newLambda(ACTIVE_CODE), { a: 1 }]).replace('"a":1', '"a":NaN')),
  ],
  [
    'under a doubled key',
    kerasArchive(
      'm.keras',
      kerasConfig([newLambda(ACTIVE_CODE)]).replace('"layers"', '"layers":[],"layers"'),
    ),
  ],
  ['in the file of an architecture', example('architecture.json', kerasConfig([newLambda(ACTIVE_CODE)]))],
  [
    'in a dataset of HDF5',
    craftHdf5('m.h5', { objects: [{ name: 'model_config', text: kerasConfig([newLambda(ACTIVE_CODE)]) }] }),
  ],
  [
    'in the training configuration',
    craftHdf5('m.h5', { attributes: { training_config: JSON.stringify({ loss: oldLambda(ACTIVE_CODE) }) } }),
  ],
  [
    'as a pickle in an attribute, which PyTables loads',
    craftHdf5('m.h5', { attributes: { python: PICKLE } }),
  ],
  [
    'as a pickle for weights',
    {
      name: 'm.keras',
      bytes: craftZip([
        { name: 'config.json', text: kerasConfig([DENSE]) },
        { name: 'model.weights.npz', text: PICKLE },
      ]).bytes,
    },
  ],
] as const)('an active payload %s is found', async ([, file]) => {
  expect((await assess(file)).verdict).toBe('malicious')
})

/** An object as Keras 3 writes it. */
const object = (
  module: string | null,
  class_name: string,
  config: unknown,
  registered_name: string | null = null,
) => ({
  module,
  class_name,
  config,
  registered_name,
})

const FUNCTIONAL = JSON.stringify(
  object(
    'keras.src.models.functional',
    'Functional',
    {
      name: 'functional',
      trainable: true,
      layers: [
        object('keras.layers', 'InputLayer', { batch_shape: [null, 1], dtype: 'string', name: 'text' }),
        {
          ...object('keras.layers', 'TextVectorization', {
            name: 'vectorize',
            standardize: 'lower_and_strip_punctuation',
            vocabulary: ['', '[UNK]', '../etc', 'os.system', 'http://example.org/x'],
            idf_weights: null,
          }),
          name: 'vectorize',
          inbound_nodes: [
            {
              args: [
                object('keras', '__keras_tensor__', { shape: [null, 1], keras_history: ['text', 0, 0] }),
              ],
              kwargs: {},
            },
          ],
        },
        object('keras.layers', 'StringLookup', { name: 'lookup', vocabulary: null, max_tokens: 10 }),
        object('keras.layers', 'Bidirectional', {
          name: 'both',
          layer: object('keras.layers', 'LSTM', {
            units: 4,
            seed: object('keras.random', 'SeedGenerator', { seed: 1 }),
          }),
        }),
        object('keras.src.ops.numpy', 'Add', { name: 'add' }, 'Add'),
        object('keras.layers', 'Activation', {
          activation: object('builtins', 'function', 'my_swish', 'my_swish'),
        }),
        object('my_project.layers', 'Attention', { heads: 2 }, 'my_project>Attention'),
        object('keras_hub.src.models.bert.bert_backbone', 'BertBackbone', {}, 'keras_hub>BertBackbone'),
        object('keras.layers', 'Normalization', {
          mean: object('keras', '__numpy__', { value: [1], dtype: 'float32' }),
        }),
      ],
      input_layers: [['text', 0, 0]],
      output_layers: [['both', 0, 0]],
    },
    'Functional',
  ),
)

test.for([
  ['a Sequential model', kerasModel('m.keras', [DENSE, DENSE])],
  ['a Functional model with preprocessing and custom layers', kerasArchive('m.keras', FUNCTIONAL)],
  [
    'a model in a model',
    kerasArchive('m.keras', kerasConfig([JSON.parse(FUNCTIONAL), JSON.parse(kerasConfig([DENSE]))])),
  ],
  [
    'a custom loss',
    kerasArchive(
      'm.keras',
      kerasConfig([DENSE]).replace(
        '"loss":"categorical_crossentropy"',
        `"loss":${JSON.stringify(object('builtins', 'function', 'my_loss', 'keras.losses>my_loss'))}`,
      ),
    ),
  ],
  [
    'an old Sequential model',
    kerasHdf5('m.h5', [{ class_name: 'Dense', config: { name: 'dense', activation: 'relu' } }]),
  ],
  [
    'an old model with operations of TensorFlow',
    kerasHdf5('m.h5', [
      { class_name: 'TFOpLambda', config: { name: 'tf.math.multiply', function: 'math.multiply' } },
    ]),
  ],
  [
    'a Lambda layer around a named function',
    kerasModel('m.keras', [
      object('keras.layers', 'Lambda', {
        function: object('builtins', 'function', 'scale', 'scale'),
        arguments: {},
      }),
    ]),
  ],
  ['a function of TensorFlow', kerasModel('m.keras', [callOf('tensorflow.python.ops.gen_nn_ops', 'relu')])],
  [
    'weights alone',
    craftHdf5('w.weights.h5', {
      attributes: { layer_names: 'dense' },
      objects: [{ name: 'dense', text: 'x' }],
    }),
  ],
  [
    'TensorFlow.js',
    example(
      'model.json',
      JSON.stringify({
        format: 'layers-model',
        generatedBy: 'keras v2.15.0',
        modelTopology: { keras_version: '2.15.0', model_config: JSON.parse(kerasConfig([DENSE])) },
        weightsManifest: [
          { paths: ['group1-shard1of1.bin'], weights: [{ name: 'a', shape: [1], dtype: 'float32' }] },
        ],
      }),
    ),
  ],
] as const)('%s is clean', async ([, file]) => {
  const { verdict, findings, coverage } = await assess(file)
  const worse = findings.filter((finding) => finding.verdict !== 'clean').map(({ message }) => message)
  expect([verdict, worse, coverage.filter(({ status }) => status !== 'full')]).toEqual(['clean', [], []])
})

const ORDER = ['clean', 'suspicious', 'undecided', 'malicious']

test.for([
  ['a .keras archive', kerasModel('m.keras', [newLambda(ACTIVE_CODE)]), 97],
  ['an HDF5 model', kerasHdf5('m.h5', [oldLambda(ACTIVE_CODE)]), 31],
  [
    'an HDF5 file that reads another',
    craftHdf5('m.h5', { objects: [{ name: 'k', externalFile: '/etc/x' }] }),
    7,
  ],
  ['an architecture', example('m.json', kerasConfig([newLambda(ACTIVE_CODE)])), 17],
] as const)('%s, cut anywhere, is not cleaner than undecided', async ([, { name, bytes }, stride]) => {
  for (let end = 300; end < bytes.length; end += stride) {
    const { verdict } = await assessFile(name, sourceOfBytes(bytes.subarray(0, end)))
    expect([end, ORDER.indexOf(verdict) >= 2]).toEqual([end, true])
  }
})

test.for([
  ['nested deeper than any writer writes', '['.repeat(20_000), ['container/nesting']],
  ['cut', '{"layers": [[[', []],
  ['with brackets in a text', `"${'['.repeat(20_000)}`, []],
] as const)('a configuration %s is not decided, and depth is said', async ([, rest, wanted]) => {
  const { verdict, findings } = await assess(
    example('config.json', `{"class_name": "Model", "config": ${rest}`),
  )
  expect(verdict).toBe('undecided')
  expect(findings.map(({ ruleId }) => ruleId)).toEqual(wanted)
})
