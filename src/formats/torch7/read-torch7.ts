import { ByteCursor, type ByteSource, StreamBreak } from '../../ground/lang/index.ts'
import { AsciiLua, BinaryLua, type LuaStream } from './lua-stream.ts'
import type { LuaFunction, Torch7View } from './torch7-view.ts'

/** Objects of one file. */
const MAX_OBJECTS = 4_000_000
const MAX_DEPTH = 10_000
/** Levels after which the native stack is given time to unwind. */
const BREATH = 24
const MAX_NAME_BYTES = 1024
/** Bytes of a function that are looked into, and functions that are kept. */
const MAX_CODE_BYTES = 256 * 1024
const MAX_FUNCTIONS = 1000
const MAX_WORDS = 500
/** Characters of a text that is more than a name. */
const LEAST_WORDS = 16

const NIL = 0
const NUMBER = 1
const TEXT = 2
const TABLE = 3
const OBJECT = 4
const BOOLEAN = 5
const FUNCTION = 6
const OLD_RECURSIVE_FUNCTION = 7
const RECURSIVE_FUNCTION = 8

/** Bytes of an element by the type in the name of a storage. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  Byte: 1,
  Char: 1,
  Short: 2,
  Int: 4,
  Long: 8,
  Float: 4,
  Double: 8,
  Half: 2,
}

/** An object of version 1, or a table, as text. */
const TEXT_START = /^(?:4\n1\n3\nV 1\n|3\n1\n\d{1,9}\n[0-8]\n)/

/** Whether bytes begin as a file of Lua Torch does: a table or an object with the index 1. */
export function looksLikeTorch7(head: Uint8Array): boolean {
  const isText = head[0] === 0x33 || head[0] === 0x34
  if (isText && TEXT_START.test(Buffer.from(head.subarray(0, 32)).toString('latin1'))) return true
  if (head.length < 20 || head[1] !== 0 || head[2] !== 0) return false
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const type = view.getInt32(0, true)
  if (view.getInt32(4, true) !== 1) return false
  if (type === OBJECT)
    return view.getInt32(8, true) === 3 && view.getUint8(12) === 0x56 && view.getUint8(13) === 0x20
  const key = view.getInt32(12, true)
  return type === TABLE && view.getInt32(8, true) > 0 && (key === NUMBER || key === TEXT)
}

/**
 * Reads a file of Lua Torch to its end. Tensors are passed over; functions are listed. What was read before a break is kept.
 * @throws SallyportError what the source throws
 */
export async function readTorch7(source: ByteSource, signal?: AbortSignal): Promise<Torch7View> {
  const cursor = new ByteCursor(source, signal)
  const head = await source.read(0, 2, signal)
  const isAscii = (head[0] === 0x33 || head[0] === 0x34) && head[1] === 0x0a
  const reader = new LuaReader(isAscii ? new AsciiLua(cursor) : new BinaryLua(cursor))
  let problem: Torch7View['problem']
  try {
    await reader.value({ path: '', depth: 0 })
    if (cursor.left > 1)
      problem = {
        kind: 'malformed',
        message: `${cursor.left} bytes follow the object`,
        offset: cursor.offset,
      }
  } catch (error) {
    if (!(error instanceof StreamBreak)) throw error
    problem = { kind: error.kind, message: error.message, offset: error.offset }
  }
  return {
    encoding: isAscii ? 'ascii' : 'binary',
    functions: reader.functions,
    classes: [...reader.classes],
    words: reader.words,
    problem,
    endOffset: cursor.offset,
    readBytes: cursor.readBytes,
  }
}

interface At {
  readonly path: string
  readonly depth: number
}

class LuaReader {
  readonly #in: LuaStream
  readonly functions: LuaFunction[] = []
  readonly classes = new Set<string>()
  readonly words: [string, string][] = []
  readonly #seen = new Set<number>()
  #objects = 0

  constructor(stream: LuaStream) {
    this.#in = stream
  }

  /** A value; the text of a key is given back for paths. */
  async value(at: At): Promise<string | undefined> {
    if (++this.#objects > MAX_OBJECTS)
      throw new StreamBreak('limit', `it holds more than ${MAX_OBJECTS} values`, this.#in.offset)
    if (at.depth > MAX_DEPTH)
      throw new StreamBreak('limit', `it is nested deeper than ${MAX_DEPTH}`, this.#in.offset)
    if (at.depth % BREATH === BREATH - 1) await Promise.resolve()
    const offset = this.#in.offset
    const type = await this.#in.int()
    if (type === NIL) return undefined
    if (type === NUMBER) return this.#skipNumber()
    if (type === TEXT) return this.#word(at)
    if (type === BOOLEAN) return String((await this.#in.int()) === 1)
    if (type === TABLE) return this.#table(at)
    if (type === OBJECT) return this.#object(at)
    if (type === FUNCTION || type === RECURSIVE_FUNCTION || type === OLD_RECURSIVE_FUNCTION)
      return this.#function(type, at)
    throw new StreamBreak('malformed', `the type ${type} is not known`, offset)
  }

  async #skipNumber(): Promise<undefined> {
    await this.#in.skipDouble()
    return undefined
  }

  async #word({ path }: At): Promise<string> {
    const text = await this.#text()
    if (text.length >= LEAST_WORDS && this.words.length < MAX_WORDS) this.words.push([path, text])
    return text
  }

  async #text(): Promise<string> {
    return Buffer.from(await this.#in.chars(await this.#size(), MAX_NAME_BYTES)).toString('latin1')
  }

  async #size(): Promise<number> {
    const offset = this.#in.offset
    const size = await this.#in.int()
    if (size < 0) throw new StreamBreak('malformed', `a size of ${size}`, offset)
    return size
  }

  async #isKnown(): Promise<boolean> {
    const index = await this.#in.int()
    if (this.#seen.has(index)) return true
    this.#seen.add(index)
    return false
  }

  async #table(at: At): Promise<undefined> {
    if (await this.#isKnown()) return undefined
    const size = await this.#size()
    for (let i = 0; i < size; i++) {
      const key = await this.value({ path: at.path, depth: at.depth + 1 })
      await this.value({ path: inner(at.path, key ?? `[${i + 1}]`), depth: at.depth + 1 })
    }
    return undefined
  }

  async #object(at: At): Promise<undefined> {
    if (await this.#isKnown()) return undefined
    const version = await this.#text()
    const name = /^V \d+$/.test(version) ? await this.#text() : version
    if (this.classes.size < 1000) this.classes.add(name)
    const kind = /^torch\.(?:Cuda)?([A-Z][a-z]+)?(Tensor|Storage)$/.exec(name)
    if (kind?.[2] === 'Tensor') return this.#tensor(at)
    if (kind?.[2] === 'Storage') return this.#storage(kind[1] ?? 'Float')
    if (name === 'tds.Vec' || name === 'tds.Hash') return this.#collection(name, at)
    await this.value({ path: at.path, depth: at.depth + 1 })
    return undefined
  }

  async #tensor(at: At): Promise<undefined> {
    const offset = this.#in.offset
    const dimensions = await this.#in.int()
    if (dimensions < 0 || dimensions > 64)
      throw new StreamBreak('malformed', `${dimensions} dimensions`, offset)
    for (let i = 0; i < 2 * dimensions + 1; i++) await this.#in.long()
    await this.value({ path: at.path, depth: at.depth + 1 })
    return undefined
  }

  async #storage(element: string): Promise<undefined> {
    const offset = this.#in.offset
    const count = await this.#in.long()
    if (count < 0 || !Number.isSafeInteger(count * 8))
      throw new StreamBreak('malformed', `${count} elements`, offset)
    await this.#in.skipElements(count, ELEMENT_BYTES[element] ?? 4)
    return undefined
  }

  /** Torch's containers outside of Lua's memory: a count, then values, or keys and values. */
  async #collection(name: string, at: At): Promise<undefined> {
    const count = (await this.#in.long()) * (name === 'tds.Hash' ? 2 : 1)
    for (let i = 0; i < count; i++) await this.value({ path: inner(at.path, `[${i}]`), depth: at.depth + 1 })
    return undefined
  }

  async #function(type: number, at: At): Promise<undefined> {
    if (type !== FUNCTION && (await this.#isKnown())) return undefined
    const length = await this.#size()
    const offset = this.#in.offset
    const code = await this.#in.chars(length, MAX_CODE_BYTES)
    if (this.functions.length < MAX_FUNCTIONS)
      this.functions.push({
        path: at.path,
        offset,
        length,
        isBytecode: code[0] === 0x1b && code[1] === 0x4c,
        words: wordsIn(code),
      })
    await this.value({ path: inner(at.path, '<upvalues>'), depth: at.depth + 1 })
    return undefined
  }
}

function inner(path: string, key: string): string {
  if (path.length > 300) return path
  return path === '' ? key : `${path}.${key}`
}

/** Runs of printable characters: the constants of the bytecode. */
function wordsIn(code: Uint8Array): string[] {
  const text = Buffer.from(code).toString('latin1')
  return (text.match(/[\x20-\x7e]{2,}/g) ?? []).slice(0, MAX_WORDS)
}
