import { type ByteSource, standsAt } from '../../ground/lang/index.ts'
import type { DatafileView } from './datafile-view.ts'
import { readAppleDouble } from './read-apple-double.ts'
import { readRecords, startsRecord } from './read-records.ts'
import { readSentencePiece } from './read-sentence-piece.ts'
import { readWordVectors } from './read-word-vectors.ts'

interface Sight {
  readonly source: ByteSource
  readonly head: Uint8Array
  readonly signal: AbortSignal | undefined
}

type Reader = (sight: Sight) => Promise<DatafileView | undefined>

const EDGE_BYTES = 16

interface Magic {
  readonly kind: string
  /** Texts, one character a byte; one of them begins the file, at `at`. */
  readonly starts: readonly string[]
  readonly at?: number
  readonly ends?: string
}

const MAGICS: readonly Magic[] = [
  { kind: 'parquet', starts: ['PAR1'], ends: 'PAR1' },
  { kind: 'arrow', starts: ['ARROW1\0\0'], ends: 'ARROW1' },
  { kind: 'feather', starts: ['FEA1'], ends: 'FEA1' },
  { kind: 'orc', starts: ['ORC'], ends: 'ORC\x17' },
  { kind: 'sqlite', starts: ['SQLite format 3\0'] },
  { kind: 'flac', starts: ['fLaC'] },
  { kind: 'ogg', starts: ['OggS\0'] },
  { kind: 'mp3', starts: ['ID3\x02', 'ID3\x03', 'ID3\x04'] },
  { kind: 'mp4', starts: ['ftyp'], at: 4 },
  { kind: 'matlab', starts: ['MATLAB 5.0 MAT-file'] },
  { kind: 'stata', starts: ['<stata_dta>'], ends: '</stata_dta>' },
  { kind: 'ds-store', starts: ['\0\0\0\x01Bud1'] },
  // facebookresearch/faiss, impl/index_write.cpp: four letters for each kind of index.
  {
    kind: 'faiss',
    starts: ['IxFI', 'IxF2', 'IxFl', 'IwFl', 'IwPQ', 'IwSQ', 'IxPq', 'IHNf', 'IHNp', 'IHNs', 'IxPT', 'IxMp'],
  },
  // facebookresearch/fastText, src/fasttext.cc: the magic number, and versions 11 and 12.
  { kind: 'fasttext', starts: ['\xba\x16\x4f\x2f\x0b\0\0\0', '\xba\x16\x4f\x2f\x0c\0\0\0'] },
  { kind: 'kenlm', starts: ['mmap lm http://kheafield.com/code'] },
  { kind: 'font', starts: ['wOFF', 'wOF2', 'OTTO\0', '\0\x01\0\0\0'] },
]

/** First bytes of the magics that stand at the very start, of RIFF, of a vocabulary of SentencePiece, and the digits of word vectors. */
const FIRST_BYTES = new Set([
  0x0a,
  0x52,
  ...[0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39],
  ...MAGICS.filter(({ at = 0 }) => at === 0).flatMap(({ starts }) =>
    starts.map((start) => start.charCodeAt(0)),
  ),
])
const LATER = MAGICS.filter(({ at = 0 }) => at > 0)

/** A cheap look at the first bytes; a no is final. */
export function looksLikeDatafile(head: Uint8Array): boolean {
  return (
    FIRST_BYTES.has(head[0] ?? -1) || LATER.some((magic) => standsLater(magic, head)) || startsRecord(head)
  )
}

function standsLater({ starts, at = 0 }: Magic, head: Uint8Array): boolean {
  return starts.some((text) => standsAt(head, text, at))
}

/** What kind of data begins here, or undefined. Nothing but headers is read. @throws SallyportError what the source throws */
export async function readDatafile(
  source: ByteSource,
  head: Uint8Array,
  signal?: AbortSignal,
): Promise<DatafileView | undefined> {
  const sight = { source, head, signal }
  for (const reader of READERS) {
    const view = await reader(sight)
    if (view !== undefined) return view
  }
  return undefined
}

const byMagic: Reader = async ({ source, head, signal }) => {
  const text = latin1(head.subarray(0, 64))
  const found = MAGICS.find(({ starts, at = 0 }) => starts.some((magic) => text.startsWith(magic, at)))
  if (found === undefined) return undefined
  const { kind, ends } = found
  if (ends === undefined) return { kind, readBytes: EDGE_BYTES }
  const tail = latin1(await source.read(Math.max(0, source.size - EDGE_BYTES), EDGE_BYTES, signal))
  const view = { kind, readBytes: 2 * EDGE_BYTES }
  return tail.endsWith(ends)
    ? view
    : { ...view, problem: `a ${kind} file ends with its magic, and this one does not` }
}

/** RIFF with sound or film (WAVE, AVI): one chunk that says how long it is. */
const riff: Reader = async ({ source, head }) => {
  const text = latin1(head.subarray(0, 12))
  if (!text.startsWith('RIFF') || !(text.endsWith('WAVE') || text.endsWith('AVI '))) return undefined
  const size = new DataView(head.buffer, head.byteOffset).getUint32(4, true)
  const kind = text.endsWith('WAVE') ? 'wav' : 'avi'
  const endOffset = 8 + size + (size & 1)
  const view = { kind, readBytes: 12 }
  // Recorders that stream leave the largest number there.
  if (size >= 0x7fff_ffff) return view
  if (endOffset > source.size + 1) return { ...view, problem: `${endOffset} bytes are announced` }
  return { ...view, endOffset: Math.min(endOffset, source.size) }
}

const records: Reader = ({ source, head, signal }) => readRecords(source, head, signal)
const sentencePiece: Reader = ({ source, head, signal }) => readSentencePiece(source, head, signal)

const appleDouble: Reader = ({ source, head, signal }) => readAppleDouble(source, head, signal)
const wordVectors: Reader = ({ source, head, signal }) => readWordVectors(source, head, signal)

const READERS: readonly Reader[] = [byMagic, riff, records, sentencePiece, appleDouble, wordVectors]

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}
