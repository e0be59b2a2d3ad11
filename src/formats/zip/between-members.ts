import { findLoose } from './find-loose.ts'
import { type CountedSource, type Directory, odd } from './read-directory.ts'
import { viewOf } from './read-entry.ts'
import type { ZipAnomaly, ZipMember } from './zip-view.ts'

/** Bytes between two members that are read to see whether they are only padding. */
const MAX_GAP_READ = 1024 * 1024
/** Bytes of a data descriptor with signature and ZIP64 sizes (APPNOTE 4.3.9). */
const MAX_DESCRIPTOR = 24

interface Known {
  /** Where the directory starts. */
  readonly start: number
  /** Directories that other readers take, and that explain their own bytes. */
  readonly others: readonly Directory[]
}

/** Looks at the bytes that belong to no member: before, between and after them. Gives the members that hide there. */
export async function betweenMembers(
  source: CountedSource,
  members: readonly ZipMember[],
  { start, others }: Known,
  anomalies: ZipAnomaly[],
): Promise<ZipMember[]> {
  const hidden: ZipMember[] = []
  let at = 0
  const placed = members.filter((member) => member.dataOffset !== undefined)
  for (const member of placed.sort((a, b) => a.localOffset - b.localOffset)) {
    if (member.localOffset < at)
      anomalies.push(
        odd('overlap', member.localOffset, 'the member shares bytes with the one before', member.name),
      )
    else
      hidden.push(
        ...(await lookAtGap(source, { from: at, to: member.localOffset, isFirst: at === 0 }, anomalies)),
      )
    at = Math.max(at, endOfMember(member))
    if (at < start) at += await descriptorBytes(source, member, at)
  }
  const isExplained = others.some((other) => other.start >= at && other.start < start)
  if (!isExplained)
    hidden.push(...(await lookAtGap(source, { from: at, to: start, isFirst: at === 0 }, anomalies)))
  if (at > start && others.length === 0)
    anomalies.push(odd('overlap', start, 'a member goes into the central directory'))
  return hidden
}

function endOfMember(member: ZipMember): number {
  return (member.dataOffset ?? member.localOffset) + member.compressedBytes
}

/** Length of the data descriptor after a member's data, told by where checksum and sizes agree with the directory. */
async function descriptorBytes(source: CountedSource, member: ZipMember, at: number): Promise<number> {
  if (((member.local?.flags ?? 0) & 0x0008) === 0) return 0
  const bytes = await source.read(at, MAX_DESCRIPTOR)
  const view = viewOf(bytes)
  const isSigned = bytes.length >= 4 && view.getUint32(0, true) === 0x0807_4b50
  const starts = isSigned ? [4, 0] : [0]
  for (const start of starts)
    for (const width of [8, 4]) if (isDescriptor(view, start, width, member)) return start + 4 + 2 * width
  return 0
}

function isDescriptor(view: DataView, start: number, width: number, member: ZipMember): boolean {
  return (
    view.byteLength >= start + 4 + 2 * width &&
    view.getUint32(start, true) === member.crc32 &&
    sizeAt(view, start + 4, width) === member.compressedBytes &&
    sizeAt(view, start + 4 + width, width) === member.sizeBytes
  )
}

function sizeAt(view: DataView, at: number, width: number): number {
  return width === 8 ? Number(view.getBigUint64(at, true)) : view.getUint32(at, true)
}

interface Gap {
  readonly from: number
  readonly to: number
  readonly isFirst: boolean
}

async function lookAtGap(source: CountedSource, gap: Gap, anomalies: ZipAnomaly[]): Promise<ZipMember[]> {
  // A directory may claim to stand beyond the end.
  const length = Math.min(gap.to, source.size) - gap.from
  if (length <= 0) return []
  const bytes = await source.read(gap.from, Math.min(length, MAX_GAP_READ))
  // Some writers align data with zeros between members; zeros hide nothing.
  if (length <= bytes.length && bytes.every((byte) => byte === 0) && !gap.isFirst) return []
  const what = gap.isFirst ? 'stand before the first member' : 'belong to no member'
  const hidden = await findLoose(source, gap, anomalies)
  // What a hidden member explains needs no second word.
  const explained = hidden.reduce((sum, one) => sum + endOfMember(one) - one.localOffset, 0)
  if (explained < length && hidden.length === 0)
    anomalies.push(odd(gap.isFirst ? 'prefix' : 'gap', gap.from, `${length} bytes ${what}`))
  return hidden
}
