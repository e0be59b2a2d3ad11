import { type ByteSource, ForwardReader, type Unpacking } from '../../ground/lang/index.ts'
import { decodeBlock } from './decode-block.ts'

/** lz4_Frame_format.md: magic numbers of a frame, of the legacy frame, and of skippable frames. */
const FRAME = 0x184d_2204
const LEGACY = 0x184c_2102
const SKIPPABLE = 0x184d_2a50
/** Bytes of the largest block: 4 MiB in a frame, 8 MiB in a legacy one; compressed ones may be a little longer. */
const MAX_BLOCK = 4 * 1024 * 1024
const LEGACY_BLOCK = 8 * 1024 * 1024
/** Bytes that a linked block may refer back to. */
const WINDOW = 65_536

/** Whether bytes begin as an LZ4 frame, new or legacy. */
export function looksLikeLz4(head: Uint8Array): boolean {
  if (head.length < 7) return false
  const magic = wordAt(head, 0)
  // The version in the flags of a frame is always 01.
  if (isSkippable(magic)) return looksLikeLz4(head.subarray(8 + wordAt(head, 4)))
  return (magic === FRAME && (head[4] ?? 0) >> 6 === 1) || magic === LEGACY
}

function isSkippable(magic: number): boolean {
  return (magic & 0xffff_fff0) >>> 0 === SKIPPABLE
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes.length < at + 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true)
}

/**
 * Unpacks LZ4 frames, one after another (lz4_Frame_format.md 1.6.4). Checksums are passed over.
 * @throws SallyportError what the source throws
 */
export async function* unpackLz4(source: ByteSource, signal?: AbortSignal): Unpacking {
  const reader = new ForwardReader(source, 0, signal)
  let frames = 0
  for (; reader.left >= 4; frames++) {
    const start = reader.offset
    const magic = wordAt(await reader.take(4), 0)
    let problem: string | undefined
    if (magic === FRAME) problem = yield* unpackFrame(reader)
    else if (magic === LEGACY) problem = yield* unpackLegacy(reader)
    else if (isSkippable(magic)) problem = await skipFrame(reader)
    else return { endOffset: start, ...(frames === 0 ? { problem: 'it is no LZ4 frame' } : {}) }
    if (problem !== undefined) return { endOffset: reader.offset, problem }
  }
  return { endOffset: reader.offset, ...(frames === 0 ? { problem: 'it is no LZ4 frame' } : {}) }
}

async function skipFrame(reader: ForwardReader): Promise<string | undefined> {
  const length = wordAt(await reader.take(4), 0)
  if (length > reader.left) return 'a skippable frame goes beyond the end'
  for (let left = length; left > 0; ) left -= (await reader.take(Math.min(left, 65_536))).length
  return undefined
}

// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: a frame in the order of its format
async function* unpackFrame(reader: ForwardReader): AsyncGenerator<Uint8Array, string | undefined, void> {
  const [flags = 0] = await reader.take(2)
  if (flags >> 6 !== 1) return 'the version of an LZ4 frame is not 1'
  await reader.take((flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0) + 1)
  const isLinked = (flags & 0x20) === 0
  let history: Uint8Array = new Uint8Array(0)
  for (;;) {
    const word = await reader.take(4)
    if (word.length < 4) return 'an LZ4 frame ends without its end mark'
    const size = wordAt(word, 0)
    if (size === 0) break
    const length = size & 0x7fff_ffff
    if (length > MAX_BLOCK + 65_536) return `an LZ4 block of ${length} bytes is larger than any`
    const packed = await reader.take(length)
    const isRaw = size >= 0x8000_0000
    const block = isRaw
      ? { bytes: packed.slice(), fault: undefined }
      : decodeBlock(packed, history, MAX_BLOCK)
    if (block.bytes.length > 0) yield block.bytes
    if (block.fault !== undefined) return block.fault
    if (packed.length < length) return 'an LZ4 block goes beyond the end'
    if (flags & 0x10) await reader.take(4)
    if (isLinked) history = lastOf(history, block.bytes)
  }
  if (flags & 4) await reader.take(4)
  return undefined
}

async function* unpackLegacy(reader: ForwardReader): AsyncGenerator<Uint8Array, string | undefined, void> {
  for (;;) {
    await reader.fill(4)
    if (reader.ready === 0) return undefined
    const length = wordAt(reader.bytes, reader.at)
    // Another magic number ends the frame: there is no end mark.
    if (length === FRAME || length === LEGACY || isSkippable(length)) return undefined
    reader.at += 4
    if (length === 0 || length > LEGACY_BLOCK + 65_536) return `an LZ4 block of ${length} bytes is damaged`
    const packed = await reader.take(length)
    const block = decodeBlock(packed, new Uint8Array(0), LEGACY_BLOCK)
    if (block.bytes.length > 0) yield block.bytes
    if (block.fault !== undefined) return block.fault
    if (packed.length < length) return 'an LZ4 block goes beyond the end'
  }
}

function lastOf(history: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (bytes.length >= WINDOW) return bytes.subarray(bytes.length - WINDOW)
  const keep = history.subarray(Math.max(0, history.length + bytes.length - WINDOW))
  const joined = new Uint8Array(keep.length + bytes.length)
  joined.set(keep)
  joined.set(bytes, keep.length)
  return joined
}
