import { type ByteSource, ForwardReader, type Unpacking } from '../../ground/lang/index.ts'
import { BitReader, readBlock } from './bzip-block.ts'

/** Bytes that one packed block can take at most: 900,000 symbols of 20 bits, and its tables. */
const BLOCK_AHEAD = 2_300_000
const BLOCK_HIGH = 0x314159
const BLOCK_LOW = 0x265359
const END_HIGH = 0x177245
const END_LOW = 0x385090
/** Bytes made at once of the runs of the outer layer. */
const CHUNK = 256 * 1024

/** Whether bytes begin as bzip2 does: magic, size of the blocks, and a first block or the end. */
export function looksLikeBzip2(head: Uint8Array): boolean {
  const [b, z, h, level = 0, first] = head
  return (
    b === 0x42 &&
    z === 0x5a &&
    h === 0x68 &&
    level >= 0x31 &&
    level <= 0x39 &&
    (first === 0x31 || first === 0x17)
  )
}

/**
 * Unpacks bzip2 with all its streams, as bunzip2 and Python's bz2 do. Checksums are passed over.
 * @throws SallyportError what the source throws
 */
export async function* unpackBzip2(source: ByteSource, signal?: AbortSignal): Unpacking {
  const reader = new ForwardReader(source, 0, signal)
  for (let streams = 0; ; streams++) {
    await reader.fill(BLOCK_AHEAD)
    const start = reader.offset
    if (!looksLikeBzip2(reader.bytes.subarray(reader.at, reader.at + 5)))
      return { endOffset: start, ...(streams === 0 ? { problem: 'it is no bzip2 stream' } : {}) }
    const level = (reader.bytes[reader.at + 3] ?? 0) - 0x30
    reader.at += 4
    const problem = yield* unpackStream(reader, level * 100_000)
    if (problem !== undefined) return { endOffset: Math.min(reader.offset, source.size), problem }
  }
}

async function* unpackStream(
  reader: ForwardReader,
  blockBytes: number,
): AsyncGenerator<Uint8Array, string | undefined, void> {
  const bits = new BitReader(reader)
  for (;;) {
    await reader.fill(BLOCK_AHEAD)
    const high = bits.take(24)
    const low = bits.take(24)
    bits.take(16)
    bits.take(16)
    if (bits.isPastEnd()) return 'the bzip2 stream ends too early'
    if (high === END_HIGH && low === END_LOW) {
      bits.align()
      return undefined
    }
    if (high !== BLOCK_HIGH || low !== BLOCK_LOW) return 'a bzip2 block has no magic'
    const block = readBlock(bits, blockBytes)
    if (typeof block === 'string') return `the bzip2 data are damaged: ${block}`
    yield* expandRuns(block)
  }
}

/** Four equal bytes are followed by a count of more of them. */
function* expandRuns(block: Uint8Array): Generator<Uint8Array, void, void> {
  let out = new Uint8Array(CHUNK + 512)
  let to = 0
  let last = -1
  let equal = 0
  for (const byte of block) {
    if (equal === 4) {
      out.fill(last, to, to + byte)
      to += byte
      equal = 0
      last = -1
    } else {
      equal = byte === last ? equal + 1 : 1
      last = byte
      out[to++] = byte
    }
    if (to < CHUNK) continue
    yield out.subarray(0, to)
    out = new Uint8Array(CHUNK + 512)
    to = 0
  }
  if (to > 0) yield out.subarray(0, to)
}
