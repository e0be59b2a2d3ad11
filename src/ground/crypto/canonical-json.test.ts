import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson } from './canonical-json.ts'

/** A double by the hex digits of its IEEE 754 bits, as RFC 8785 appendix B lists them. */
function doubleOf(hex: string): number {
  return Buffer.from(hex, 'hex').readDoubleBE(0)
}

test.for<readonly [string, string]>([
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
])('RFC 8785 appendix B: %s is %s', ([hex, text]) => {
  expect(canonicalJson(doubleOf(hex))).toBe(text)
})

test.for(['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])(
  'RFC 8785 appendix B: %s is refused',
  (hex) => {
    expect(() => canonicalJson(doubleOf(hex))).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }))
  },
)

test('RFC 8785 section 3.2.2: literals, numbers and text', () => {
  const value = {
    // biome-ignore lint/correctness/noPrecisionLoss: the RFC's own example, which is about this loss.
    numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
    literals: [null, true, false],
  }
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  )
})

test('RFC 8785 section 3.2.3: names sort by UTF-16 unit, not by code point', () => {
  const names = ['\u20ac', '\r', '\ufb33', '1', '\u{1f600}', '\u0080', '\u00f6']
  const sorted = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\u{1f600}', '\ufb33']
  const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])))
  expect(Object.keys(JSON.parse(text.replaceAll('"1"', '"x1"')))).toEqual(
    sorted.map((name) => (name === '1' ? 'x1' : name)),
  )
})

test('agrees with a second implementation on any JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      // Lone surrogates are refused here and escaped there.
      fc.pre(JSON.stringify(value).isWellFormed() && !/\\ud[89a-f]/.test(JSON.stringify(value)))
      expect(canonicalJson(value)).toBe(canonicalize(value))
    }),
    { numRuns: 2000 },
  )
})

test('agrees with a second implementation on any finite double', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(canonicalJson(number)).toBe(canonicalize(number))
      expect(Number(canonicalJson(number))).toBe(Object.is(number, -0) ? 0 : number)
    }),
    { numRuns: 5000 },
  )
})

const circle: Record<string, unknown> = {}
circle.self = circle

test.for<readonly [string, unknown]>([
  ['a lone high surrogate', '\ud800'],
  ['a lone low surrogate in a name', { '\udc00': 1 }],
  ['undefined', undefined],
  ['undefined in a list', [undefined]],
  ['a function', () => 1],
  ['a symbol', Symbol('x')],
  ['a bigint', 1n],
  ['a date', new Date(0)],
  ['a map', new Map()],
  ['bytes', new Uint8Array(1)],
  ['a circle', circle],
])('%s is refused with the place', ([, value]) => {
  expect(() => canonicalJson({ a: [value] })).toThrow(
    expect.objectContaining({ code: 'BAD_INPUT', message: expect.stringContaining('$.a') }),
  )
})

test('members that are undefined are left out', () => {
  expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}')
})
