import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes, type Unpacking } from '../../ground/lang/index.ts'
import { makeBudget } from './budget.ts'
import { openUnpacked } from './unpacked-source.ts'

const PACKED = sourceOfBytes(new Uint8Array(1_000_000))
const PIECE = 300_001
const byteAt = (at: number) => (at * 31 + (at >> 9)) & 0xff

/** A stream whose bytes can be told from their places. */
async function* stream(pieces: number): Unpacking {
  for (let i = 0; i < pieces; i++) {
    const piece = new Uint8Array(PIECE)
    for (let j = 0; j < PIECE; j++) piece[j] = byteAt(i * PIECE + j)
    yield piece
  }
  return { endOffset: 7 }
}

test.for([3, 70])('a stream of %i pieces reads as if it were in memory, forward and back', async (pieces) => {
  const opened = await openUnpacked(() => stream(pieces), { source: PACKED, budget: makeBudget(), pace: 1 })
  const { size } = opened.source
  expect(size).toBe(pieces * PIECE)
  expect(opened.end).toEqual({ endOffset: 7 })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(size + 10), fc.nat(3000)), { maxLength: 4 }), async (reads) => {
      for (const [offset, length] of reads) {
        const bytes = await opened.source.read(offset, length)
        expect(bytes.length).toBe(Math.max(0, Math.min(length, size - offset)))
        expect(bytes.every((byte, i) => byte === byteAt(offset + i))).toBe(true)
      }
    }),
    { numRuns: 12 },
  )
  expect(opened.isSpent()).toBe(false)
})

test('the budget ends a stream, and a later read says that it was spent', async () => {
  const short = { ...makeBudget(), inflateLeft: 10 * PIECE }
  const cut = await openUnpacked(() => stream(70), { source: PACKED, budget: short, pace: 1 })
  expect(cut.isCut).toBe(true)
  expect(cut.end.problem).toBeDefined()
  const once = { ...makeBudget(), inflateLeft: 70 * PIECE }
  const opened = await openUnpacked(() => stream(70), { source: PACKED, budget: once, pace: 1 })
  expect(opened.isCut).toBe(false)
  await opened.source.read(35 * PIECE, 10)
  expect(opened.isSpent()).toBe(true)
})

test('a bomb is told by what was read of it until the budget ended, behind which may stand anything', async () => {
  const source = sourceOfBytes(new Uint8Array(100_000_000))
  const piece = new Uint8Array(1 << 20)
  async function* unpack(from: typeof source, read: number): Unpacking {
    for (let i = 0; i < 300; i++) {
      await from.read(i * read, read)
      yield piece
    }
    return { endOffset: 7 }
  }
  const open = (read: number, pieces: number) =>
    openUnpacked((from) => unpack(from, read), {
      source,
      budget: { ...makeBudget(), inflateLeft: pieces * piece.length },
      pace: 1,
    })
  expect((await open(1000, 200)).isBomb).toBe(true)
  expect((await open(100_000, 200)).isBomb).toBe(false)
  expect((await open(1000, 100)).isBomb, 'too little came out to say so').toBe(false)
  expect((await open(1000, 301)).isBomb, 'it ended').toBe(false)
})
