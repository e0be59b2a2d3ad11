import type { ByteSource } from '../../ground/lang/index.ts'
import { unpackSnappy } from './unpack-snappy.ts'

/** The index of a checkpoint: a table of names (tensorflow/core/lib/io/table_format.txt). */
export interface BundleIndex {
  /** Names of variables, without the header's empty one; bounded. */
  readonly names: readonly string[]
  /** Why names are missing. */
  readonly reason: string | undefined
  readonly readBytes: number
}

/** Bytes of a footer: two block handles of at most 20 bytes each, and the magic. */
const FOOTER_BYTES = 48
const MAGIC = 0xdb47_7524_8b80_fb57n
/** Bytes of an index. The largest published checkpoints have some 5 MB. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024
const MAX_NAMES = 200_000
/** Bytes that the blocks of one index unpack to; each block may add one of the greatest. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024

/** Reads the names in a checkpoint's index, or undefined when the source is none. @throws SallyportError what the source throws */
export async function readBundleIndex(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<BundleIndex | undefined> {
  if (source.size < FOOTER_BYTES) return undefined
  const footer = Buffer.from(await source.read(source.size - FOOTER_BYTES, FOOTER_BYTES, signal))
  if (footer.length < FOOTER_BYTES || footer.readBigUInt64LE(FOOTER_BYTES - 8) !== MAGIC) return undefined
  if (source.size > MAX_INDEX_BYTES)
    return { names: [], reason: `the index has ${source.size} bytes`, readBytes: FOOTER_BYTES }
  const bytes = await source.read(0, source.size, signal)
  const table = new Table(bytes)
  const reason = table.read(footer)
  return { names: table.names, reason, readBytes: bytes.length }
}

interface Handle {
  readonly offset: number
  readonly size: number
}

interface Entry {
  readonly key: Buffer
  readonly value: Uint8Array
}

class Table {
  readonly #bytes: Uint8Array
  readonly names: string[] = []
  #unpackedBytes = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  read(footer: Uint8Array): string | undefined {
    const meta = readHandle(footer, 0)
    const index = meta && readHandle(footer, meta.next)
    const blocks = index && this.#entries(index)
    if (typeof blocks !== 'object') return blocks ?? 'the footer is broken'
    for (const { value } of blocks) {
      const handle = readHandle(value, 0)
      const entries = handle === undefined ? 'a block is not where it should be' : this.#entries(handle)
      if (typeof entries === 'string') return entries
      for (const { key } of entries)
        if (key.length > 0 && this.names.length < MAX_NAMES) this.names.push(key.toString('utf8'))
    }
    return undefined
  }

  /** Entries of a block: each shares the beginning of its key with the one before. */
  #entries({ offset, size }: Handle): Entry[] | string {
    const end = offset + size
    if (end + 5 > this.#bytes.length || size < 4) return 'a block reaches beyond the end of the file'
    const block = this.#unpack(this.#bytes.subarray(offset, end), this.#bytes[end])
    if (block === undefined) return 'a block is packed in a way that we do not read'
    if (block.length < 4) return 'a block has impossible sizes'
    const restarts = Buffer.from(block).readUInt32LE(block.length - 4)
    const limit = block.length - 4 - 4 * restarts
    if (limit < 0) return 'a block has impossible sizes'
    return readEntries(block, limit) ?? 'a block is broken'
  }

  /** The byte behind a block says how it is packed: 0 not at all, 1 by Snappy. */
  #unpack(block: Uint8Array, way: number | undefined): Uint8Array | undefined {
    if (way === 0) return block
    if (way !== 1 || this.#unpackedBytes > MAX_UNPACKED_BYTES) return undefined
    const unpacked = unpackSnappy(block)
    this.#unpackedBytes += unpacked?.length ?? 0
    return unpacked
  }
}

function readEntries(block: Uint8Array, limit: number): Entry[] | undefined {
  const entries: Entry[] = []
  let key: Buffer = Buffer.alloc(0)
  let at = 0
  while (at < limit) {
    const numbers: number[] = []
    for (let i = 0; i < 3; i++) {
      const number = readNumber(block, at)
      if (number === undefined) return undefined
      numbers.push(number.value)
      at = number.next
    }
    const [same = 0, more = 0, valueBytes = 0] = numbers
    if (same > key.length || at + more + valueBytes > limit || entries.length > MAX_NAMES) return undefined
    key = Buffer.concat([key.subarray(0, same), block.subarray(at, at + more)])
    entries.push({ key, value: block.subarray(at + more, at + more + valueBytes) })
    at += more + valueBytes
  }
  return entries
}

function readHandle(bytes: Uint8Array, at: number): (Handle & { next: number }) | undefined {
  const offset = readNumber(bytes, at)
  const size = offset && readNumber(bytes, offset.next)
  return size && { offset: offset.value, size: size.value, next: size.next }
}

/** A varint of up to 53 bits. */
function readNumber(bytes: Uint8Array, at: number): { value: number; next: number } | undefined {
  let value = 0
  for (let i = 0; i < 7; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) return undefined
    value += (byte & 127) * 2 ** (7 * i)
    if (byte < 128) return { value, next: at + i + 1 }
  }
  return undefined
}
