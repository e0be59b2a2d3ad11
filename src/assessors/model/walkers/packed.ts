import { noteHollow } from '../note-hollow.ts'
import { noteSight } from '../note-sight.ts'
import { PACKINGS, type Packing } from '../packings.ts'
import { openUnpacked, type Unpacked } from '../unpacked-source.ts'
import { cover, type Place, type Walk } from '../walk-report.ts'
import { walkTrailer } from '../walk-trailer.ts'
import { type Enter, type FormatWalker, HEAD_BYTES } from '../walker.ts'

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
  const opened = await openUnpacked((source) => packing.unpack(source, walk.signal), {
    source: place.source,
    budget: walk.budget,
    pace: packing.pace,
  })
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
  const { end, isCut, isBomb, sizeBytes } = opened
  const readBytes = isCut ? place.source.size : Math.min(place.source.size, end.endOffset)
  if (end.problem === undefined) cover(walk, place, { format, readBytes, status: 'full' })
  else cover(walk, place, { format, readBytes, status: 'partial', reason: end.problem })
  if (isBomb) {
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
