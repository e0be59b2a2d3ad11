import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concatBytes, sourceOfBytes, type UnpackEnd, type Unpacking } from '../../ground/lang/index.ts'
import { unpackXz } from './unpack-xz.ts'

/** Written by the tool of the format. */
const PACKED = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AElABpdAEAAh0nXgLil6VGUoKe4q38B3oRdrdEJw8AAAAAAQDXAmOTMva4AATamAgAAANCSGESxxGf7AgAAAAAEWVo=',
  'base64',
)
const TEXT = Buffer.concat([
  Buffer.from('\x80\x02]q\x00.', 'latin1'),
  Buffer.from('hello hello hello world '.repeat(12)),
])

async function drain(unpacking: Unpacking): Promise<{ bytes: Uint8Array; end: UnpackEnd }> {
  const parts: Uint8Array[] = []
  let step = await unpacking.next()
  for (; step.done !== true; step = await unpacking.next()) parts.push(step.value)
  return { bytes: concatBytes(parts), end: step.value }
}

test('what the tool packed comes out again, and what follows is not taken', async () => {
  const { bytes, end } = await drain(unpackXz(sourceOfBytes(Buffer.concat([PACKED, Buffer.from('rest')]))))
  expect(Buffer.from(bytes).equals(TEXT)).toBe(true)
  expect(end).toEqual({ endOffset: PACKED.length })
})

test('cut anywhere, what comes out is the start of the whole, and the cut is said', async () => {
  for (let length = 0; length < PACKED.length; length++) {
    const { bytes, end } = await drain(unpackXz(sourceOfBytes(PACKED.subarray(0, length))))
    expect(end.problem).toBeDefined()
    expect(TEXT.subarray(0, bytes.length).equals(bytes)).toBe(true)
  }
})

test('changed anywhere, it comes to an end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(PACKED.length - 1), fc.nat(255), async (at, value) => {
      const changed = Uint8Array.from(PACKED)
      changed[at] = value
      expect((await drain(unpackXz(sourceOfBytes(changed)))).end.endOffset).toBeLessThanOrEqual(PACKED.length)
    }),
    { numRuns: 500 },
  )
})
