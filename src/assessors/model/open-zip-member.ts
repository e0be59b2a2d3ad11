import { crc32 } from 'node:zlib'
import { unpackBzip2 } from '../../formats/bzip2/index.ts'
import { unpackDeflate } from '../../formats/deflate/index.ts'
import { unpackLzma, unpackXz } from '../../formats/xz/index.ts'
import {
  packedMember,
  withoutEncryption,
  type ZipMember,
  type ZipMethod,
  type ZipView,
} from '../../formats/zip/index.ts'
import { unpackZstd } from '../../formats/zstd/index.ts'
import { type ByteSource, fail, ok, type Result, type Unpacking } from '../../ground/lang/index.ts'
import { openUnpacked, type Pace, type Unpacked } from './unpacked-source.ts'
import type { Walk } from './walk-report.ts'

/** Bytes of a member whose checksum is computed. Pickles and configurations; weights take too long and run nothing. */
const MAX_CHECKED_BYTES = 16 * 1024 * 1024

/** A member that can be read, and what is wrong with its data. */
export interface OpenedMember {
  readonly source: ByteSource
  /** Bytes of the archive that were read to open it. */
  readonly readBytes: number
  /** Why its data are not whole. */
  readonly problem?: string
  /** It unpacks to more than its header claims, or than the budget allows. */
  readonly bomb?: string
  /** The budget ended before its data did. */
  readonly isCut: boolean
  /** Its data are not what its headers say: two readers come to different ends. */
  readonly lie?:
    | { readonly kind: 'data-crc' | 'size-differs' | 'false-encryption'; readonly message: string }
    | undefined
  readonly isSpent: () => boolean
}

/** Opens a member by the method of one of its headers, under the budget of the walk. */
export async function openZipMember(
  walk: Walk,
  view: ZipView,
  member: ZipMember,
  by: { readonly method: number } = member,
): Promise<Result<OpenedMember>> {
  const packed = packedMember(view, member, by)
  if (!packed.ok) return (await openUnderFalseFlag(walk, view, member, by)) ?? packed
  const { source, method } = packed.value
  if (method === 'stored') {
    const lie = await checksumLie(walk, source, member)
    return ok({
      source,
      readBytes: 0,
      isCut: false,
      isSpent: () => false,
      ...(lie === undefined ? {} : { lie }),
    })
  }
  const unpack = unpackerOf(method, { walk, member })
  if (unpack === undefined) return fail('the properties of its LZMA data cannot be read')
  const opened = await openUnpacked(unpack, { source, budget: walk.budget, pace: PACES[method] })
  const base = { ...opened, readBytes: source.size }
  const { problem } = opened.end
  const bomb = bombOf(opened, member)
  if (bomb !== undefined || problem !== undefined)
    return ok({
      ...base,
      ...(bomb === undefined ? {} : { bomb }),
      ...(problem === undefined ? {} : { problem }),
    })
  const lie = await lieOf(walk, opened, member)
  return ok(lie === undefined ? base : { ...base, lie })
}

/**
 * A member that is marked as encrypted and is not: PyTorch's reader passes over the flag, others stop at it (CVE-2025-1945).
 * The checksum of what it unpacks to tells; undefined when it does not fit, or there is too much to sum up.
 */
async function openUnderFalseFlag(
  walk: Walk,
  view: ZipView,
  member: ZipMember,
  by: { readonly method: number },
): Promise<Result<OpenedMember> | undefined> {
  const plain = withoutEncryption(member)
  if (plain === undefined || plain.sizeBytes === 0 || plain.sizeBytes > MAX_CHECKED_BYTES) return undefined
  const opened = await openZipMember(walk, view, plain, by)
  if (!opened.ok || opened.value.isCut || opened.value.source.size !== plain.sizeBytes) return undefined
  const { problem, bomb, lie } = opened.value
  if (problem !== undefined || bomb !== undefined || lie !== undefined) return undefined
  const message = `it is marked as encrypted (flags 0x${member.flags.toString(16)}), and its data are plain`
  return ok({ ...opened.value, lie: { kind: 'false-encryption', message } })
}

function bombOf({ isCut, isBomb, sizeBytes }: Unpacked, member: ZipMember): string | undefined {
  if (isCut)
    return isBomb ? `it unpacks to more than ${sizeBytes} bytes, from ${member.compressedBytes}` : undefined
  // A header in front that leaves the sizes to what follows the data claims nothing.
  if (sizeBytes <= member.sizeBytes || (member.isHidden && member.flags & 8)) return undefined
  return `it unpacks to ${sizeBytes} bytes, where its header claims ${member.sizeBytes}`
}

async function lieOf(walk: Walk, opened: Unpacked, member: ZipMember): Promise<OpenedMember['lie']> {
  if (member.isHidden && member.flags & 8) return undefined
  if (opened.sizeBytes >= member.sizeBytes) return checksumLie(walk, opened.source, member)
  const message = `it unpacks to ${opened.sizeBytes} bytes, where its header claims ${member.sizeBytes}`
  return { kind: 'size-differs', message }
}

const PACES: Readonly<Record<ZipMethod, Pace>> = {
  stored: 1,
  deflate: 1,
  deflate64: 3,
  bzip2: 12,
  lzma: 12,
  zstd: 1,
  xz: 12,
}

interface Packed {
  readonly walk: Walk
  readonly member: ZipMember
}

function unpackerOf(
  method: ZipMethod,
  { walk, member }: Packed,
): ((source: ByteSource) => Unpacking) | undefined {
  const { signal } = walk
  switch (method) {
    case 'deflate':
      return (source) => unpackDeflate(source, { signal })
    case 'deflate64':
      return (source) => unpackDeflate(source, { is64: true, signal })
    case 'bzip2':
      return (source) => unpackBzip2(source, signal)
    case 'zstd':
      return (source) => unpackZstd(source, signal)
    case 'xz':
      return (source) => unpackXz(source, signal)
    case 'lzma':
      return (source) => unpackZipLzma(source, { walk, member })
    case 'stored':
      return undefined
  }
}

/** LZMA in ZIP: version, size of the properties, properties (APPNOTE.TXT 6.3.10, 5.8.8). */
async function* unpackZipLzma(source: ByteSource, { walk, member }: Packed): Unpacking {
  const head = await source.read(0, 9, walk.signal)
  if (head.length < 9 || head[2] !== 5 || head[3] !== 0)
    return { endOffset: 0, problem: 'the properties of its LZMA data cannot be read' }
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  // Flag bit 1: an end mark tells where the data end.
  const hasEnd = (member.flags & 2) !== 0
  return yield* unpackLzma(source, {
    start: 9,
    properties: head[4] ?? 255,
    dictionaryBytes: view.getUint32(5, true),
    sizeBytes: hasEnd ? undefined : member.sizeBytes,
    signal: walk.signal,
  })
}

/** PyTorch's reader passes over checksums and Python's zipfile refuses a wrong one (CVE-2025-10156). */
async function checksumLie(walk: Walk, source: ByteSource, member: ZipMember): Promise<OpenedMember['lie']> {
  if (source.size > MAX_CHECKED_BYTES || (member.isHidden && member.flags & 8)) return undefined
  let sum = 0
  for (let at = 0; at < source.size; at += 1 << 20)
    sum = crc32(await source.read(at, 1 << 20, walk.signal), sum)
  if (sum === member.crc32) return undefined
  const message = `its data have the checksum 0x${sum.toString(16)}, the directory says 0x${member.crc32.toString(16)}`
  return { kind: 'data-crc', message }
}
