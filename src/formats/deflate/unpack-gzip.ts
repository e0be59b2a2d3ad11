import { crc32 } from 'node:zlib'
import { type ByteSource, ForwardReader, type Unpacking } from '../../ground/lang/index.ts'
import { unpackDeflate } from './unpack-deflate.ts'

/** Bytes of one gzip header with its name, comment and extra field. Real ones have less than 300. */
const MAX_HEADER_BYTES = 256 * 1024
/** Members of one file. bgzip makes one for each 64 KiB. */
const MAX_MEMBERS = 1_000_000

/** Whether bytes begin as gzip does: magic, and deflate as method (RFC 1952 section 2.3). */
export function looksLikeGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8
}

/** zlib (RFC 1950) by its two checked bytes. */
export function looksLikeZlib(head: Uint8Array): boolean {
  const [first = 0, second = 0] = head
  return (
    head.length >= 2 &&
    (first & 15) === 8 &&
    first >> 4 <= 7 &&
    (first * 256 + second) % 31 === 0 &&
    (second & 0x20) === 0
  )
}

/**
 * Unpacks gzip with all its members, as gunzip and Python's gzip do (RFC 1952). Zeros between members are padding.
 * @throws SallyportError what the source throws
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one member after the other: header, data, trailer
export async function* unpackGzip(source: ByteSource, signal?: AbortSignal): Unpacking {
  let at = 0
  let name: string | undefined
  for (let member = 0; member < MAX_MEMBERS; member++) {
    const header = await readHeader(source, at, signal)
    if (header === undefined) {
      if (member === 0) return { endOffset: 0, problem: 'the gzip header is damaged' }
      return { endOffset: at, ...(name === undefined ? {} : { name }) }
    }
    name ??= header.name
    let sum = 0
    let size = 0
    const inner = unpackDeflate(source, { start: header.end, signal })
    let step = await inner.next()
    for (; step.done !== true; step = await inner.next()) {
      sum = crc32(step.value, sum)
      size += step.value.length
      yield step.value
    }
    if (step.value.problem !== undefined) return step.value
    const end = step.value.endOffset
    const trailer = await source.read(end, 8, signal)
    if (trailer.length < 8) return { endOffset: end, problem: 'the gzip stream ends before its checksum' }
    const view = new DataView(trailer.buffer, trailer.byteOffset, 8)
    if (view.getUint32(0, true) !== sum || view.getUint32(4, true) !== size % 2 ** 32)
      return { endOffset: end + 8, problem: 'the gzip checksum or length is wrong' }
    at = await skipZeros(source, end + 8, signal)
  }
  return { endOffset: at, problem: `more than ${MAX_MEMBERS} gzip members` }
}

async function readHeader(
  source: ByteSource,
  start: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly end: number; readonly name: string | undefined } | undefined> {
  const bytes = await source.read(start, 64, signal)
  if (!looksLikeGzip(bytes) || bytes.length < 10) return undefined
  const flags = bytes[3] ?? 0
  if ((flags & 0x1c) === 0) return { end: start + 10 + (flags & 2), name: undefined }
  const head = await source.read(start, MAX_HEADER_BYTES, signal)
  let at = 10
  if (flags & 4) at += 2 + (head[10] ?? 0) + 256 * (head[11] ?? 0)
  let name: string | undefined
  if (flags & 8) {
    const end = head.indexOf(0, at)
    if (end < 0) return undefined
    name = Buffer.from(head.subarray(at, end)).toString('latin1')
    at = end + 1
  }
  if (flags & 16) {
    const end = head.indexOf(0, at)
    if (end < 0) return undefined
    at = end + 1
  }
  return { end: start + at + (flags & 2), name }
}

async function skipZeros(source: ByteSource, from: number, signal: AbortSignal | undefined): Promise<number> {
  const reader = new ForwardReader(source, from, signal)
  for (;;) {
    await reader.fill(1)
    if (reader.ready === 0 || reader.bytes[reader.at] !== 0) return reader.offset
    reader.at += 1
  }
}

/**
 * Unpacks a zlib stream (RFC 1950).
 * @throws SallyportError what the source throws
 */
export async function* unpackZlib(source: ByteSource, signal?: AbortSignal): Unpacking {
  const inner = unpackDeflate(source, { start: 2, signal })
  let a = 1
  let b = 0
  let step = await inner.next()
  for (; step.done !== true; step = await inner.next()) {
    for (let from = 0; from < step.value.length; from += 3800) {
      for (const byte of step.value.subarray(from, from + 3800)) {
        a += byte
        b += a
      }
      a %= 65_521
      b %= 65_521
    }
    yield step.value
  }
  if (step.value.problem !== undefined) return step.value
  const end = step.value.endOffset
  const trailer = await source.read(end, 4, signal)
  if (trailer.length < 4) return { endOffset: end, problem: 'the zlib stream ends before its checksum' }
  const sum = new DataView(trailer.buffer, trailer.byteOffset, 4).getUint32(0)
  if (sum !== b * 65_536 + a) return { endOffset: end + 4, problem: 'the zlib checksum is wrong' }
  return { endOffset: end + 4 }
}
