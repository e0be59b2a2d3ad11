import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { readLiteral } from './python-literal.ts'
import { readNpy } from './read-npy.ts'

const npy = (header: string, dataBytes = 0): Uint8Array => {
  const length = Buffer.alloc(2)
  length.writeUInt16LE(header.length)
  return Buffer.concat([
    Buffer.from('\x93NUMPY\x01\0', 'latin1'),
    length,
    Buffer.from(header),
    Buffer.alloc(dataBytes),
  ])
}
const header = (descr: string, shape: string): string =>
  `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`

test.for([
  ["'<f8'", '(3,)', 24],
  ["'|b1'", '()', 1],
  ["'<U5'", '(2,)', 40],
  ["'<M8[25us]'", '(2, 0)', 0],
  ["'|V7'", '(3,)', 21],
  ["[('a', '<i4'), ('b', '|S3', (2, 2))]", '(2,)', 32],
  ["[(('title', 'a'), '<i2'), ('', '|V6')]", '(4,)', 32],
  ["[('a', [('x', '<f4'), ('y', '<f4')])]", '(4,)', 32],
  ["('<f4', (2,))", '(3,)', 24],
  ["{'names': ['a'], 'formats': ['<i4'], 'offsets': [4], 'itemsize': 16}", '(2,)', 32],
] as const)('%s of shape %s needs %i bytes', async ([descr, shape, bytes]) => {
  const view = await readNpy(sourceOfBytes(npy(header(descr, shape), bytes)))
  expect(view.problems).toEqual([])
  expect(view.dataBytes).toBe(bytes)
})

test.for([
  ["'|O'", true],
  ["[('a', '<i4'), ('b', [('c', '|O')])]", true],
  ["('|O', (2,))", true],
  ["[('O', '<i4')]", false],
] as const)('%s holds objects: %s', async ([descr, hasObjects]) => {
  expect((await readNpy(sourceOfBytes(npy(header(descr, '(1,)'), 100)))).hasObjects).toBe(hasObjects)
})

test.for([
  "__import__('os').system('id')",
  '[x for x in (1,)]',
  '1 + 1',
  "f'{1}'",
  '(1 2)',
  "{'a': 1",
  "'unfinished",
  '...',
] as const)('%s is no literal', (source) => {
  expect(readLiteral(source)).toBeUndefined()
})

test('literals of any nesting are read or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'(){}[],:\'"ab1 \\TrueNonF-') }), (source) => {
      readLiteral(source)
    }),
  )
})

test('any header gives a view', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string(), fc.nat(20), async (text, bytes) => {
      const view = await readNpy(sourceOfBytes(npy(text.slice(0, 200), bytes)))
      expect(view.problems.length + (view.dataBytes ?? 0)).toBeGreaterThanOrEqual(0)
    }),
  )
})
