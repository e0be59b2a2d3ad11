import type { ByteSource } from '../../ground/lang/index.ts'
import { type CountedSource, countReads, odd, readDirectory, viewOf } from './read-directory.ts'
import { joinHeaders, readLocal } from './read-local.ts'
import type { ZipAnomaly, ZipMember, ZipView } from './zip-view.ts'

/** Bytes between two members that are read to look for members nobody mentions. */
const MAX_GAP_READ = 1024 * 1024
/** Bytes of a data descriptor with signature and ZIP64 sizes (APPNOTE 4.3.9). */
const MAX_DESCRIPTOR = 24
/** Anomalies kept; after so many nothing more is learned. */
const MAX_ANOMALIES = 1000

/** Whether bytes begin as an archive does: a local header, an empty archive, or a spanned one. */
export function looksLikeZip(head: Uint8Array): boolean {
  if (head[0] !== 0x50 || head[1] !== 0x4b) return false
  return (
    (head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6) || (head[2] === 7 && head[3] === 8)
  )
}

/**
 * Reads an archive by its central directory *and* its local headers, and lists all on which two readers could differ
 * (APPNOTE.TXT 6.3.10). Undefined when there is no end record. Member data are not read.
 * @throws SallyportError what the source throws
 */
export async function readZip(source: ByteSource, signal?: AbortSignal): Promise<ZipView | undefined> {
  const counted = countReads(source, signal)
  const directory = await readDirectory(counted)
  if (directory === undefined) return undefined
  const anomalies = directory.anomalies
  const members: ZipMember[] = []
  for (const entry of directory.entries) members.push(await joinHeaders(counted, entry, anomalies))
  anomalies.push(...duplicates(members))
  members.push(...(await betweenMembers(counted, members, directory.start, anomalies)))
  return {
    source,
    members,
    anomalies: anomalies.slice(0, MAX_ANOMALIES),
    readBytes: counted.readBytes,
    isComplete: directory.isComplete,
  }
}

function duplicates(members: readonly ZipMember[]): ZipAnomaly[] {
  const seen = new Map<string, string>()
  const found: ZipAnomaly[] = []
  for (const { name, localOffset } of members) {
    const folded = name.toLowerCase().replaceAll('\\', '/')
    const first = seen.get(folded)
    if (first === undefined) seen.set(folded, name)
    else if (first === name)
      found.push(
        odd(
          'duplicate-name',
          localOffset,
          'the name stands twice: readers differ in which one they take',
          name,
        ),
      )
  }
  return found
}

/** Looks at the bytes that belong to no member: before, between and after them. */
async function betweenMembers(
  source: CountedSource,
  members: readonly ZipMember[],
  directoryStart: number,
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
    else await lookAtGap(source, { from: at, to: member.localOffset, isFirst: at === 0 }, anomalies, hidden)
    at = Math.max(at, endOfMember(member))
    if (at < directoryStart) at += await descriptorBytes(source, member, at)
  }
  await lookAtGap(source, { from: at, to: directoryStart, isFirst: at === 0 }, anomalies, hidden)
  if (at > directoryStart)
    anomalies.push(odd('overlap', directoryStart, 'a member goes into the central directory'))
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

async function lookAtGap(
  source: CountedSource,
  gap: Gap,
  anomalies: ZipAnomaly[],
  hidden: ZipMember[],
): Promise<void> {
  const length = gap.to - gap.from
  if (length <= 0) return
  const bytes = await source.read(gap.from, Math.min(length, MAX_GAP_READ))
  // Some writers align data with zeros between members; zeros hide nothing.
  if (length <= bytes.length && bytes.every((byte) => byte === 0) && !gap.isFirst) return
  const what = gap.isFirst ? 'stand before the first member' : 'belong to no member'
  anomalies.push(odd(gap.isFirst ? 'prefix' : 'gap', gap.from, `${length} bytes ${what}`))
  const view = viewOf(bytes)
  for (let at = bytes.indexOf(0x50); at >= 0 && at + 30 <= bytes.length; at = bytes.indexOf(0x50, at + 1)) {
    if (view.getUint32(at, true) !== 0x0403_4b50 || hidden.length > 100) continue
    const local = await readLocal(source, gap.from + at)
    if (local === undefined) continue
    const message = 'a member stands in the file that the directory does not mention'
    anomalies.push(odd('hidden-member', gap.from + at, message, local.name))
    hidden.push({ ...local, local, localOffset: gap.from + at, mode: 0, isHidden: true })
  }
}
