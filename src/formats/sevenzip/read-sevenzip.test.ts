import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ByteSource, sourceOfBytes, type Unpacking } from '../../ground/lang/index.ts'
import { looksLikeSevenZip, readSevenZip } from './read-sevenzip.ts'

/** `7z a -mhc=off -m0=Copy`: model.pkl and b.json, without times. */
const PLAIN = Buffer.from(
  'N3q8ryccAASelcw5KAEAAAAAAABiAAAAAAAAAKuwiAh7fYACXXEALmhlbGxvIGhlbGxvIGhlbGxvIHdvcmxkIGhlbGxvIGhlbGxvIGhlbGxvIHdvcmxkIGhlbGxvIGhlbGxvIGhlbGxvIHdvcmxkIGhlbGxvIGhlbGxvIGhlbGxvIHdvcmxkIGhlbGxvIGhlbGxvIGhlbGxvIHdvcmxkIGhlbGxvIGhlbGxvIGhlbGxvIHdvcmxkIGhlbGxvIGhlbGxvIGhlbGxvIHdvcmxkIGhlbGxvIGhlbGxvIGhlbGxvIHdvcmxkIGhlbGxvIGhlbGxvIGhlbGxvIHdvcmxkIGhlbGxvIGhlbGxvIGhlbGxvIHdvcmxkIGhlbGxvIGhlbGxvIGhlbGxvIHdvcmxkIGhlbGxvIGhlbGxvIGhlbGxvIHdvcmxkIAEEBgACCQKBJgAHCwIAAQEAAQEADAKBJgAICgFDv6ajVSOVnAAABQIZAwAAABEjAGIALgBqAHMAbwBuAAAAbQBvAGQAZQBsAC4AcABrAGwAAAAZABUKAQAggKSBIICkgQAA',
  'base64',
)

const copy = (source: ByteSource) =>
  async function* (): Unpacking {
    yield await source.read(0, source.size)
    return { endOffset: source.size }
  }

test('the list of an archive is read: names, sizes and places', async () => {
  const view = await readSevenZip(sourceOfBytes(PLAIN), copy)
  expect(view.problems).toEqual([])
  expect(view.entries.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
    ['b.json', 2],
    ['model.pkl', 294],
  ])
  expect(view.endOffset).toBe(PLAIN.length)
  expect(view.folders[0]?.coders?.map(({ id }) => id)).toEqual(['00'])
})

test('cut anywhere, the archive is not whole', async () => {
  for (let length = 0; length < PLAIN.length; length++)
    expect(
      (await readSevenZip(sourceOfBytes(PLAIN.subarray(0, length)), copy)).problems.length,
    ).toBeGreaterThan(0)
})

test('a header that is changed anywhere never throws', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(PLAIN.length - 1), fc.nat(255), async (at, value) => {
      const bytes = Uint8Array.from(PLAIN)
      bytes[at] = value
      expect(looksLikeSevenZip(bytes)).toBe(at >= 6 || PLAIN[at] === value)
      expect((await readSevenZip(sourceOfBytes(bytes), copy)).endOffset).toBeLessThanOrEqual(PLAIN.length)
    }),
    { numRuns: 2000 },
  )
})
