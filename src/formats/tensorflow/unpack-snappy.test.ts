import { expect, test } from 'vitest'
import { unpackSnappy } from './unpack-snappy.ts'

const unpack = (...bytes: number[]): string | undefined => {
  const unpacked = unpackSnappy(Uint8Array.from(bytes))
  return unpacked === undefined ? undefined : Buffer.from(unpacked).toString('latin1')
}

const A = 0x61
const B = 0x62

test.for([
  ['nothing', [0], ''],
  ['bytes as they are', [2, 1 << 2, A, B], 'ab'],
  ['a length in one byte', [1, 60 << 2, 0, A], 'a'],
  ['a copy of one byte of distance', [6, 1 << 2, A, B, 1, 2], 'ababab'],
  ['a copy of two bytes of distance', [4, 1 << 2, A, B, (1 << 2) | 2, 2, 0], 'abab'],
  ['a copy of four bytes of distance', [3, 0, A, (1 << 2) | 3, 1, 0, 0, 0], 'aaa'],
  ['less than it says', [5, 1 << 2, A, B], undefined],
  ['more than it says', [1, 1 << 2, A, B], undefined],
  ['a copy from before the beginning', [5, 0, A, 1, 2], undefined],
  ['a copy of no distance', [5, 0, A, 1, 0], undefined],
  ['bytes that are not there', [9, 8 << 2, A], undefined],
  ['a copy that is cut', [5, 0, A, 2, 1], undefined],
  ['a length that does not end', [0xff, 0xff, 0xff, 0xff, 0xff], undefined],
  ['a length of four gigabytes', [0xff, 0xff, 0xff, 0xff, 0x0f, 0, A], undefined],
] as const)('%s', ([, bytes, text]) => {
  expect(unpack(...bytes)).toBe(text)
})
