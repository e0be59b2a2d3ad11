import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPrototxt } from './read-prototxt.ts'

/** Milliseconds: what grows with the square of its input takes minutes. */
const SLOW_MS = 60_000

test('layers and the classes of Python layers are read', () => {
  const text =
    'name: "n" # c\nlayer { name: "a" type: "Python" python_param { module: "m" layer: \'L\' } }\nlayers < name: "b" >'
  expect(readPrototxt(text)).toMatchObject([
    { name: 'a', type: 'Python', python: { module: 'm', layer: 'L', parameters: '' } },
    { name: 'b', type: '', python: undefined },
  ])
})

test.for(['layer {', 'layer }', 'a: "b', 'just words', ''])('%j is no network', (text) => {
  expect(readPrototxt(text)).toBeUndefined()
})

test(
  'texts that do not end cost no more than their length',
  () => {
    expect(readPrototxt('"\\'.repeat(1_000_000))).toBeUndefined()
  },
  SLOW_MS,
)

test('any text is read without a throw', () => {
  const part = fc.constantFrom(
    'layer',
    '{',
    '}',
    '<',
    '>',
    '"',
    "'",
    '\\',
    ':',
    '#',
    '\n',
    'python_param',
    'a',
  )
  fc.assert(fc.property(fc.array(part, { maxLength: 60 }), (parts) => void readPrototxt(parts.join(''))))
})
