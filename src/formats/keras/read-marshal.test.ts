import fc from 'fast-check'
import { expect, test } from 'vitest'
import lambdas from './fixtures/marshalled-lambdas.json' with { type: 'json' }
import { readMarshalCode } from './read-marshal.ts'

// One lambda, compiled by each version of CPython: it imports os by __import__, calls system, and holds another lambda.
test.for(Object.entries(lambdas))('what a lambda of Python %s uses is read', ([, text]) => {
  const code = readMarshalCode(Buffer.from(text, 'base64'))
  expect(code?.names).toEqual(expect.arrayContaining(['__import__', 'system', 'shape']))
  expect(code?.texts.concat(code.blobs.map((blob) => Buffer.from(blob).toString()))).toContain('os')
})

test.for(Object.entries(lambdas))('a lambda of Python %s that is cut is none', ([, text]) => {
  const bytes = Buffer.from(text, 'base64')
  for (let end = 0; end < bytes.length; end++) expect(readMarshalCode(bytes.subarray(0, end))).toBeUndefined()
})

test('no bytes make it throw, or take long', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
      readMarshalCode(Uint8Array.from([0xe3, ...noise]))
    }),
  )
})

test('tuples in tuples and empty references end', () => {
  expect(readMarshalCode(Buffer.from(`${')\x01'.repeat(1000)}N`, 'latin1'))).toBeUndefined()
  expect(readMarshalCode(Buffer.from('(\xff\xff\xff\x7f', 'latin1'))).toBeUndefined()
})
