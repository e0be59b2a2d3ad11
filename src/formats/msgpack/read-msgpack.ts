import { ByteCursor, type ByteSource, StreamBreak } from '../../ground/lang/index.ts'

/** Values of one file. A Flax checkpoint has some thousand. */
const MAX_VALUES = 5_000_000
/** Levels. Parameters nest by modules, some ten deep. */
const MAX_DEPTH = 512
/** Levels after which the native stack is given time to unwind. */
const BREATH = 32
/** Bytes of a text that are kept. */
const MAX_KEY_BYTES = 4096
/** Texts that are kept because they are more than a name, and the bytes that make them so. */
const MAX_WORDS = 1000
const LEAST_WORDS = 16
/** Bytes of an extension or binary that are shown to who judges. */
const HEAD_BYTES = 64
/** Binaries and extensions that are kept. A checkpoint has one for each parameter. */
const MAX_SIGHTS = 100_000

/** An extension, or a binary that may hold another format. */
export interface MsgpackSight {
  readonly kind: 'extension' | 'binary'
  /** Of an extension: 1 to 3 are Flax's, -1 is the timestamp of the specification. */
  readonly type: number | undefined
  readonly path: string
  readonly offset: number
  readonly length: number
  readonly head: Uint8Array
  readonly last: number
}

export interface MsgpackProblem {
  readonly kind: 'cut' | 'malformed' | 'limit'
  readonly message: string
  readonly offset: number
}

/** A MessagePack value (github.com/msgpack/msgpack, spec.md). Numbers and texts are passed over. */
export interface MsgpackView {
  readonly rootKind: 'map' | 'list' | 'other'
  /** Keys of the outermost map. */
  readonly keys: readonly string[]
  /** The start of texts that are more than a name. */
  readonly words: readonly (readonly [string, string])[]
  readonly sights: readonly MsgpackSight[]
  /** Maps that msgpack-numpy would decode as an array of objects, by unpickling its data. */
  readonly pickledArrays: readonly string[]
  readonly valueCount: number
  readonly problems: readonly MsgpackProblem[]
  readonly endOffset: number
  readonly readBytes: number
}

/** Whether bytes begin with a map of which the first key is a text, as checkpoints do. 0x80, the empty map, begins pickles. */
export function looksLikeMsgpack(head: Uint8Array): boolean {
  const at = mapHeaderBytes(head[0] ?? 0)
  if (at === undefined) return false
  const marker = head[at] ?? 0
  const isShort = marker >= 0xa0 && marker <= 0xbf
  // A text of up to 255 bytes, or a binary, which old writers made of keys.
  if (!isShort && marker !== 0xd9 && marker !== 0xc4) return false
  const length = isShort ? marker & 0x1f : (head[at + 1] ?? 0)
  const start = at + (isShort ? 1 : 2)
  const key = head.subarray(start, start + length)
  return length > 0 && key.length === length && key.every((byte) => byte >= 0x20 && byte !== 0x7f)
}

function mapHeaderBytes(marker: number): number | undefined {
  if (marker > 0x80 && marker <= 0x8f) return 1
  return marker === 0xde ? 3 : marker === 0xdf ? 5 : undefined
}

/**
 * Reads one MessagePack value without keeping it. What was read before a break is kept.
 * @throws SallyportError what the source throws
 */
export async function readMsgpack(source: ByteSource, signal?: AbortSignal): Promise<MsgpackView> {
  const cursor = new ByteCursor(source, signal)
  const reader = new MsgpackReader(cursor)
  const problems: MsgpackProblem[] = []
  let rootKind: Kind = 'other'
  try {
    rootKind = (await reader.value({ path: '', depth: 0 })).kind
    if (cursor.left > 0)
      problems.push({
        kind: 'malformed',
        message: `${cursor.left} bytes follow the value`,
        offset: cursor.offset,
      })
  } catch (error) {
    if (!(error instanceof StreamBreak)) throw error
    problems.push({ kind: error.kind, message: error.message, offset: error.offset })
  }
  return {
    rootKind: rootKind === 'map' || rootKind === 'list' ? rootKind : 'other',
    keys: reader.keys,
    words: reader.words,
    sights: reader.sights,
    pickledArrays: reader.pickledArrays,
    valueCount: reader.count,
    problems,
    endOffset: cursor.offset,
    readBytes: cursor.readBytes,
  }
}

interface At {
  readonly path: string
  readonly depth: number
}

type Kind = 'map' | 'list' | 'text' | 'other'

interface Value {
  readonly kind: Kind
  readonly text?: string
}

const OTHER: Value = { kind: 'other' }

/** Bytes of the length behind a marker: bin, ext, str, array, map. */
const LENGTH_BYTES: Readonly<Record<number, 1 | 2 | 4>> = {
  196: 1,
  197: 2,
  198: 4,
  199: 1,
  200: 2,
  201: 4,
  217: 1,
  218: 2,
  219: 4,
  220: 2,
  221: 4,
  222: 2,
  223: 4,
}
/** Bytes of numbers, by marker from 0xca to 0xd3. */
const NUMBER_BYTES = [4, 8, 1, 2, 4, 8, 1, 2, 4, 8]

function inner(path: string, name: string): string {
  if (path.length > 300) return path
  return path === '' ? name : `${path}.${name}`
}

class MsgpackReader {
  readonly #in: ByteCursor
  readonly sights: MsgpackSight[] = []
  readonly keys: string[] = []
  readonly words: [string, string][] = []
  readonly pickledArrays: string[] = []
  count = 0

  constructor(cursor: ByteCursor) {
    this.#in = cursor
  }

  async value(at: At): Promise<Value> {
    if (++this.count > MAX_VALUES)
      throw new StreamBreak('limit', `it holds more than ${MAX_VALUES} values`, this.#in.offset)
    if (at.depth > MAX_DEPTH)
      throw new StreamBreak('limit', `it is nested deeper than ${MAX_DEPTH}`, this.#in.offset)
    if (at.depth % BREATH === BREATH - 1) await Promise.resolve()
    await this.#in.need(1)
    const offset = this.#in.offset
    const marker = this.#in.u8()
    if (marker <= 0x7f || marker >= 0xe0) return OTHER
    if (marker <= 0x8f) return this.#map(marker & 0x0f, at)
    if (marker <= 0x9f) return this.#list(marker & 0x0f, at)
    if (marker <= 0xbf) return this.#text(marker & 0x1f, at)
    return this.#marked(marker, at, offset)
  }

  async #marked(marker: number, at: At, offset: number): Promise<Value> {
    if (marker === 0xc0 || marker === 0xc2 || marker === 0xc3) return OTHER
    if (marker === 0xc1) throw new StreamBreak('malformed', 'the marker 0xc1 is never used', offset)
    const numberBytes = NUMBER_BYTES[marker - 0xca]
    if (marker >= 0xca && numberBytes !== undefined) {
      this.#in.skip(numberBytes)
      return OTHER
    }
    // fixext 1 to 16.
    if (marker >= 0xd4 && marker <= 0xd8) return this.#extension(2 ** (marker - 0xd4), at)
    const length = await this.#length(LENGTH_BYTES[marker] ?? 4)
    if (marker <= 0xc6) return this.#bytes('binary', length, at)
    if (marker <= 0xc9) return this.#extension(length, at)
    if (marker <= 0xdb) return this.#text(length, at)
    return marker <= 0xdd ? this.#list(length, at) : this.#map(length, at)
  }

  async #length(size: 1 | 2 | 4): Promise<number> {
    await this.#in.need(size)
    if (size === 1) return this.#in.u8()
    return size === 2 ? this.#in.u16(false) : this.#in.u32(false)
  }

  async #text(length: number, { path }: At): Promise<Value> {
    const kept = Math.min(length, MAX_KEY_BYTES)
    await this.#in.need(kept)
    const text = Buffer.from(this.#in.take(kept)).toString('utf8')
    this.#in.skip(length - kept)
    if (length >= LEAST_WORDS && this.words.length < MAX_WORDS) this.words.push([path, text])
    return { kind: 'text', text }
  }

  async #list(count: number, at: At): Promise<Value> {
    this.#refuse(count)
    for (let i = 0; i < count; i++) await this.value({ path: `${at.path}[${i}]`, depth: at.depth + 1 })
    return { kind: 'list' }
  }

  async #map(count: number, at: At): Promise<Value> {
    this.#refuse(2 * count)
    const marks = new Map<string, string | undefined>()
    for (let i = 0; i < count; i++) {
      const name = await this.#word({ path: at.path, depth: at.depth + 1 })
      if (at.depth === 0 && this.keys.length < 100) this.keys.push(name ?? '?')
      const value = await this.#word({ path: inner(at.path, name ?? '?'), depth: at.depth + 1 })
      if (marks.size < 16) marks.set(name ?? '?', value)
    }
    // msgpack_numpy.decode: {b'nd': True, b'kind': b'O', b'data': pickle}.
    if (marks.has('nd') && marks.get('kind') === 'O') this.pickledArrays.push(inner(at.path, 'data'))
    return { kind: 'map' }
  }

  /** The text of a value, when it is a text or a short binary. */
  async #word(at: At): Promise<string | undefined> {
    const offset = this.#in.offset
    return (await this.value(at)).text ?? this.#lastBinary(offset)
  }

  /** The text of a binary that was just read: old writers wrote keys as binaries. */
  #lastBinary(from: number): string | undefined {
    const last = this.sights.at(-1)
    if (last === undefined || last.offset < from || last.kind !== 'binary' || last.length > HEAD_BYTES)
      return undefined
    return Buffer.from(last.head).toString('latin1')
  }

  #refuse(count: number): void {
    if (count > this.#in.left)
      throw new StreamBreak(
        'cut',
        `${count} values are claimed, ${this.#in.left} bytes are left`,
        this.#in.offset,
      )
  }

  async #extension(length: number, at: At): Promise<Value> {
    await this.#in.need(1)
    const type = this.#in.i8()
    return this.#bytes('extension', length, at, type)
  }

  async #bytes(kind: 'extension' | 'binary', length: number, { path }: At, type?: number): Promise<Value> {
    const offset = this.#in.offset
    if (length > this.#in.left) this.#in.skip(length)
    const kept = Math.min(length, HEAD_BYTES)
    await this.#in.need(kept)
    const head = Uint8Array.from(this.#in.take(kept))
    let last = head.at(-1) ?? 0
    if (length > kept) {
      this.#in.skip(length - kept - 1)
      await this.#in.need(1)
      last = this.#in.u8()
    }
    if (this.sights.length >= MAX_SIGHTS)
      throw new StreamBreak('limit', 'it holds more binaries than are looked at', offset)
    this.sights.push({ kind, type, path, offset, length, head, last })
    return OTHER
  }
}
