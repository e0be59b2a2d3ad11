import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from './byte-source.ts'
import { FlatReader } from './flatbuffer.ts'

/** A root table with u8 7 in field 0, the text "hi" in field 1, and itself as child in field 2, by hand. */
function sample(): Uint8Array {
  const bytes = Buffer.alloc(48)
  bytes.writeUInt32LE(20, 0) // root
  bytes.writeUInt16LE(10, 8) // vtable: size, table size, fields
  bytes.writeUInt16LE(16, 10)
  bytes.writeUInt16LE(12, 12)
  bytes.writeUInt16LE(4, 14)
  bytes.writeUInt16LE(8, 16)
  bytes.writeInt32LE(12, 20) // table
  bytes.writeUInt32LE(16, 24) // text at 40
  bytes.writeUInt32LE(12, 28) // child at 40: not a table
  bytes.writeUInt8(7, 32)
  bytes.writeUInt32LE(2, 40)
  bytes.write('hi', 44)
  return bytes
}

test('fields of a table are read, absent ones have their default', async () => {
  const reader = new FlatReader(sourceOfBytes(sample()), { maxReads: 100 })
  const root = await reader.root()
  if (root === undefined) throw new Error('no root')
  expect(await reader.scalar(root, 0, 'u8')).toBe(7)
  expect(await reader.text(root, 1, 10)).toBe('hi')
  expect(await reader.scalar(root, 9, 'u8', 5)).toBe(5)
  expect(reader.problems).toEqual([])
})

test.for([
  ['the root leads outside', (b: Buffer) => b.writeUInt32LE(1000, 0)],
  ['the list of fields is before the file', (b: Buffer) => b.writeInt32LE(500, 20)],
  ['the list of fields is odd', (b: Buffer) => b.writeUInt16LE(9, 8)],
  ['the table does not fit', (b: Buffer) => b.writeUInt16LE(500, 10)],
] as const)('%s: no table, and a problem', async ([, spoil]) => {
  const bytes = Buffer.from(sample())
  spoil(bytes)
  const reader = new FlatReader(sourceOfBytes(bytes), { maxReads: 100 })
  expect(await reader.root()).toBeUndefined()
  expect(reader.problems[0]?.kind).toBe('bounds')
})

test('a text longer than the file is refused', async () => {
  const bytes = Buffer.from(sample())
  bytes.writeUInt32LE(0xffff_ffff, 40)
  const reader = new FlatReader(sourceOfBytes(bytes), { maxReads: 100 })
  const root = await reader.root()
  expect(root && (await reader.text(root, 1, 10))).toBeUndefined()
})

test('reads are counted', async () => {
  const reader = new FlatReader(sourceOfBytes(sample()), { maxReads: 2 })
  expect(await reader.root()).toBeUndefined()
  expect(reader.problems[0]?.kind).toBe('budget')
})

test('no bytes make it throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 120 }), async (noise) => {
      const reader = new FlatReader(sourceOfBytes(noise), { maxReads: 200 })
      const root = await reader.root()
      for (let id = 0; root !== undefined && id < 8; id++) {
        await reader.child(root, id)
        await reader.text(root, id, 50)
        const vector = await reader.vector(root, id, 4)
        if (vector !== undefined) await reader.tableOf(vector, 0)
        if (vector !== undefined) await reader.textOf(vector, 0, 10)
      }
    }),
  )
})
