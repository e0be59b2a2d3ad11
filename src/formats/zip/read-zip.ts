import type { ByteSource } from '../../ground/lang/index.ts'
import { betweenMembers } from './between-members.ts'
import { findLoose } from './find-loose.ts'
import { type CountedSource, countReads, type Directory, odd, readDirectories } from './read-directory.ts'
import { joinHeaders, readLocal } from './read-local.ts'
import type { ZipAnomaly, ZipMember, ZipView } from './zip-view.ts'

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
 * (APPNOTE.TXT 6.3.10). Without an end record the local headers alone are followed, as streaming readers do; undefined
 * when there are none either. Member data are not read.
 * @throws SallyportError what the source throws
 */
export async function readZip(source: ByteSource, signal?: AbortSignal): Promise<ZipView | undefined> {
  const counted = countReads(source, signal)
  const directories = await readDirectories(counted)
  const [chosen] = directories ?? []
  if (directories === undefined || chosen === undefined) return readLoose(source, counted)
  const anomalies = [...chosen.anomalies]
  const members: ZipMember[] = []
  for (const entry of chosen.entries) members.push(await joinHeaders(counted, entry, anomalies))
  anomalies.push(...duplicates(members))
  const rivals = directories.filter((one) => one !== chosen && !isInsideMember(one, members))
  members.push(...(await joinRivals(counted, rivals, members, anomalies)))
  const known = { start: chosen.start, others: rivals }
  members.push(...(await betweenMembers(counted, members, known, anomalies)))
  return {
    source,
    members,
    anomalies: anomalies.slice(0, MAX_ANOMALIES),
    readBytes: counted.readBytes,
    isComplete: chosen.isComplete,
  }
}

async function readLoose(
  source: ByteSource,
  counted: CountedSource & { readBytes: number },
): Promise<ZipView | undefined> {
  if (!looksLikeZip(await counted.read(0, 4))) return undefined
  const found: ZipAnomaly[] = []
  const members = await findLoose(counted, { from: 0, to: source.size }, found)
  if (members.length === 0) return undefined
  const anomalies = [odd('directory-broken', source.size, 'the archive ends without its directory')]
  return { source, members, anomalies, readBytes: counted.readBytes, isComplete: false }
}

/** An archive stored inside another one ends with its own end record: that is no second directory of the outer one. */
function isInsideMember(rival: Directory, members: readonly ZipMember[]): boolean {
  return members.some(
    ({ dataOffset, compressedBytes }) =>
      dataOffset !== undefined &&
      rival.endRecord >= dataOffset &&
      rival.endRecord < dataOffset + compressedBytes,
  )
}

// Members that only another directory knows are looked at like all others.
async function joinRivals(
  source: CountedSource,
  rivals: readonly Directory[],
  members: readonly ZipMember[],
  anomalies: ZipAnomaly[],
): Promise<ZipMember[]> {
  const known = new Set(members.map(({ name, localOffset }) => `${localOffset}:${name}`))
  const more: ZipMember[] = []
  for (const rival of rivals) {
    const message = `another end record, at offset ${rival.endRecord}, leads to another directory`
    anomalies.push(odd('several-directories', rival.endRecord, message))
    for (const entry of rival.entries) {
      const key = `${entry.localOffset}:${entry.name}`
      if (known.has(key)) continue
      known.add(key)
      more.push(await joinHeaders(source, entry, anomalies))
    }
  }
  return more
}

function duplicates(members: readonly ZipMember[]): ZipAnomaly[] {
  const seen = new Map<string, string>()
  const found: ZipAnomaly[] = []
  for (const { name, localOffset, sizeBytes } of members) {
    if (name.endsWith('/') && sizeBytes === 0) continue
    const spelled = spell(name)
    const first = seen.get(spelled)
    if (first === undefined) seen.set(spelled, name)
    else {
      const message =
        first === name
          ? 'the name stands twice: readers differ in which one they take'
          : `to some readers the name is the same as ${JSON.stringify(first)}`
      found.push(odd('duplicate-name', localOffset, message, name))
    }
  }
  return found
}

/** Names that a reader may take for one: miniz looks up without case, Windows turns slashes, C ends at NUL. */
function spell(name: string): string {
  const [ended = ''] = name.split('\0')
  const turned = ended
    .replaceAll('\\', '/')
    .replaceAll(/\/(\.?\/)+/g, '/')
    .replace(/^\.\//, '')
    .normalize('NFC')
  // Case matters for the pickles of PyTorch only; repositories may hold names that differ in it.
  return /\.pkl$/i.test(turned) ? turned.toLowerCase() : turned
}

/** An archive at the end of some other file. */
export interface ZipTail {
  readonly startOffset: number
  readonly endOffset: number
  readonly entries: number
  /** Its offsets count from its own start, not from that of the file. */
  readonly isShifted: boolean
}

/**
 * An archive that readers find from the end of a source, whatever stands before it; undefined when none is there. Only the
 * last 64 KiB and the first member are read.
 * @throws SallyportError what the source throws
 */
export async function findZipTail(source: ByteSource, signal?: AbortSignal): Promise<ZipTail | undefined> {
  const counted = countReads(source, signal)
  const [chosen] = (await readDirectories(counted)) ?? []
  const [first] = chosen?.entries ?? []
  if (chosen === undefined || first === undefined) return undefined
  const startOffset = Math.min(...chosen.entries.slice(0, 1000).map(({ localOffset }) => localOffset))
  if ((await readLocal(counted, first.localOffset)) === undefined) return undefined
  return {
    startOffset,
    endOffset: chosen.end,
    entries: chosen.entries.length,
    isShifted: chosen.isShifted,
  }
}
