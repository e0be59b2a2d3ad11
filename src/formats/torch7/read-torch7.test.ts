import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { looksLikeTorch7, readTorch7 } from './read-torch7.ts'

const read = (text: string) => readTorch7(sourceOfBytes(Buffer.from(text, 'latin1')))
const TENSOR =
  '4\n1\n3\nV 1\n17\ntorch.FloatTensor\n1\n3\n1\n1\n4\n2\n3\nV 1\n18\ntorch.FloatStorage\n3\n0.5 1 2\n'

test('a tensor is passed over', async () => {
  const view = await read(TENSOR)
  expect(view.problem).toBeUndefined()
  expect(view.classes).toEqual(['torch.FloatTensor', 'torch.FloatStorage'])
})

test('a table with values of every kind is read, and what it refers to twice is read once', async () => {
  const view = await read('3\n1\n4\n2\n1\na\n1\n2.5\n2\n1\nb\n5\n1\n2\n1\nc\n3\n1\n2\n1\nd\n2\n3\nxyz\n')
  expect(view.problem).toBeUndefined()
  expect(view.endOffset).toBeGreaterThan(40)
})

test('a function is listed with its constants', async () => {
  const view = await read('3\n1\n1\n2\n4\nhook\n8\n2\n12\n\x1bLJ\x02\x0cexecute\n0\n')
  expect(view.functions).toMatchObject([{ path: 'hook', length: 12, isBytecode: true }])
  expect(view.functions[0]?.words).toContain('execute')
})

test('a file that is cut says so', async () => {
  for (let end = 8; end < TENSOR.length - 6; end++)
    expect((await read(TENSOR.slice(0, end))).problem, TENSOR.slice(0, end)).toBeDefined()
})

test('the beginning tells', () => {
  expect(looksLikeTorch7(Buffer.from(TENSOR))).toBe(true)
  expect(looksLikeTorch7(Buffer.from('3\n1\n4\n'))).toBe(false)
  expect(looksLikeTorch7(Buffer.from('4\n1\nno\n'))).toBe(false)
})

test('any bytes give a view', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom('3\n1\n', '\x03\0\0\0\x01\0\0\0'),
      async (bytes, start) => {
        await readTorch7(sourceOfBytes(Buffer.concat([Buffer.from(start, 'latin1'), bytes])))
      },
    ),
  )
})
