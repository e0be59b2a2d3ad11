import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceOfBytes } from '../../ground/lang/index.ts'
import { readDatafile } from './read-datafile.ts'

const read = (bytes: Uint8Array) => readDatafile(sourceOfBytes(bytes), bytes.subarray(0, 512))
const latin1 = (text: string) => Buffer.from(text, 'latin1')

/** Two records as TensorFlow's writer makes them: "brain.Event:2" headers of a TensorBoard log, and an empty one. */
const RECORDS = Buffer.from(
  '1800000000000000' + '0a37f4b22', // length 24
  'hex',
)

function piece(text: string): Buffer {
  const body = Buffer.concat([
    Buffer.from([0x0a, text.length]),
    Buffer.from(text),
    Buffer.from([0x15, 0, 0, 0, 0, 0x18, 2]),
  ])
  return Buffer.concat([Buffer.from([0x0a, body.length]), body])
}

function appleDouble(length: number): Buffer {
  const part = Buffer.from([0, 0, 0, 9, 0, 0, 0, 38, 0, 0, 0, length])
  return Buffer.concat([latin1(`\0\x05\x16\x07\0\x02\0\0Mac OS X        \0\x01`), part, Buffer.alloc(30)])
}

test.for([
  ['1 1\na \0\0\0'],
  ['2 1\na \0\0\0\0\n'],
  ['0 1\n'],
  ['1 0\n'],
  ['1 1\n \0\0\0\0'],
  ['3 4 5\n'],
] as const)('%j is no file of word vectors', async ([text]) => {
  expect(await read(latin1(text))).toBeUndefined()
})

test.for([
  ['parquet', latin1('PAR1xxxxPAR1'), 'parquet', undefined],
  ['parquet without its end', latin1('PAR1xxxxxxxx'), 'parquet', 'ends with its magic'],
  ['sqlite', latin1('SQLite format 3\0'), 'sqlite', undefined],
  ['mp4', latin1('\0\0\0\x18ftypmp42'), 'mp4', undefined],
  [
    'sentencepiece',
    Buffer.concat([piece('<unk>'), piece('a'), Buffer.from([0x12, 0])]),
    'sentencepiece',
    undefined,
  ],
  ['wav', latin1('RIFF\x04\0\0\0WAVE'), 'wav', undefined],
  ['matlab', latin1('MATLAB 5.0 MAT-file Platform: posix'), 'matlab', undefined],
  ['apple double', appleDouble(30), 'apple-double', undefined],
  ['apple double that announces more', appleDouble(31), 'apple-double', 'announced'],
  ['apple double without parts', latin1('\0\x05\x16\x07\0\x02\0\0'), 'apple-double', 'broken'],
  ['word vectors', latin1('2 1\na \0\0\0\0\nb \0\0\0\0\n'), 'word-vectors', undefined],
  ['word vectors without line ends', latin1('2 1\na \0\0\0\0b \0\0\0\0'), 'word-vectors', undefined],
  ['wav that announces more', latin1('RIFF\xff\0\0\0WAVE'), 'wav', 'announced'],
] as const)('%s', async ([, bytes, kind, problem]) => {
  const view = await read(bytes)
  expect(view?.kind).toBe(kind)
  if (problem === undefined) expect(view?.problem).toBeUndefined()
  else expect(view?.problem).toContain(problem)
})

test('a log of TensorBoard is told by the checksum of its lengths, and where it is cut is said', async () => {
  // Length 0 and its masked CRC-32C, then the checksum of no data (tensorflow/core/lib/io/record_writer_test.cc writes the same).
  const empty = Buffer.from('0000000000000000' + '29039807' + 'd8ea82a2', 'hex')
  const view = await read(Buffer.concat([empty, empty]))
  expect(view).toMatchObject({ kind: 'tfrecord', endOffset: 32 })
  expect((await read(Buffer.concat([empty, empty.subarray(0, 9)])))?.problem).toContain('offset 16')
  expect(await read(RECORDS)).toBeUndefined()
})

test('any bytes give a view or none, and nothing is thrown', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const view = await read(bytes)
      expect(view === undefined || view.kind.length > 0).toBe(true)
    }),
  )
})
