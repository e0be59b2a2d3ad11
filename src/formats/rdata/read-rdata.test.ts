import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { callsIn } from './calls-in.ts'
import { looksLikeRdata, readRdata } from './read-rdata.ts'
import { writeR } from './write-r.ts'

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value | 0)
  return bytes
}
const chars = (text: string): Buffer =>
  Buffer.concat([int(9 | (1 << 18)), int(text.length), Buffer.from(text)])
const symbol = (name: string): Buffer => Buffer.concat([int(1), chars(name)])
const text = (value: string): Buffer => Buffer.concat([int(16), int(1), chars(value)])
const call = (name: string, ...args: Buffer[]): Buffer =>
  Buffer.concat([int(6), symbol(name), ...args.flatMap((arg) => [int(2), arg]), int(254)])
const file = (root: Buffer): Uint8Array =>
  new Uint8Array(Buffer.concat([Buffer.from('X\n'), int(2), int(0x040202), int(0x020300), root]))

test('the beginning tells the encoding and the version', () => {
  const begins = (latin1: string): boolean => looksLikeRdata(Buffer.from(latin1, 'latin1'))
  expect(begins('X\n\0\0\0\x02')).toBe(true)
  expect(begins('A\n3\n')).toBe(true)
  expect(begins('B\n\x03\0\0\0')).toBe(true)
  expect(begins('RDX3\nX\n\0\0\0\x03')).toBe(true)
  expect(begins('RDX1\n')).toBe(true)
  expect(begins('X\n\0\0\0\x09')).toBe(false)
  expect(begins('A\nplain text')).toBe(false)
})

test.for([
  [call('system', text('id')), 'system("id")'],
  [call('+', symbol('a'), symbol('b')), 'a + b'],
  [call('$', symbol('a'), symbol('b c')), 'a$`b c`'],
  [call('[[', symbol('a'), text('b')), 'a[["b"]]'],
  [call('{', call('f'), call('g')), '{ f(); g() }'],
  [call('::', symbol('base'), symbol('system')), 'base::system'],
] as const)('a call is written as R code %#', async ([root, code]) => {
  const view = await readRdata(sourceOfBytes(file(root)))
  expect(view.problems).toEqual([])
  expect(view.writer).toBe('4.2.2')
  const [sight] = view.sights
  expect(sight?.kind === 'call' ? writeR(sight.code) : '').toBe(code)
})

test('a promise without a value is one that will be evaluated', async () => {
  const promise = (value: Buffer): Buffer => Buffer.concat([int(5), value, call('f')])
  const forced = await readRdata(sourceOfBytes(file(promise(text('x')))))
  const waiting = await readRdata(sourceOfBytes(file(promise(int(252)))))
  expect(forced.sights).toMatchObject([{ kind: 'promise', isForced: true }])
  expect(waiting.sights).toMatchObject([{ kind: 'promise', isForced: false, position: 'data' }])
})

test('calls inside calls are found, outermost first', async () => {
  const view = await readRdata(sourceOfBytes(file(call('a', call('b', call('c')), call('d')))))
  const [sight] = view.sights
  const calls = sight?.kind === 'call' ? callsIn(sight.code, { closures: 'skip' }).calls : []
  expect(
    calls.map((found) => (found.items[0]?.value.kind === 'symbol' ? found.items[0].value.name : '')),
  ).toEqual(['a', 'b', 'c', 'd'])
})

test('an ASCII object is the same object', async () => {
  const ascii = 'A\n2\n262146\n131840\n6\n1\n262153\n6\nsystem\n2\n16\n1\n262153\n4\ni\\040d!\n254\n'
  const view = await readRdata(sourceOfBytes(Buffer.from(ascii)))
  const [sight] = view.sights
  expect(sight?.kind === 'call' ? writeR(sight.code) : '').toBe('system("i d!")')
})

test('a file that is cut anywhere says so', async () => {
  const whole = file(call('system', text('id')))
  for (let end = 14; end < whole.length; end++) {
    const { problems } = await readRdata(sourceOfBytes(whole.subarray(0, end)))
    expect(problems.map(({ kind }) => kind)).toEqual(['cut'])
  }
})

test('any bytes give a view', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('X\n\0\0\0\x03', 'A\n2\n', 'B\n\x02\0\0\0', 'RDX2\nX\n'),
      fc.uint8Array({ maxLength: 300 }),
      async (start, rest) => {
        const view = await readRdata(sourceOfBytes(Buffer.concat([Buffer.from(start, 'latin1'), rest])))
        expect(view.endOffset).toBeLessThanOrEqual(start.length + rest.length)
      },
    ),
  )
})
