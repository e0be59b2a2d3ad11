import { crc32 } from 'node:zlib'
import { utf8Text } from '../../ground/lang/index.ts'
import type { ZipHeader } from './zip-view.ts'

const NO_SIZE = 0xffff_ffff
/** Info-ZIP Unicode Path Extra Field (APPNOTE 4.6.9). */
const UNICODE_PATH = 0x7075

export interface CentralEntry extends ZipHeader {
  readonly localOffset: number
  readonly mode: number
}

/** A little-endian view of bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** A number of 8 bytes; beyond 2^53 it is larger than any file and stays so. */
export function number64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true))
}

/** A name in a header. APPNOTE.TXT 6.3.10, 4.4.17. */
export function nameOf(bytes: Uint8Array): string {
  return utf8Text(bytes) ?? Buffer.from(bytes).toString('latin1')
}

/** One entry of a central directory, or what is wrong with it. */
export function readEntry(
  bytes: Uint8Array,
  at: number,
  shift: number,
): (CentralEntry & { recordBytes: number }) | string {
  const view = viewOf(bytes)
  if (at + 46 > bytes.length) return 'the central directory is cut off'
  if (view.getUint32(at, true) !== 0x0201_4b50) return 'a central entry has the wrong signature'
  const nameBytes = view.getUint16(at + 28, true)
  const extraBytes = view.getUint16(at + 30, true)
  const recordBytes = 46 + nameBytes + extraBytes + view.getUint16(at + 32, true)
  if (at + recordBytes > bytes.length) return 'a central entry goes beyond the directory'
  const name = bytes.subarray(at + 46, at + 46 + nameBytes)
  const extra = bytes.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes)
  const small = {
    sizeBytes: view.getUint32(at + 24, true),
    compressedBytes: view.getUint32(at + 20, true),
    localOffset: view.getUint32(at + 42, true),
  }
  const wide = widenSizes(extra, small)
  return {
    name: nameOf(name),
    ...unicodeName(name, extra),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc32: view.getUint32(at + 16, true),
    ...wide,
    localOffset: wide.localOffset + shift,
    mode: view.getUint16(at + 40, true),
    recordBytes,
  }
}

/** The name of the Unicode Path field, which some readers prefer, when it is not the one of the header in another spelling. */
export function unicodeName(name: Uint8Array, extra: Uint8Array): { readonly unicodeName?: string } {
  const view = viewOf(extra)
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = view.getUint16(at + 2, true)
    const end = at + 4 + length
    if (view.getUint16(at, true) === UNICODE_PATH && length >= 5 && end <= extra.length) {
      const path = nameOf(extra.subarray(at + 9, end))
      // The field is void when the checksum of the header's name has changed. Bytes beyond ASCII, and the #U0000 of
      // Info-ZIP, are why it exists.
      const isPlain = name.every((byte) => byte < 0x80) && !nameOf(name).includes('#U')
      const isValid = extra[at + 4] === 1 && view.getUint32(at + 5, true) === crc32(name)
      return isPlain && isValid && path !== nameOf(name) ? { unicodeName: path } : {}
    }
    at = end
  }
  return {}
}

interface Sizes {
  readonly sizeBytes: number
  readonly compressedBytes: number
  readonly localOffset: number
}

/** Sizes from the ZIP64 extra field, in order, for those that are all ones (APPNOTE 4.5.3). */
export function widenSizes(extra: Uint8Array, small: Sizes): Sizes {
  const view = viewOf(extra)
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = view.getUint16(at + 2, true)
    if (view.getUint16(at, true) === 1)
      return takeWide(view, at + 4, Math.min(extra.length, at + 4 + length), small)
    at += 4 + length
  }
  return small
}

function takeWide(view: DataView, from: number, to: number, small: Sizes): Sizes {
  let at = from
  const take = (value: number): number => {
    if (value !== NO_SIZE || at + 8 > to) return value
    at += 8
    return number64(view, at - 8)
  }
  const sizeBytes = take(small.sizeBytes)
  const compressedBytes = take(small.compressedBytes)
  return { sizeBytes, compressedBytes, localOffset: take(small.localOffset) }
}
