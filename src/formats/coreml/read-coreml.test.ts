import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { readCoreMl } from './read-coreml.ts'

const read = (hex: string) => readCoreMl(sourceOfBytes(Buffer.from(hex.replaceAll(' ', ''), 'hex')))

test.for([
  // Model { specificationVersion: 5, customModel { className: "E" } }
  ['a custom model', '0805 da22 03 520145', [['custom-model', 'E']]],
  // Model { specificationVersion: 5, pipeline { models { neuralNetwork { layers { custom { className: "L" } } } } } }
  ['a layer in a pipeline', '0805 d20c 0e 0a0c a21f 09 0a07 a21f 04 5202 4c4c', [['custom-layer', 'LL']]],
  // Model { specificationVersion: 5, linkedModel { linkedModelFile { linkedModelFileName { defaultValue: "m" } } } }
  ['a linked model', '0805 e222 07 0a05 0a03 0a01 6d', [['linked-file', 'm']]],
  ['a model with nothing that reaches out', '0805 e225 00', []],
] as const)('%s', async ([, hex, expected]) => {
  const view = await read(hex)
  expect(view.problem).toBeUndefined()
  expect(view.hasModel).toBe(true)
  expect(view.items.map(({ kind, text }) => [kind, text])).toEqual(expected)
})

test('a message that is cut says so, and one without a model has none', async () => {
  expect((await read('0805 da22 03 5201')).problem?.kind).toBe('cut')
  expect((await read('0805')).hasModel).toBe(false)
})

test('any bytes are read without a throw', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      async (bytes) => void (await readCoreMl(sourceOfBytes(bytes))),
    ),
    { numRuns: 500 },
  )
})
