import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readFlexOptions } from './read-flex-options.ts'

/** What flexbuffers::Builder writes for a vector of two texts. */
function flexOptions(name: string, node: string): Buffer {
  const first = Buffer.from(`\0${name}\0`)
  first[0] = name.length
  const second = Buffer.from(`\0${node}\0`)
  second[0] = node.length
  const vector = first.length + second.length + 1
  const back = [vector - 1, vector + 1 - first.length - 1]
  return Buffer.concat([first, second, Buffer.from([2, ...back, 20, 20, 4, 40, 1])])
}

test('the second text of a FlexBuffer is the node', () => {
  const node = readFlexOptions(flexOptions('Erf', 'the node'))
  expect(Buffer.from(node ?? []).toString()).toBe('the node')
})

test('bytes that are no vector of two texts hold no node', () => {
  expect(readFlexOptions(Buffer.from('Erf'))).toBeUndefined()
  expect(readFlexOptions(new Uint8Array())).toBeUndefined()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const node = readFlexOptions(bytes)
      expect(node === undefined || node.length <= bytes.length).toBe(true)
    }),
  )
})
