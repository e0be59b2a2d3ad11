import { type CountedSource, odd } from './read-directory.ts'
import { type CentralEntry, nameOf, unicodeName, viewOf, widenSizes } from './read-entry.ts'
import type { ZipAnomaly, ZipHeader, ZipMember } from './zip-view.ts'

const FLAG_ENCRYPTED = 0x0001
const FLAG_DESCRIPTOR = 0x0008
const FLAG_STRONG = 0x0040
const FLAG_UTF8 = 0x0800
/** How hard the writer tried; nothing that a reader acts on. */
const FLAGS_EFFORT = 0x0006
const FLAG_MASKED = 0x2000
const LOCAL_BYTES = 30
/** Bytes read for a local header at once: most names and the padding of torch fit. */
const FIRST_BYTES = 256

/** A local header with the place where its data begin. */
export interface LocalHeader extends ZipHeader {
  readonly dataOffset: number
}

/** The local header at `offset`, or undefined when there is none. */
export async function readLocal(source: CountedSource, offset: number): Promise<LocalHeader | undefined> {
  if (offset < 0 || offset + LOCAL_BYTES > source.size) return undefined
  let bytes = await source.read(offset, FIRST_BYTES)
  if (viewOf(bytes).getUint32(0, true) !== 0x0403_4b50) return undefined
  const nameBytes = viewOf(bytes).getUint16(26, true)
  const extraBytes = viewOf(bytes).getUint16(28, true)
  const headerBytes = LOCAL_BYTES + nameBytes + extraBytes
  if (headerBytes > bytes.length) bytes = await source.read(offset, headerBytes)
  if (bytes.length < headerBytes) return undefined
  const view = viewOf(bytes)
  const small = {
    sizeBytes: view.getUint32(22, true),
    compressedBytes: view.getUint32(18, true),
    localOffset: 0,
  }
  const name = bytes.subarray(LOCAL_BYTES, LOCAL_BYTES + nameBytes)
  const extra = bytes.subarray(LOCAL_BYTES + nameBytes, headerBytes)
  const wide = widenSizes(extra, small)
  return {
    name: nameOf(name),
    ...unicodeName(name, extra),
    flags: view.getUint16(6, true),
    method: view.getUint16(8, true),
    crc32: view.getUint32(14, true),
    sizeBytes: wide.sizeBytes,
    compressedBytes: wide.compressedBytes,
    dataOffset: offset + headerBytes,
  }
}

/** A central entry with its local header; whatever they disagree on is added to `anomalies`. */
export async function joinHeaders(
  source: CountedSource,
  entry: CentralEntry,
  anomalies: ZipAnomaly[],
): Promise<ZipMember> {
  const local = await readLocal(source, entry.localOffset)
  const { name, flags, method, crc32, compressedBytes, sizeBytes, localOffset, mode } = entry
  const member = {
    name,
    flags,
    method,
    crc32,
    compressedBytes,
    sizeBytes,
    localOffset,
    mode,
    isHidden: false,
  }
  anomalies.push(...oddities(entry))
  if (local === undefined) {
    anomalies.push(odd('no-local-header', localOffset, 'the central entry points at no local header', name))
    return member
  }
  anomalies.push(...differences(entry, local))
  return { ...member, local, dataOffset: local.dataOffset }
}

function oddities(entry: CentralEntry): ZipAnomaly[] {
  const found: ZipAnomaly[] = []
  const { name, localOffset } = entry
  if (entry.flags & (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED))
    found.push(
      odd('encrypted', localOffset, `the member is marked as encrypted (flags ${hex(entry.flags)})`, name),
    )
  if (entry.unicodeName !== undefined)
    found.push(
      odd(
        'name-differs',
        localOffset,
        `its Unicode Path field calls it ${JSON.stringify(entry.unicodeName)}`,
        name,
      ),
    )
  if (entry.method === 0 && entry.compressedBytes !== entry.sizeBytes && (entry.flags & FLAG_ENCRYPTED) === 0)
    found.push(
      odd(
        'size-differs',
        localOffset,
        `it is stored, and has ${entry.sizeBytes} bytes in ${entry.compressedBytes}`,
        name,
      ),
    )
  const problem = escapes(name) ?? escapes(entry.unicodeName ?? '')
  if (problem !== undefined) found.push(odd('escaping-name', localOffset, problem, name))
  if ((entry.mode & 0xf000) === 0xa000)
    found.push(odd('symlink', localOffset, 'the member is a symbolic link', name))
  return found
}

function escapes(name: string): string | undefined {
  if (name.startsWith('/') || name.startsWith('\\') || /^[A-Za-z]:/.test(name)) return 'the name is absolute'
  if (name.split(/[/\\]/).includes('..')) return 'the name climbs out with ".."'
  if (name.includes('\0')) return 'the name holds a NUL, where some readers end it'
  return undefined
}

function differences(entry: CentralEntry, local: LocalHeader): ZipAnomaly[] {
  const found: ZipAnomaly[] = []
  const say = (kind: ZipAnomaly['kind'], message: string): void => {
    found.push(odd(kind, entry.localOffset, message, entry.name))
  }
  if (local.name !== entry.name)
    say(
      'name-differs',
      `the local header calls it ${JSON.stringify(local.name)}, the directory ${JSON.stringify(entry.name)}`,
    )
  else if (local.unicodeName !== undefined && entry.unicodeName === undefined)
    say('name-differs', `the local header's Unicode Path field calls it ${JSON.stringify(local.unicodeName)}`)
  if (local.method !== entry.method)
    say(
      'method-differs',
      `compression method ${local.method} in the local header, ${entry.method} in the directory`,
    )
  const flags = (local.flags ^ entry.flags) & ~(FLAG_UTF8 | FLAG_DESCRIPTOR | FLAGS_EFFORT)
  if (flags !== 0)
    say('flags-differ', `flags ${hex(local.flags)} in the local header, ${hex(entry.flags)} in the directory`)
  // With a data descriptor the local header may leave sizes and checksum empty (APPNOTE 4.4.4, bit 3).
  const mayBeEmpty = (local.flags & FLAG_DESCRIPTOR) !== 0
  const isEmpty = (value: number): boolean => mayBeEmpty && (value === 0 || value === 0xffff_ffff)
  if (local.crc32 !== entry.crc32 && !isEmpty(local.crc32))
    say(
      'crc-differs',
      `checksum ${hex(local.crc32)} in the local header, ${hex(entry.crc32)} in the directory`,
    )
  if (local.sizeBytes !== entry.sizeBytes && !isEmpty(local.sizeBytes))
    say('size-differs', `${local.sizeBytes} bytes in the local header, ${entry.sizeBytes} in the directory`)
  if (local.compressedBytes !== entry.compressedBytes && !isEmpty(local.compressedBytes))
    say(
      'size-differs',
      `${local.compressedBytes} bytes compressed in the local header, ${entry.compressedBytes} in the directory`,
    )
  return found
}

function hex(value: number): string {
  return `0x${value.toString(16)}`
}
