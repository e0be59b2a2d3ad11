import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from './byte-source.ts'
import { readWire, type WireField, WireReader, wireBytes } from './protobuf-wire.ts'

const plenty = () => ({ left: 1_000_000 })

async function readAll(bytes: Uint8Array) {
  const reader = new WireReader(sourceOfBytes(bytes), plenty())
  const fields: WireField[] = []
  for (let field = await reader.next(); field !== undefined; field = await reader.next()) fields.push(field)
  return { fields, problem: reader.problem }
}

test('the bytes of the encoding guide are read', () => {
  // Test1 { a: 150 } and Test2 { b: "testing" } of https://protobuf.dev/programming-guides/encoding/.
  const bytes = Buffer.from('0896011207' + '74657374696e67', 'hex')
  const { fields, problem } = readWire(bytes, plenty())
  expect(problem).toBeUndefined()
  expect(fields[0]).toMatchObject({ number: 1, kind: 'varint', value: 150n })
  const [, text] = fields
  expect(text && Buffer.from(wireBytes(bytes, text)).toString()).toBe('testing')
})

test.for([
  ['ends inside a tag', '80', 'cut'],
  ['field number 0', '00', 'wire'],
  ['wire type 7', '0f', 'wire'],
  ['a length beyond the end', '0a05ff', 'cut'],
  ['a varint of eleven bytes', `08${'ff'.repeat(11)}`, 'wire'],
  ['a fixed64 that is cut', '0900', 'cut'],
  ['a group that does not end', '0b0801', 'cut'],
  ['a group that was not begun', '0c', 'wire'],
  ['groups in groups', '0b'.repeat(200), 'wire'],
] as const)('%s is a problem', async ([, hex, kind]) => {
  const bytes = Buffer.from(hex, 'hex')
  expect(readWire(bytes, plenty()).problem?.kind).toBe(kind)
  expect((await readAll(bytes)).problem?.kind).toBe(kind)
})

test('fields of a group belong to nobody', () => {
  const { fields, problem } = readWire(Buffer.from('0b08010c1002', 'hex'), plenty())
  expect([problem, fields.map(({ number }) => number)]).toEqual([undefined, [2]])
})

test('negative numbers come as 64 unsigned bits', () => {
  const { fields } = readWire(Buffer.from(`08${'ff'.repeat(9)}01`, 'hex'), plenty())
  expect(BigInt.asIntN(64, fields[0]?.value ?? 0n)).toBe(-1n)
})

test('large fields are stepped over without being read', async () => {
  const big = Buffer.concat([Buffer.from('0a808080040801', 'hex')])
  const size = 5 + 8 * 1024 * 1024 + 2
  let asked = 0
  const source = {
    size,
    async read(offset: number, length: number) {
      asked += length
      const bytes = Buffer.alloc(Math.min(length, size - offset))
      if (offset === 0) big.copy(bytes, 0, 0, 5)
      else if (offset === size - 2) bytes.write('\x10\x01', 'latin1')
      return bytes
    },
  }
  const reader = new WireReader(source, plenty())
  expect(await reader.next()).toMatchObject({ number: 1, length: 8 * 1024 * 1024 })
  expect(await reader.next()).toMatchObject({ number: 2, value: 1n })
  expect(await reader.next()).toBeUndefined()
  expect(asked).toBeLessThan(200_000)
})

test('a shared budget stops all readers', async () => {
  const budget = { left: 3 }
  readWire(Buffer.from('08010801', 'hex'), budget)
  const reader = new WireReader(sourceOfBytes(Buffer.from('08010801', 'hex')), budget)
  await reader.next()
  await reader.next()
  expect(reader.problem?.kind).toBe('budget')
})

test('from a source and from memory the same is read, whatever the bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      expect(await readAll(bytes)).toEqual(readWire(bytes, plenty()))
    }),
  )
})
