import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { assessFile } from './assess-model.ts'
import { ELF } from './craft-container.ts'
import { craftHdf5 } from './rules/keras/craft-hdf5.ts'
import { tfliteModel } from './rules/tensorflow/craft-tflite.ts'
import { craftGguf } from './rules/tensors/craft-gguf.ts'

const PROGRAM = Buffer.from(ELF, 'latin1')
const NUMBERS = Buffer.alloc(PROGRAM.length, 63)

/** An array of bytes as numpy.save writes it. */
function npy(data: Buffer): Buffer {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${data.length},), }`.padEnd(117)
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\0v\0', 'latin1'), Buffer.from(`${header}\n`), data])
}

/** Two tensors of float32; the data stand in the second. */
function gguf(data: Buffer): Buffer {
  const shape = [data.length / 4]
  const tensors = [
    { name: 'a', shape: [8] },
    { name: 'b', shape, offset: 32 },
  ]
  const bytes = Buffer.from(craftGguf({ tensors, dataBytes: 32 + data.length }).bytes)
  data.copy(bytes, bytes.length - data.length)
  return bytes
}

/** A dictionary with one bytes object, by protocol 4. */
function pickle(data: Buffer): Buffer {
  const head = Buffer.from('\x80\x04}\x8c\x01wB\0\0\0\0', 'latin1')
  head.writeUInt32LE(data.length, head.length - 4)
  return Buffer.concat([head, data, Buffer.from('s.')])
}

function tflite(data: Buffer): Buffer {
  return Buffer.concat([tfliteModel('m.tflite', ['TFLite_Detection_PostProcess']).bytes, data])
}

function hdf5(data: Buffer): Buffer {
  return Buffer.concat([craftHdf5('a.h5', {}).bytes, data])
}

test.for([
  ['a.npy', npy, 'container/carried-program'],
  ['a.gguf', gguf, 'container/carried-program'],
  ['a.pkl', pickle, 'container/carried-program'],
  ['a.tflite', tflite, 'container/trailing-payload'],
  ['a.h5', hdf5, 'container/trailing-payload'],
] as const)('%s: a program in the place of numbers is told, numbers are not', async ([name, make, rule]) => {
  const { verdict, findings } = await assessFile(name, sourceOfBytes(make(PROGRAM)))
  expect([verdict, findings[0]?.ruleId]).toEqual(['suspicious', rule])
  expect((await assessFile(name, sourceOfBytes(make(NUMBERS)))).verdict).toBe('clean')
})

test('two letters that begin a DOS program by chance are numbers', async () => {
  const chance = Buffer.alloc(PROGRAM.length)
  chance.write('MZ')
  expect((await assessFile('a.npy', sourceOfBytes(npy(chance)))).verdict).toBe('clean')
})
