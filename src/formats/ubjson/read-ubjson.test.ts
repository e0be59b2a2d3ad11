import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { looksLikeUbjson, readUbjson } from './read-ubjson.ts'

const read = (latin1: string) => readUbjson(sourceOfBytes(Buffer.from(latin1, 'latin1')))

test.for([
  ['{i\x01ai\x05}', { a: 5 }],
  ['{i\x01aSi\x02xyi\x01bT}', { a: 'xy', b: true }],
  ['{i\x01a[ZFi\xff]}', { a: [null, false, -1] }],
  ['{#i\x01i\x01aU\xff', { a: 255 }],
  ['[#i\x02I\x01\0NL\0\0\0\0\0\0\0\x07', [256, 7]],
  ['[$U#i\x03abc', { length: 3 }],
  ['[$Z#l\x7f\xff\xff\xff', { length: 2_147_483_647 }],
] as const)('%j is read', async ([bytes, value]) => {
  const view = await read(bytes)
  expect(view.problem).toBeUndefined()
  expect(JSON.parse(JSON.stringify(view.value))).toEqual(value)
})

test('typed whole numbers are kept', async () => {
  const { value } = await read('[$l#i\x02\0\0\0\x01\xff\xff\xff\xff')
  expect(value instanceof Float64Array ? [...value] : value).toEqual([1, -1])
})

test('what is claimed and not there is refused', async () => {
  expect((await read('[$d#l\x7f\xff\xff\xff')).problem).toMatchObject({ kind: 'cut' })
  expect((await read('{i\x01a')).problem).toMatchObject({ kind: 'cut' })
  expect((await read('{i\x81a')).problem).toMatchObject({ kind: 'malformed' })
  expect((await read('{i\x01aX}')).problem).toMatchObject({ kind: 'malformed' })
  expect((await read('{i\x01ai\x01i\x01ai\x02}')).duplicateKeys).toEqual(['a'])
})

test('JSON and templates do not look like it', () => {
  for (const text of ['{"a":1}', '{% if x %}', '{{ x }}', '{i love it}'])
    expect(looksLikeUbjson(Buffer.from(text))).toBe(false)
})

test('any bytes give a view', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: fc.constantFrom(...'{}[]$#iUIlLdDSHCZTFN\0\x01\x02a') }),
      async (text) => {
        await readUbjson(sourceOfBytes(Buffer.from(text, 'latin1')))
      },
    ),
  )
})
