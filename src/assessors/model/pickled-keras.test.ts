import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { ACTIVE_CODE, DENSE, kerasModel, newLambda } from './rules/keras/craft-keras.ts'

const KERAS_3 =
  'cbuiltins\ngetattr\nckeras.src.models.sequential\nSequential\nX\x0f\0\0\0_unpickle_model\x86R'
const KERAS_2 = 'ckeras.saving.pickle_utils\ndeserialize_model_from_bytecode\n'
const plain = kerasModel('m.keras', [DENSE]).bytes
const active = kerasModel('m.keras', [DENSE, newLambda(ACTIVE_CODE)]).bytes

const inBuffer = (model: Uint8Array) =>
  Buffer.concat([
    Buffer.from('c_io\nBytesIO\n)\x81', 'latin1'),
    blob(model),
    Buffer.from('K\0N\x87b', 'latin1'),
  ])

const inArray = (model: Uint8Array) =>
  Buffer.concat([
    Buffer.from('cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85C\x01b\x87R(K\x01J', 'latin1'),
    length(model),
    Buffer.from(
      '\x85cnumpy\ndtype\nX\x02\0\0\0u1\x89\x88\x87R(K\x03X\x01\0\0\0|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89',
      'latin1',
    ),
    blob(model),
    Buffer.from('tb'),
  ])

/** joblib: the wrapper, BUILD, and then the bytes themselves. */
const behindWrapper = (model: Uint8Array) =>
  Buffer.concat([
    Buffer.from('cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(X\x05\0\0\0shapeJ', 'latin1'),
    length(model),
    Buffer.from(
      '\x85X\x05\0\0\0dtypecnumpy\ndtype\nX\x02\0\0\0u1\x89\x88\x87R(K\x03X\x01\0\0\0|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tbub',
      'latin1',
    ),
    model,
  ])

function length(bytes: Uint8Array): Buffer {
  const four = Buffer.alloc(4)
  four.writeUInt32LE(bytes.length)
  return four
}

function blob(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from('B'), length(bytes), bytes])
}

const scan = (unpickler: string, given: Buffer) =>
  assessFile(
    'model.pkl',
    sourceOfBytes(
      Buffer.concat([Buffer.from(`\x80\x03${unpickler}`, 'latin1'), given, Buffer.from('\x85R.', 'latin1')]),
    ),
  )

test.for([
  ['Keras 3, a model that only computes', KERAS_3, inBuffer(plain), 'clean'],
  ['Keras 3, a model with code', KERAS_3, inBuffer(active), 'malicious'],
  ['Keras 2, a buffer', KERAS_2, inBuffer(plain), 'clean'],
  ['Keras 2, an array', KERAS_2, inArray(plain), 'clean'],
  ['Keras 2, an array with code', KERAS_2, inArray(active), 'malicious'],
  ['Keras 2, an array of joblib', KERAS_2, behindWrapper(plain), 'clean'],
  ['Keras 2, an array of joblib with code', KERAS_2, behindWrapper(active), 'malicious'],
  ['bytes that are no model', KERAS_3, inBuffer(new Uint8Array([0, 1, 2, 255])), 'undecided'],
  ['a path in the place of bytes', KERAS_2, Buffer.from('X\x02\0\0\0/x', 'latin1'), 'malicious'],
  ['another function of the module', 'ckeras.saving.pickle_utils\nother\n', inBuffer(plain), 'malicious'],
] as const)(
  'a pickled Keras model is judged by the file in it: %s',
  async ([, unpickler, given, verdict]) => {
    const file = await scan(unpickler, given)
    expect(file.verdict, JSON.stringify(file)).toBe(verdict)
  },
)
