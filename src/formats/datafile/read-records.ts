import type { ByteSource } from '../../ground/lang/index.ts'
import type { DatafileView } from './datafile-view.ts'

/** Records walked over; a log of a long training has some hundred thousand. More are taken on trust. */
const MAX_RECORDS = 200_000
/** Bytes around the data of a record: length, its checksum, and the checksum of the data. */
const FRAME_BYTES = 16
const HEAD_BYTES = 12

/**
 * TFRecord and TensorBoard event files: records whose length has a checksum of its own, so that they are told apart from
 * anything else (tensorflow/core/lib/io/record_writer.h). What is in them is not read.
 */
export async function readRecords(
  source: ByteSource,
  head: Uint8Array,
  signal?: AbortSignal,
): Promise<DatafileView | undefined> {
  if (lengthOf(head) === undefined) return undefined
  let at = 0
  let count = 0
  while (at < source.size && count < MAX_RECORDS) {
    const length = lengthOf(await source.read(at, HEAD_BYTES, signal))
    if (length === undefined || at + FRAME_BYTES + length > source.size)
      return {
        kind: 'tfrecord',
        readBytes: HEAD_BYTES * count,
        problem: `the record at offset ${at} is cut or damaged`,
      }
    at += FRAME_BYTES + length
    count += 1
  }
  return { kind: 'tfrecord', readBytes: HEAD_BYTES * count, endOffset: at }
}

/** Whether a record with a right checksum begins here. */
export function startsRecord(head: Uint8Array): boolean {
  return lengthOf(head) !== undefined
}

/** The length of a record whose checksum is right. */
function lengthOf(bytes: Uint8Array): number | undefined {
  // The last byte of a length that is no attack is nought: most files are known by it to be something else.
  if (bytes.length < HEAD_BYTES || bytes[7] !== 0) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES)
  if (view.getUint32(8, true) !== maskedCrc32c(bytes.subarray(0, 8))) return undefined
  const length = view.getBigUint64(0, true)
  return length > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(length)
}

/** CRC-32C (RFC 3720 appendix B.4), turned and moved as record_writer does so that checksums of checksums differ. */
function maskedCrc32c(bytes: Uint8Array): number {
  let crc = 0xffff_ffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0)
  crc = (crc ^ 0xffff_ffff) >>> 0
  return (((crc >>> 15) | (crc << 17)) + 0xa282_ead8) >>> 0
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f6_3b78 : value >>> 1
  return value
})
