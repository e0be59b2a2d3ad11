import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ByteSource, sourceOfBytes } from '../../ground/lang/index.ts'
import { looksLikeOnnx, readOnnx } from './read-onnx.ts'

type Part = readonly [field: number, value: number | bigint | string | readonly Part[]]

function wire(parts: readonly Part[]): Buffer {
  return Buffer.concat(
    parts.map(([field, value]) => {
      if (typeof value === 'number' || typeof value === 'bigint')
        return Buffer.concat([varint(BigInt(field) << 3n), varint(BigInt.asUintN(64, BigInt(value)))])
      const bytes = typeof value === 'string' ? Buffer.from(value) : wire(value)
      return Buffer.concat([varint((BigInt(field) << 3n) | 2n), varint(BigInt(bytes.length)), bytes])
    }),
  )
}

function varint(value: bigint): Buffer {
  const bytes: number[] = []
  for (let left = value; ; left >>= 7n) {
    bytes.push(Number(left & 127n) | (left > 127n ? 128 : 0))
    if (left <= 127n) return Buffer.from(bytes)
  }
}

const node = (name: string, domain: string, ...attributes: Part[]): Part => [
  1,
  [[4, name], [7, domain], ...attributes],
]
const model = (...graph: Part[]): Buffer =>
  wire([
    [1, 8],
    [2, 'p'],
    [7, graph],
    [
      8,
      [
        [1, 'd'],
        [2, 3],
      ],
    ],
    [
      14,
      [
        [1, 'k'],
        [2, 'v'],
      ],
    ],
  ])
const read = (bytes: Uint8Array) => readOnnx(sourceOfBytes(bytes))

test('operators of graphs in graphs, of functions and of training are found', async () => {
  const deep = [...Array(20).keys()].reduce<Part>(
    (inner, i) => node('If', `d${i}`, [5, [[6, [inner]]]]),
    node('Evil', 'deep'),
  )
  const listed = node('Loop', '', [5, [[11, [node('Listed', 'g')]]]])
  const bytes = Buffer.concat([
    model(deep, listed),
    wire([
      [
        25,
        [
          [1, 'F'],
          [7, [[4, 'InFunction']]],
          [10, 'fd'],
        ],
      ],
      [20, [[2, [node('InTraining', 't')]]]],
    ]),
  ])
  const view = await read(bytes)
  const names = view.operators.map(({ domain, name }) => `${domain}::${name}`)
  expect(names).toEqual(expect.arrayContaining(['deep::Evil', 'g::Listed', '::InFunction', 't::InTraining']))
  expect(view.functions).toEqual(new Set(['fd::F']))
  expect(view.opsets).toEqual([{ domain: 'd', version: 3n }])
  expect(view.metadata).toEqual([{ key: 'k', value: 'v' }])
  expect(view.problems).toEqual([])
})

test('data elsewhere is found in initializers, sparse ones, attributes and contexts', async () => {
  const tensor = (location: string): Part[] => [
    [8, 't'],
    [
      13,
      [
        [1, 'location'],
        [2, location],
      ],
    ],
    [
      13,
      [
        [1, 'offset'],
        [2, '7'],
      ],
    ],
  ]
  const view = await read(
    model(
      [5, tensor('a')],
      [
        15,
        [
          [1, tensor('b')],
          [2, tensor('c')],
        ],
      ],
      node('Constant', '', [5, [[5, tensor('d')]]]),
      node(
        'EPContext',
        'com.microsoft',
        [
          5,
          [
            [1, 'embed_mode'],
            [3, 0],
          ],
        ],
        [
          5,
          [
            [1, 'ep_cache_context'],
            [4, 'e'],
          ],
        ],
      ),
    ),
  )
  expect(view.externals.map(({ location }) => location)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(view.externals[0]).toMatchObject({ tensor: 't', start: '7', length: undefined })
})

test('messages nested without end are a problem', async () => {
  const deep = [...Array(80).keys()].reduce<Part>(
    (inner) => node('If', '', [5, [[6, [inner]]]]),
    node('X', ''),
  )
  expect((await read(model(deep))).problems).toMatchObject([
    { kind: 'cut', message: expect.stringContaining('nested') },
  ])
})

test('tensors are stepped over', async () => {
  const bytes = model(
    node('Relu', ''),
    [
      5,
      [
        [8, 'w'],
        [9, 'x'.repeat(5_000_000)],
      ],
    ],
    node('After', 'd'),
  )
  let asked = 0
  const inner = sourceOfBytes(bytes)
  const source: ByteSource = {
    size: inner.size,
    read: (offset, length, signal) => {
      asked += length
      return inner.read(offset, length, signal)
    },
  }
  expect((await readOnnx(source)).operators.map(({ name }) => name)).toEqual(['Relu', 'After'])
  expect(asked).toBeLessThan(500_000)
})

test('any bytes are read without a throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => void (await read(bytes))),
    { numRuns: 500 },
  )
  const whole = model(node('A', 'b', [5, [[6, [node('C', 'd')]]]]), [
    5,
    [
      [
        13,
        [
          [1, 'location'],
          [2, 'e'],
        ],
      ],
    ],
  ])
  expect(looksLikeOnnx(whole)).toBe(true)
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, byte) => {
      const changed = Buffer.from(whole)
      changed[at] = byte
      await read(changed)
    }),
  )
})
