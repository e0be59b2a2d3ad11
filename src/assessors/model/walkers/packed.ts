import { looksLikeBzip2, unpackBzip2 } from '../../../formats/bzip2/index.ts'
import { looksLikeGzip, looksLikeZlib, unpackGzip, unpackZlib } from '../../../formats/deflate/index.ts'
import { looksLikeLz4, unpackLz4 } from '../../../formats/lz4/index.ts'
import { looksLikeLzmaAlone, looksLikeXz, unpackLzmaAlone, unpackXz } from '../../../formats/xz/index.ts'
import { looksLikeZstd, unpackZstd } from '../../../formats/zstd/index.ts'
import { type ByteSource, sliceOfSource, standsAt, type Unpacking } from '../../../ground/lang/index.ts'
import { noteHollow } from '../note-hollow.ts'
import { noteSight } from '../note-sight.ts'
import { BOMB_RATIO, openUnpacked, type Pace, type Unpacked } from '../unpacked-source.ts'
import { cover, type Place, type Walk } from '../walk-report.ts'
import { walkTrailer } from '../walk-trailer.ts'
import { type Enter, type FormatWalker, HEAD_BYTES } from '../walker.ts'

interface Packing {
  readonly name: string
  readonly pace: Pace
  readonly recognizes: (head: Uint8Array) => boolean
  readonly unpack: (source: ByteSource, signal: AbortSignal | undefined) => Unpacking
}

/** Bytes before the zlib stream in files of joblib before 0.10: `ZF` and the length in hex (joblib/numpy_pickle_compat.py). */
const OLD_JOBLIB_HEADER = 21

/** Packed streams that loaders of models open by themselves (joblib: zlib, gzip, bz2, lzma, xz, lz4), and zstd of OCI layers. */
const PACKINGS: readonly Packing[] = [
  { name: 'gzip', pace: 1, recognizes: looksLikeGzip, unpack: unpackGzip },
  { name: 'xz', pace: 12, recognizes: looksLikeXz, unpack: unpackXz },
  { name: 'bzip2', pace: 12, recognizes: looksLikeBzip2, unpack: unpackBzip2 },
  // Both formats may begin with frames to be skipped, of one magic: LZ4 is told by the frame behind them.
  { name: 'lz4', pace: 3, recognizes: looksLikeLz4, unpack: unpackLz4 },
  { name: 'zstd', pace: 1, recognizes: looksLikeZstd, unpack: unpackZstd },
  { name: 'zlib', pace: 1, recognizes: looksLikeZlib, unpack: unpackZlib },
  { name: 'joblib-zlib', pace: 1, recognizes: isOldJoblib, unpack: unpackOldJoblib },
  { name: 'lzma', pace: 12, recognizes: looksLikeLzmaAlone, unpack: unpackLzmaAlone },
]

/** Formats told by so few bits that a fault at the start means that it is something else. */
const WEAK = ['zlib', 'lzma']

export const packedWalker: FormatWalker = {
  format: 'packed',
  recognizes: ({ head }) => PACKINGS.some((packing) => packing.recognizes(head)),
  async walk(walk, place, enter) {
    const head = await place.source.read(0, HEAD_BYTES, walk.signal)
    for (const packing of PACKINGS)
      if (packing.recognizes(head) && (await walkPacked(walk, place, packing, enter))) return true
    return false
  },
}

async function walkPacked(walk: Walk, place: Place, packing: Packing, enter: Enter): Promise<boolean> {
  const unpack = () => packing.unpack(place.source, walk.signal)
  const opened = await openUnpacked(unpack, walk.budget, packing.pace)
  if (WEAK.includes(packing.name) && isSomethingElse(opened)) return false
  coverPacked(walk, place, packing.name, opened)
  const name = innerName(place.members.at(-1) ?? walk.path, opened.end.name)
  const inner: Place = {
    source: opened.source,
    members: [...place.members, name],
    depth: place.depth + 1,
  }
  const before = walk.coverage.length
  if (opened.sizeBytes > 0 || opened.end.problem === undefined) await enter(inner)
  if (!opened.isCut) noteHollow(walk, place, { inner, packedBytes: place.source.size, before })
  if (opened.isSpent()) {
    const reason = 'the budget of unpacking ended while it was read'
    cover(walk, inner, { format: 'unknown', readBytes: 0, status: 'partial', reason })
  }
  if (opened.end.problem === undefined) await followedBy(walk, place, opened.end.endOffset, enter)
  return true
}

function isSomethingElse({ end, sizeBytes }: Unpacked): boolean {
  return end.problem !== undefined && sizeBytes < 256
}

function coverPacked(walk: Walk, place: Place, format: string, opened: Unpacked): void {
  const { end, isCut, sizeBytes } = opened
  const readBytes = isCut ? place.source.size : Math.min(place.source.size, end.endOffset)
  if (end.problem === undefined) cover(walk, place, { format, readBytes, status: 'full' })
  else cover(walk, place, { format, readBytes, status: 'partial', reason: end.problem })
  if (isCut && sizeBytes > BOMB_RATIO * place.source.size) {
    const message = `${place.source.size} bytes unpack to more than ${sizeBytes}`
    noteSight(walk, place, { kind: 'bomb', message })
  }
}

async function followedBy(walk: Walk, place: Place, offset: number, enter: Enter): Promise<void> {
  const outcome = await walkTrailer(walk, place, offset, enter)
  if (outcome !== 'unknown') return
  const reason = `${place.source.size - offset} bytes from offset ${offset} on follow the packed stream`
  cover(walk, place, { format: 'unknown', readBytes: 0, status: 'partial', reason })
}

/** The name that gunzip and its kin would give. */
function innerName(outer: string, stored: string | undefined): string {
  const base = outer.slice(outer.lastIndexOf('/') + 1)
  const bare = base.replace(/\.(gz|bz2|xz|lzma|zst|zstd|lz4|z)$/i, '').replace(/\.tgz$/i, '.tar')
  return bare === base && stored !== undefined && stored !== '' ? stored : bare
}

function isOldJoblib(head: Uint8Array): boolean {
  return standsAt(head, 'ZF0x')
}

async function* unpackOldJoblib(source: ByteSource, signal: AbortSignal | undefined): Unpacking {
  const [next] = await source.read(OLD_JOBLIB_HEADER, 1, signal)
  const start = OLD_JOBLIB_HEADER + (next === 0x20 ? 1 : 0)
  const end = yield* unpackZlib(sliceOfSource(source, start, source.size), signal)
  return { ...end, endOffset: end.endOffset + start }
}
