import { readHdf5 } from '../../src/formats/hdf5/index.ts'
import { readKeras, readMarshalCode, readPythonJson } from '../../src/formats/keras/index.ts'
import { readBundleIndex, readTensorflow, readTextGraph } from '../../src/formats/tensorflow/index.ts'
import { readTflite } from '../../src/formats/tflite/index.ts'
import { sourceOfBytes } from '../../src/ground/lang/index.ts'

/** `lambda x: (__import__('os').system('true'), x)[1]`, as CPython 3.11 marshals it. */
const CODE = Buffer.from(
  '4wEAAAAAAAAAAAAAAAMAAAADAAAA81YAAACXAHQBAAAAAAAAAAAAAGQBpgEAAKsBAAAAAAAAAACgAQAAAAAAAAAAAAAAAAAAAAAAAAAAZAKmAQAAqwEAAAAAAAAAAHwAZgJkAxkAAAAAAAAAAABTACkETtoCb3PaBHRydWXpAQAAACkC2gpfX2ltcG9ydF9f2gZzeXN0ZW0pAdoBeHMBAAAAIPoEbS5wefoIPGxhbWJkYT5yCQAAAAEAAABzJgAAAIAAjTqQZNELG9QLG9cLItILIqA20Qsq1AsqqEHQCi6ocdQKMYAA8wAAAAA=',
  'base64',
)

const CONFIG = JSON.stringify({
  class_name: 'Sequential',
  module: 'keras',
  config: {
    layers: [
      { class_name: 'Lambda', config: { function: [CODE.toString('base64'), null, null] } },
      { class_name: 'function', config: 'relu', module: 'builtins', registered_name: 'a>b' },
      { class_name: 'StringLookup', config: { vocabulary: '/etc/passwd', x: [1, -2.5e3, true, null] } },
    ],
  },
})

async function fuzzConfig(bytes: Uint8Array): Promise<void> {
  const document = readPythonJson(Buffer.from(bytes).toString('utf8'))
  if (document !== undefined) readKeras(document)
}

async function fuzzTensorflow(bytes: Uint8Array): Promise<void> {
  const source = sourceOfBytes(bytes)
  for (const form of ['saved-model', 'meta-graph', 'graph-def', 'keras-metadata'] as const)
    await readTensorflow(source, form)
  await readBundleIndex(source)
}

/** Parsers of Keras, HDF5, TensorFlow and TFLite. */
export const KERAS_TARGETS = (seedsOf: (...endings: string[]) => readonly Uint8Array[]) => [
  {
    name: 'hdf5',
    seeds: seedsOf('.h5', '.hdf5'),
    run: (bytes: Uint8Array) => readHdf5(sourceOfBytes(bytes)),
  },
  { name: 'keras-config', seeds: [Buffer.from(CONFIG)], run: fuzzConfig },
  { name: 'marshal', seeds: [CODE], run: async (bytes: Uint8Array) => readMarshalCode(bytes) },
  { name: 'tensorflow', seeds: seedsOf('.pb', '.meta'), run: fuzzTensorflow },
  {
    name: 'tensorflow-text',
    seeds: [
      Buffer.from(
        'node { name: "r" op: "Read\\106ile" input: ["x", \'y\'] attr { key: "v" value < s: "\\n" > } } # end',
      ),
    ],
    run: async (bytes: Uint8Array) => readTextGraph(Buffer.from(bytes).toString('utf8')),
  },
  { name: 'tflite', seeds: seedsOf('.tflite'), run: (bytes: Uint8Array) => readTflite(sourceOfBytes(bytes)) },
]
