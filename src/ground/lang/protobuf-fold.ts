import type { ByteSource } from './byte-source.ts'
import {
  readPacked,
  readWire,
  type WireBudget,
  type WireField,
  type WireProblem,
  WireReader,
  wireBytes,
} from './protobuf-wire.ts'

/** What is read of a message, by field number: `text`, `number` and short lists of `numbers` are kept, of a `span` only where it stands, a name is a message of that name; the rest is stepped over. */
export type WireSchema = Readonly<
  Record<string, Readonly<Record<number, 'text' | 'number' | 'numbers' | 'span' | (string & {})>>>
>

/** Where bytes of a source stand. */
export interface WireSpan {
  readonly offset: number
  readonly length: number
}

/** A message of the schema, after all that is in it. */
export interface WireNode<T> {
  /** Its name in the schema. */
  readonly type: string
  readonly depth: number
  readonly offset: number
  readonly length: number
  /** Every occurrence of a field, in order; readers of singular fields take the last. */
  readonly texts: ReadonlyMap<number, readonly string[]>
  readonly numbers: ReadonlyMap<number, readonly bigint[]>
  /** Bytes that were stepped over. */
  readonly spans: ReadonlyMap<number, readonly WireSpan[]>
  /** What the fold made of inner messages. */
  readonly children: ReadonlyMap<number, readonly T[]>
}

export interface WireFold<T> {
  readonly schema: WireSchema
  readonly root: string
  /** Called for each message, inner ones first. What it gives is handed to the message around. */
  readonly fold: (node: WireNode<T>) => T | undefined
  readonly budget: WireBudget
  /** Messages in messages; google::protobuf refuses more than 100. */
  readonly maxDepth: number
  readonly signal?: AbortSignal | undefined
}

/** Bytes of a message that is read in one go; larger ones hold tensors and are read through a window. */
const IN_MEMORY_BYTES = 16 * 1024
/** Characters of a text that are kept. */
const MAX_TEXT_BYTES = 4096
/** Texts, numbers and results that are kept for one message. */
const MAX_KEPT = 100_000

/** Bytes of numbers in one field that are kept: shapes are short, and longer lists are data. */
const MAX_PACKED_BYTES = 1024

interface Gathering<T> {
  readonly type: string
  readonly depth: number
  readonly offset: number
  readonly length: number
  readonly texts: Map<number, string[]>
  readonly numbers: Map<number, bigint[]>
  readonly spans: Map<number, WireSpan[]>
  readonly children: Map<number, T[]>
  kept: number
}

/**
 * Reads a message of a known schema in constant memory, inner messages first; tensors are never loaded. The problem is the first
 * one met; what was read before it was folded.
 * @throws SallyportError what the source throws
 */
export async function foldWire<T>(
  source: ByteSource,
  options: WireFold<T>,
): Promise<{
  readonly root: T | undefined
  readonly problem: WireProblem | undefined
  readonly readBytes: number
}> {
  const folder = new Folder(source, options)
  const root = await folder.stream(options.root, { offset: 0, length: source.size }, 0)
  return { root, problem: folder.problem, readBytes: folder.readBytes }
}

class Folder<T> {
  readonly #source: ByteSource
  readonly #options: WireFold<T>
  problem: WireProblem | undefined
  readBytes = 0

  constructor(source: ByteSource, options: WireFold<T>) {
    this.#source = source
    this.#options = options
  }

  /** A message of any size, through a window. */
  async stream(
    type: string,
    place: { readonly offset: number; readonly length: number },
    depth: number,
  ): Promise<T | undefined> {
    const into = this.#begin(type, place, depth)
    if (into === undefined) return undefined
    const { budget, signal } = this.#options
    const reader = new WireReader(this.#source, budget, {
      start: place.offset,
      end: place.offset + place.length,
      signal,
    })
    const fields = this.#options.schema[type] ?? {}
    for (let field = await reader.next(); field !== undefined; field = await reader.next()) {
      const wanted = fields[field.number]
      if (wanted === undefined) continue
      if (field.kind !== 'bytes') this.#number(into, field, wanted)
      else if (wanted === 'span') this.#span(into, field)
      else if (wanted === 'numbers') this.#packed(into, field, await reader.load(field, MAX_PACKED_BYTES))
      else if (wanted === 'text') this.#text(into, field, await this.#start(reader, field))
      else if (wanted !== 'number') {
        const inner = await this.#inner(reader, field, { type: wanted, depth: depth + 1 })
        this.#child(into, field, inner)
      }
    }
    this.problem ??= reader.problem
    this.readBytes += reader.readBytes
    return this.#options.fold(into)
  }

  async #start(reader: WireReader, field: WireField): Promise<Uint8Array> {
    const short = { ...field, length: Math.min(field.length, MAX_TEXT_BYTES) }
    return (await reader.load(short, MAX_TEXT_BYTES)) ?? new Uint8Array(0)
  }

  async #inner(
    reader: WireReader,
    field: WireField,
    { type, depth }: { readonly type: string; readonly depth: number },
  ): Promise<T | undefined> {
    const bytes = await reader.load(field, IN_MEMORY_BYTES)
    return bytes === undefined
      ? this.stream(type, field, depth)
      : this.#memory(type, bytes, { base: field.offset, depth })
  }

  #begin(
    type: string,
    { offset, length }: { readonly offset: number; readonly length: number },
    depth: number,
  ): Gathering<T> | undefined {
    if (depth > this.#options.maxDepth) {
      const message = `messages are nested deeper than ${this.#options.maxDepth}`
      this.problem ??= { kind: 'budget', message, offset }
      return undefined
    }
    return {
      type,
      depth,
      offset,
      length,
      texts: new Map(),
      numbers: new Map(),
      spans: new Map(),
      children: new Map(),
      kept: 0,
    }
  }

  #number(into: Gathering<T>, field: WireField, wanted: string): void {
    if (wanted === 'number' || wanted === 'numbers') this.#keep(into, into.numbers, field, field.value)
  }

  #packed(into: Gathering<T>, field: WireField, bytes: Uint8Array | undefined): void {
    if (bytes === undefined || bytes.length > MAX_PACKED_BYTES) return
    for (const number of readPacked(bytes)) this.#keep(into, into.numbers, field, number)
  }

  #text(into: Gathering<T>, field: WireField, bytes: Uint8Array): void {
    const text = new TextDecoder().decode(bytes.subarray(0, MAX_TEXT_BYTES))
    this.#keep(into, into.texts, field, text)
  }

  #span(into: Gathering<T>, field: WireField): void {
    this.#keep(into, into.spans, field, { offset: field.offset, length: field.length })
  }

  #child(into: Gathering<T>, field: WireField, child: T | undefined): void {
    if (child !== undefined) this.#keep(into, into.children, field, child)
  }

  #keep<V>(into: Gathering<T>, map: Map<number, V[]>, field: WireField, value: V): void {
    if (into.kept++ >= MAX_KEPT) {
      this.problem ??= { kind: 'budget', message: 'a message has too many fields', offset: field.offset }
      return
    }
    const list = map.get(field.number)
    if (list === undefined) map.set(field.number, [value])
    else list.push(value)
  }

  #memory(
    type: string,
    bytes: Uint8Array,
    { base, depth }: { readonly base: number; readonly depth: number },
  ): T | undefined {
    const into = this.#begin(type, { offset: base, length: bytes.length }, depth)
    if (into === undefined) return undefined
    const message = readWire(bytes, this.#options.budget, base)
    this.problem ??= message.problem
    const fields = this.#options.schema[type] ?? {}
    for (const field of message.fields) {
      const wanted = fields[field.number]
      if (wanted === undefined) continue
      if (field.kind !== 'bytes') this.#number(into, field, wanted)
      else if (wanted === 'span') this.#span(into, field)
      else if (wanted === 'numbers') this.#packed(into, field, wireBytes(bytes, field, base))
      else if (wanted === 'text') this.#text(into, field, wireBytes(bytes, field, base))
      else if (wanted !== 'number') {
        const inner = wireBytes(bytes, field, base)
        this.#child(into, field, this.#memory(wanted, inner, { base: field.offset, depth: depth + 1 }))
      }
    }
    return this.#options.fold(into)
  }
}
