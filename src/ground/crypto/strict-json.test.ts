import fc from 'fast-check'
import { expect, test } from 'vitest'
import { utf8 } from '../lang/index.ts'
import { parseStrictJson } from './strict-json.ts'

const parse = (text: string) => parseStrictJson(utf8(text), 'the text')

test('reads any JSON as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent)
      fc.pre(!text.includes('"__proto__"'))
      expect(parse(text)).toEqual(JSON.parse(text))
    }),
    { numRuns: 1000 },
  )
})

test('refuses any object that says a name twice, wherever it is', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue({ maxDepth: 2 }), fc.jsonValue({ maxDepth: 2 }), (name, a, b) => {
      const key = JSON.stringify(name)
      const object = `{${key} :${JSON.stringify(a)}, ${key}\n: ${JSON.stringify(b)}}`
      for (const text of [object, `[1,${object}]`, `{"outer\\"":{"x":${object}}}`])
        expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }))
    }),
  )
})

test.for<readonly [string, string]>([
  ['a name twice, once escaped', '{"a":1,"\\u0061":2}'],
  ['__proto__', '{"__proto__":{}}'],
  ['__proto__, escaped', '{"\\u005f_proto__":{}}'],
  ['a mark of byte order', '\ufeff{}'],
  ['two values', '{} {}'],
  ['a trailing comma', '[1,]'],
  ['nothing', ''],
  ['129 levels', '['.repeat(129) + ']'.repeat(129)],
])('refuses %s', ([, text]) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }))
})

test.for<readonly [string, string]>([
  ['the same name in two objects', '[{"a":1},{"a":2}]'],
  ['the same name above and below', '{"a":{"a":{}}}'],
  ['texts that look like names', '["a:","a:",":","\\":"]'],
  ['128 levels', '['.repeat(128) + ']'.repeat(128)],
])('takes %s', ([, text]) => {
  expect(parse(text)).toEqual(JSON.parse(text))
})

test('refuses bytes that are not UTF-8', () => {
  expect(() => parseStrictJson(Uint8Array.of(0x22, 0xc0, 0x80, 0x22), 'the text')).toThrow(
    /the text is not well-formed UTF-8/,
  )
})
