import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { looksLikeBlobStorage, readBlobStorage } from './read-blobs.ts'

/** A storage of tensors of so many bytes, as StorageWriter.cpp of coremltools lays it out. */
function storage(...lengths: readonly number[]): Buffer {
  const header = Buffer.alloc(64)
  header.writeUInt32LE(lengths.length, 0)
  header.writeUInt32LE(2, 4)
  let bytes: Buffer = header
  for (const length of lengths) {
    const padding = Buffer.alloc((64 - (bytes.length % 64)) % 64)
    const record = Buffer.alloc(64)
    record.writeUInt32LE(0xdeadbeef, 0)
    record.writeUInt32LE(1, 4)
    record.writeBigUInt64LE(BigInt(length), 8)
    record.writeBigUInt64LE(BigInt(bytes.length + padding.length + 64), 16)
    bytes = Buffer.concat([bytes, padding, record, Buffer.alloc(length, 7)])
  }
  return bytes
}

test('tensors are found one behind the other, and the end', async () => {
  const bytes = storage(10, 64, 3)
  expect(looksLikeBlobStorage(bytes)).toBe(true)
  expect(await readBlobStorage(sourceOfBytes(bytes))).toEqual({
    blobs: [
      { offset: 128, length: 10 },
      { offset: 256, length: 64 },
      { offset: 384, length: 3 },
    ],
    endOffset: 387,
    problem: undefined,
    readBytes: 256,
  })
})

test.for([
  ['cut in a tensor', (b: Buffer) => b.subarray(0, b.length - 1), 'beyond the end'],
  ['cut in a record', (b: Buffer) => b.subarray(0, 230), '1 are there'],
  ['a broken sentinel', (b: Buffer) => b.fill(0, 192, 196), 'record of tensor 1 is broken'],
  ['a tensor in the header', (b: Buffer) => b.fill(0, 208, 216), 'record of tensor 1 is broken'],
  ['too many', (b: Buffer) => b.fill(255, 0, 4), 'tensors are claimed'],
] as const)('%s is a problem', async ([, spoil, problem]) => {
  const view = await readBlobStorage(sourceOfBytes(spoil(storage(10, 64))))
  expect(view.problem).toContain(problem)
})

test('other files do not look like one', () => {
  expect(looksLikeBlobStorage(new Uint8Array(200))).toBe(false)
  expect(looksLikeBlobStorage(storage(4).subarray(0, 66))).toBe(false)
})
