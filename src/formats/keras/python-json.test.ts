import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type JsonNode, readPythonJson } from './python-json.ts'

/** The plain value of a node; of doubled keys the last, as Python takes it. */
function plain(node: JsonNode): unknown {
  if (node.kind === 'string') return node.text
  if (node.kind === 'other') return node.text === 'NaN' ? Number.NaN : JSON.parse(node.text)
  if (node.kind === 'array') return node.items.map(plain)
  const value: Record<string, unknown> = {}
  for (const { key, value: inner } of node.entries)
    Object.defineProperty(value, key, {
      value: plain(inner),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  return value
}

test('it reads what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent)
      const document = readPythonJson(text)
      expect(document && JSON.stringify(plain(document.root))).toBe(JSON.stringify(JSON.parse(text)))
      expect(document?.problems).toEqual([])
    }),
  )
})

test.for([
  ['NaN', '[NaN]', 0],
  ['Infinity', '{"a": -Infinity}', 0],
  ['a doubled key', '{"a": 1, "a": 2}', 1],
  ['a comment', '{"a": 1 /* b */}', 1],
  ['a comment at the end', '[1] // b', 1],
  ['a byte order mark', '\ufeff{}', 0],
  ['an escaped key', '{"class\\u005fname": "x"}', 0],
  ['a lone surrogate', '"\\ud800"', 0],
] as const)('%s is read, with %s problems', ([, text, problems]) => {
  expect(readPythonJson(text)?.problems.length).toBe(problems)
})

test.for([
  '',
  '{',
  '[1',
  '[1,]',
  '{"a"}',
  '{"a":}',
  '{a: 1}',
  "{'a': 1}",
  '[1] 2',
  '"',
  '"\\x"',
  'nul',
  '[1 2]',
  '{"a": 1,}',
])('%s is no JSON', (text) => {
  expect(readPythonJson(text)).toBeUndefined()
})

test('values in values in values end', () => {
  expect(readPythonJson('['.repeat(100_000))).toBeUndefined()
  expect(readPythonJson(`${'['.repeat(5000)}${']'.repeat(5000)}`)).toBeDefined()
})
