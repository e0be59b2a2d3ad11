import { type CountedSource, odd } from './read-directory.ts'
import { viewOf } from './read-entry.ts'
import { readLocal } from './read-local.ts'
import type { ZipAnomaly, ZipMember } from './zip-view.ts'

/** Bytes searched for headers, in one stretch that no directory explains. */
const MAX_SEARCHED = 4 * 1024 * 1024
const CHUNK = 64 * 1024
/** Members found that way. */
const MAX_LOOSE = 1000
const LOCAL_MAGIC = Buffer.from('PK\x03\x04', 'latin1')
const PIECE_MAGIC = Buffer.from('PK', 'latin1')

export interface Stretch {
  readonly from: number
  readonly to: number
}

/**
 * Members that stand in a stretch of an archive without being in its directory, as readers find them that go from local
 * header to local header.
 */
export async function findLoose(
  source: CountedSource,
  stretch: Stretch,
  anomalies: ZipAnomaly[],
): Promise<ZipMember[]> {
  const { from } = stretch
  const to = Math.min(stretch.to, source.size)
  const found: ZipMember[] = []
  let searched = 0
  for (let at = from; at + 30 <= to && found.length < MAX_LOOSE && searched < MAX_SEARCHED; ) {
    const bytes = await source.read(at, Math.min(CHUNK, to - at))
    const next = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(LOCAL_MAGIC)
    searched += next < 0 ? bytes.length : next + 30
    if (next < 0) {
      at += Math.max(1, bytes.length - 3)
      continue
    }
    const local = await readLocal(source, at + next)
    if (local === undefined) {
      at += next + 4
      continue
    }
    const compressedBytes = await lengthOf(source, local, to)
    const message = 'a member stands in the file that the directory does not mention'
    anomalies.push(odd('hidden-member', at + next, message, local.name))
    found.push({ ...local, compressedBytes, local, localOffset: at + next, mode: 0, isHidden: true })
    at = Math.max(at + next + 30, local.dataOffset + compressedBytes)
  }
  return found
}

/** With a data descriptor the header need not know the size: then the data end at the next header of any sort. */
async function lengthOf(
  source: CountedSource,
  local: { readonly flags: number; readonly compressedBytes: number; readonly dataOffset: number },
  to: number,
): Promise<number> {
  const isKnown =
    (local.flags & 8) === 0 || (local.compressedBytes > 0 && local.compressedBytes < 0xffff_ffff)
  const left = Math.max(0, to - local.dataOffset)
  if (isKnown) return Math.min(local.compressedBytes, left)
  const bytes = await source.read(local.dataOffset, Math.min(left, MAX_SEARCHED))
  const view = viewOf(bytes)
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  for (
    let at = buffer.indexOf(PIECE_MAGIC);
    at >= 0 && at + 4 <= bytes.length;
    at = buffer.indexOf(PIECE_MAGIC, at + 2)
  )
    if ([0x0403, 0x0807, 0x0201, 0x0605].includes(view.getUint16(at + 2, true))) return at
  return left
}
