import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concatBytes, sourceOfBytes, type UnpackEnd, type Unpacking } from '../../ground/lang/index.ts'
import { unpackDeflate } from './unpack-deflate.ts'
import { looksLikeGzip, looksLikeZlib, unpackGzip, unpackZlib } from './unpack-gzip.ts'

async function drain(unpacking: Unpacking): Promise<{ bytes: Uint8Array; end: UnpackEnd }> {
  const parts: Uint8Array[] = []
  let step = await unpacking.next()
  for (; step.done !== true; step = await unpacking.next()) parts.push(step.value)
  return { bytes: concatBytes(parts), end: step.value }
}

/** Texts that repeat themselves near and far, as weights and words do. */
const texts = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constant(Uint8Array.from(Buffer.from('again and '))),
      fc.constant(new Uint8Array(3000)),
    ),
    { maxLength: 60 },
  )
  .map((parts) => concatBytes(parts))

test('what zlib packed comes out again, at every level, and the end is known to the byte', async () => {
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.integer({ min: 0, max: 9 }),
      fc.uint8Array({ maxLength: 9 }),
      async (text, level, rest) => {
        const packed = deflateRawSync(text, { level })
        const { bytes, end } = await drain(unpackDeflate(sourceOfBytes(Buffer.concat([packed, rest]))))
        expect(Buffer.from(bytes).equals(text)).toBe(true)
        expect(end).toEqual({ endOffset: packed.length })
      },
    ),
  )
})

test('a long stream goes through zlib itself, and a fault in it loses nothing before it', async () => {
  const text = Buffer.from(Array.from({ length: 600_000 }, (_, i) => (i * i * 7919) >> 9))
  const packed = deflateRawSync(text, { level: 1 })
  expect(packed.length).toBeGreaterThan(300_000)
  const whole = await drain(unpackDeflate(sourceOfBytes(packed)))
  expect(Buffer.from(whole.bytes).equals(text)).toBe(true)
  const cut = await drain(unpackDeflate(sourceOfBytes(packed.subarray(0, packed.length - 100))))
  expect(cut.end.problem).toBeDefined()
  expect(cut.bytes.length).toBeGreaterThan(text.length - 2000)
  expect(text.subarray(0, cut.bytes.length).equals(cut.bytes)).toBe(true)
})

test('cut anywhere, what comes out is the start of the whole, and the cut is said', async () => {
  const text = Buffer.from('some words, some more words, and words again. '.repeat(30))
  for (const packed of [gzipSync(text), gzipSync(text, { level: 0 })])
    for (let length = 1; length < packed.length; length++) {
      const { bytes, end } = await drain(unpackGzip(sourceOfBytes(packed.subarray(0, length))))
      expect(end.problem).toBeDefined()
      expect(text.subarray(0, bytes.length).equals(bytes)).toBe(true)
    }
})

test('gzip has members, a name, padding and what follows', async () => {
  const two = Buffer.concat([gzipSync('one'), gzipSync('two'), Buffer.alloc(5), Buffer.from('rest')])
  const { bytes, end } = await drain(unpackGzip(sourceOfBytes(two)))
  expect(Buffer.from(bytes).toString()).toBe('onetwo')
  expect(end.endOffset).toBe(two.length - 4)
  const named = gzipSync('x')
  named[3] = 8
  const withName = Buffer.concat([named.subarray(0, 10), Buffer.from('model.pkl\0'), named.subarray(10)])
  expect((await drain(unpackGzip(sourceOfBytes(withName)))).end.name).toBe('model.pkl')
})

test('a wrong checksum is said after everything came out', async () => {
  const gzip = gzipSync('text')
  gzip.writeUInt8(0, gzip.length - 5)
  expect((await drain(unpackGzip(sourceOfBytes(gzip)))).end.problem).toContain('checksum')
  const zlib = deflateSync('text')
  expect((await drain(unpackZlib(sourceOfBytes(zlib)))).end).toEqual({ endOffset: zlib.length })
  zlib.writeUInt8(0, zlib.length - 1)
  const { bytes, end } = await drain(unpackZlib(sourceOfBytes(zlib)))
  expect(Buffer.from(bytes).toString()).toBe('text')
  expect(end.problem).toContain('checksum')
})

test('any bytes come to an end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), fc.boolean(), async (bytes, is64) => {
      const { end } = await drain(unpackDeflate(sourceOfBytes(bytes), { is64 }))
      expect(end.endOffset).toBeLessThanOrEqual(bytes.length)
      looksLikeGzip(bytes)
      looksLikeZlib(bytes)
    }),
  )
})
