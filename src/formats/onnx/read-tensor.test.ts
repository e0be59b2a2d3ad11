import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { isOnnxTensor } from './index.ts'

const is = (...bytes: number[]) => isOnnxTensor(sourceOfBytes(Uint8Array.from(bytes)))
const FLOAT = [0x10, 1]
const raw = (length: number) => [0x4a, length, ...new Array<number>(length).fill(7)]

test.for([
  ['two numbers', [0x08, 2, ...FLOAT, ...raw(8)], true],
  ['a packed shape', [0x0a, 2, 2, 2, ...FLOAT, ...raw(16)], true],
  ['a scalar', [...FLOAT, ...raw(4)], true],
  ['a name', [0x08, 1, ...FLOAT, 0x42, 1, 0x61, ...raw(4)], true],
  ['numbers of their own field', [0x08, 1, ...FLOAT, 0x22, 4, 0, 0, 0, 0], true],
  ['packed whole numbers', [0x08, 2, 0x10, 7, 0x3a, 3, 1, 0x80, 1], true],
  ['a shape without data', [0x08, 2, ...FLOAT], false],
  ['less than the shape needs', [0x08, 3, ...FLOAT, ...raw(8)], false],
  ['more than the shape needs', [0x08, 1, ...FLOAT, ...raw(8)], false],
  ['no type', [0x08, 1, ...raw(4)], false],
  ['a type that is a message', [0x08, 1, 0x12, 1, 1, ...raw(4)], false],
  ['data elsewhere', [0x08, 1, ...FLOAT, 0x6a, 0], false],
  ['a field of another message', [0x08, 1, ...FLOAT, 0x3d, 0, 0, 0, 0, 0x98, 1, 0], false],
  ['a cut field', [0x08, 2, ...FLOAT, 0x4a, 8, 0], false],
  ['nothing', [], false],
] as const)('%s', async ([, bytes, expected]) => {
  expect(await is(...bytes)).toBe(expected)
})

test('any bytes give an answer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
      expect(typeof (await isOnnxTensor(sourceOfBytes(bytes)))).toBe('boolean')
    }),
  )
})
