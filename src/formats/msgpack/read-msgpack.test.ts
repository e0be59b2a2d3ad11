import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { looksLikeMsgpack, readMsgpack } from './read-msgpack.ts'

const read = (latin1: string) => readMsgpack(sourceOfBytes(Buffer.from(latin1, 'latin1')))

test.for([
  ['\x81\xa1a\x01', 'map', 3],
  ['\x93\x01\xc0\xc3', 'list', 4],
  ['\x82\xa1a\xcb\0\0\0\0\0\0\0\0\xa1b\xd9\x02xy', 'map', 5],
  ['\xdc\0\x02\xcd\0\x01\xff', 'list', 3],
] as const)('%j is a %s of %i values', async ([bytes, kind, count]) => {
  const view = await read(bytes)
  expect(view.problems).toEqual([])
  expect([view.rootKind, view.valueCount]).toEqual([kind, count])
})

test('extensions and binaries are listed with their path', async () => {
  const view = await read('\x81\xa6params\x82\xa1w\xc7\x02\x01ab\xa1b\xc4\x01z')
  expect(view.sights.map(({ kind, type, path, length }) => [kind, type, path, length])).toEqual([
    ['extension', 1, 'params.w', 2],
    ['binary', undefined, 'params.b', 1],
  ])
})

test('a value that ends early or goes on is a problem', async () => {
  expect((await read('\x82\xa1a\x01')).problems).toMatchObject([{ kind: 'cut' }])
  expect((await read('\x81\xa1a\x01\x01')).problems).toMatchObject([{ kind: 'malformed' }])
  expect((await read('\xc1')).problems).toMatchObject([{ kind: 'malformed' }])
})

test('pickles and plain text do not look like it', () => {
  expect(looksLikeMsgpack(Buffer.from('\x80\x04\x95', 'latin1'))).toBe(false)
  expect(looksLikeMsgpack(Buffer.from('{"a":1}'))).toBe(false)
  expect(looksLikeMsgpack(Buffer.from('\x81\xa1a\x01', 'latin1'))).toBe(true)
})

test('any bytes give a view', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const view = await readMsgpack(sourceOfBytes(bytes))
      expect(view.endOffset).toBeLessThanOrEqual(bytes.length)
    }),
  )
})
