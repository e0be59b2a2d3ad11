import { hash } from 'node:crypto'
import { type Digest, digestOfHash, hexOfDigest } from '../../ground/domain/index.ts'
import { fail, ok, type Result } from '../../ground/lang/index.ts'

/** Bytes. Frames begin at multiples of a sector, so that a scan finds them again behind a damaged one. */
export const SECTOR_BYTES = 512
/** Bytes: magic, count, first index, payload length, reserved, check of the table, check of the header. */
export const FRAME_HEADER_BYTES = 64
/** Bytes of one line of a frame's table: digest and length of an envelope. */
const ROW_BYTES = 36
const DIGEST_BYTES = 32
const CHECK_BYTES = 16
const CHECKED_BYTES = FRAME_HEADER_BYTES - CHECK_BYTES
const SEGMENT_MAGIC = Buffer.from('SLPYJRN1')
const FRAME_MAGIC = Buffer.from('SLPF')

/** The first sector of a journal segment. */
export interface SegmentHeader {
  /** 16 random bytes that go into every check of the segment: who writes envelopes cannot forge a frame inside one. */
  readonly nonce: Uint8Array
  readonly number: number
  /** Index of its first entry. */
  readonly firstIndex: number
}

/** Where an envelope lies in a frame's payload. */
export interface FrameRow {
  readonly digest: Digest
  /** Bytes from the beginning of the frame. */
  readonly offset: number
  readonly length: number
}

/** The header of a frame whose check holds. */
export interface FrameHeader {
  readonly count: number
  readonly firstIndex: number
  /** Bytes after the header: the table, then the envelopes. */
  readonly payloadBytes: number
  readonly tableCheck: Uint8Array
}

/** Bytes up to the next sector. */
export function padded(bytes: number): number {
  return Math.ceil(bytes / SECTOR_BYTES) * SECTOR_BYTES
}

/** One sector. */
export function encodeSegmentHeader({ nonce, number, firstIndex }: SegmentHeader): Buffer {
  const sector = Buffer.alloc(SECTOR_BYTES)
  SEGMENT_MAGIC.copy(sector, 0)
  sector.set(nonce, 8)
  sector.writeUInt32BE(number, 24)
  sector.writeBigUInt64BE(BigInt(firstIndex), 28)
  sector.set(checkOf(nonce, sector.subarray(0, CHECKED_BYTES)), CHECKED_BYTES)
  return sector
}

/** The header of a segment, or undefined when these bytes are none. */
export function decodeSegmentHeader(bytes: Uint8Array): SegmentHeader | undefined {
  if (bytes.length < SECTOR_BYTES) return undefined
  const sector = Buffer.from(bytes.buffer, bytes.byteOffset, SECTOR_BYTES)
  const nonce = Buffer.from(sector.subarray(8, 24))
  if (!sector.subarray(0, 8).equals(SEGMENT_MAGIC)) return undefined
  if (
    !checkOf(nonce, sector.subarray(0, CHECKED_BYTES)).equals(
      sector.subarray(CHECKED_BYTES, FRAME_HEADER_BYTES),
    )
  )
    return undefined
  return { nonce, number: sector.readUInt32BE(24), firstIndex: Number(sector.readBigUInt64BE(28)) }
}

/** A whole frame with its padding, and where in it each envelope lies. */
export function encodeFrame(
  nonce: Uint8Array,
  firstIndex: number,
  entries: readonly { readonly digest: Digest; readonly envelope: Uint8Array }[],
): { readonly bytes: Buffer; readonly rows: readonly FrameRow[] } {
  const tableEnd = FRAME_HEADER_BYTES + entries.length * ROW_BYTES
  const end = entries.reduce((sum, entry) => sum + entry.envelope.length, tableEnd)
  const bytes = Buffer.allocUnsafe(padded(end)).fill(0, end)
  const rows: FrameRow[] = []
  let at = tableEnd
  for (const [i, { digest, envelope }] of entries.entries()) {
    const row = FRAME_HEADER_BYTES + i * ROW_BYTES
    bytes.write(hexOfDigest(digest), row, 'hex')
    bytes.writeUInt32BE(envelope.length, row + DIGEST_BYTES)
    bytes.set(envelope, at)
    rows.push({ digest, offset: at, length: envelope.length })
    at += envelope.length
  }
  bytes.fill(0, 0, FRAME_HEADER_BYTES)
  FRAME_MAGIC.copy(bytes, 0)
  bytes.writeUInt32BE(entries.length, 4)
  bytes.writeBigUInt64BE(BigInt(firstIndex), 8)
  bytes.writeUInt32BE(end - FRAME_HEADER_BYTES, 16)
  bytes.set(checkOf(nonce, bytes.subarray(FRAME_HEADER_BYTES, tableEnd)), 24)
  bytes.set(checkOf(nonce, bytes.subarray(0, CHECKED_BYTES)), CHECKED_BYTES)
  return { bytes, rows }
}

/** The header at the beginning of these bytes, or undefined when none of this segment stands there. */
export function decodeFrameHeader(nonce: Uint8Array, bytes: Uint8Array): FrameHeader | undefined {
  if (bytes.length < FRAME_HEADER_BYTES) return undefined
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, FRAME_HEADER_BYTES)
  if (!header.subarray(0, 4).equals(FRAME_MAGIC)) return undefined
  if (!checkOf(nonce, header.subarray(0, CHECKED_BYTES)).equals(header.subarray(CHECKED_BYTES)))
    return undefined
  return {
    count: header.readUInt32BE(4),
    firstIndex: Number(header.readBigUInt64BE(8)),
    payloadBytes: header.readUInt32BE(16),
    tableCheck: Buffer.from(header.subarray(24, 24 + CHECK_BYTES)),
  }
}

/** The rows of a whole frame; every check of it, and the digest of every envelope, must hold. */
export function verifyFrame(
  nonce: Uint8Array,
  header: FrameHeader,
  bytes: Uint8Array,
): Result<readonly FrameRow[]> {
  const tableEnd = FRAME_HEADER_BYTES + header.count * ROW_BYTES
  const end = FRAME_HEADER_BYTES + header.payloadBytes
  if (bytes.length < end || tableEnd > end) return fail('the frame is cut off')
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, end)
  if (!checkOf(nonce, frame.subarray(FRAME_HEADER_BYTES, tableEnd)).equals(header.tableCheck))
    return fail('the table of the frame is damaged')
  const rows: FrameRow[] = []
  let at = tableEnd
  for (let i = 0; i < header.count; i++) {
    const row = FRAME_HEADER_BYTES + i * ROW_BYTES
    const length = frame.readUInt32BE(row + DIGEST_BYTES)
    const digest = digestOfHash(frame.subarray(row, row + DIGEST_BYTES))
    const envelope = frame.subarray(at, at + length)
    if (envelope.length !== length || hash('sha256', envelope) !== hexOfDigest(digest))
      return fail(`the envelope of entry ${header.firstIndex + i} is damaged`)
    rows.push({ digest, offset: at, length })
    at += length
  }
  return at === end ? ok(rows) : fail('the frame holds bytes that belong to no entry')
}

function checkOf(nonce: Uint8Array, bytes: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([nonce, bytes]), 'buffer').subarray(0, CHECK_BYTES)
}
