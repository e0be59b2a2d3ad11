import type { ByteSource } from './byte-source.ts'

/** How a value is written: 0, 1, 2 and 5 of https://protobuf.dev/programming-guides/encoding/. Groups are skipped whole. */
export type WireKind = 'varint' | 'fixed64' | 'bytes' | 'fixed32'

/** One field of a message. No schema is known here: what the number means is for the format. */
export interface WireField {
  readonly number: number
  readonly kind: WireKind
  /** Offset of the value in the source (of the first byte after the length, for bytes). */
  readonly offset: number
  /** Bytes of the value. */
  readonly length: number
  /** The number, unsigned; 0n for bytes. */
  readonly value: bigint
}

/** Why reading stopped before the end. `cut`: bytes are missing; `wire`: no writer makes this; `budget`: a limit of ours. */
export interface WireProblem {
  readonly kind: 'cut' | 'wire' | 'budget'
  readonly message: string
  readonly offset: number
}

/** Fields that may still be read, counted down by all readers that share it (CWE-770). */
export interface WireBudget {
  left: number
}

/** A window of the source: a whole file, or one message in it. */
export interface WireWindow {
  readonly start?: number
  readonly end?: number
  readonly signal?: AbortSignal | undefined
}

/** Bytes read at a time: one read holds hundreds of the small fields that graphs are made of. */
const CHUNK_BYTES = 64 * 1024
/** Bytes of a tag and a following varint, at most ten each. */
const MAX_HEADER_BYTES = 20
/** Groups in groups: google::protobuf stops at 100 messages in messages. */
const MAX_GROUPS = 100

const CONTINUES = 0x80

interface Varint {
  readonly value: bigint
  readonly next: number
}

/** The varint at `at`; a text when there is none. Like C++ readers, bits beyond 64 are dropped. */
function readVarint(bytes: Uint8Array, at: number): Varint | 'cut' | 'wire' {
  let low = 0
  for (let i = 0; i < 4; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) return 'cut'
    low |= (byte & 0x7f) << (7 * i)
    if (byte < CONTINUES) return { value: BigInt(low), next: at + i + 1 }
  }
  let value = BigInt(low)
  for (let i = 4; i < 10; i++) {
    const byte = bytes[at + i]
    if (byte === undefined) return 'cut'
    value |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte < CONTINUES) return { value: BigInt.asUintN(64, value), next: at + i + 1 }
  }
  return 'wire'
}

/** Numbers of differing length that stand in one field; what is broken ends them. */
export function readPacked(bytes: Uint8Array): bigint[] {
  const numbers: bigint[] = []
  for (let at = 0; at < bytes.length; ) {
    const found = readVarint(bytes, at)
    if (typeof found === 'string') break
    numbers.push(found.value)
    at = found.next
  }
  return numbers
}

type Step =
  | { readonly kind: 'field'; readonly field: WireField; readonly next: number }
  | { readonly kind: 'open' | 'close'; readonly number: number; readonly next: number }
  | { readonly kind: 'stop'; readonly problem: WireProblem }

/** One tag and what can be told of its value. `base` is the offset of `bytes[0]`; `end` the end of the message. */
function step(bytes: Uint8Array, at: number, base: number, end: number): Step {
  const tag = readVarint(bytes, at)
  if (tag === 'cut') return stopAt('cut', 'a message ends inside a tag', base + at)
  if (tag === 'wire' || tag.value > 0xffff_ffffn)
    return stopAt('wire', 'a tag is longer than any field number', base + at)
  const number = Number(tag.value >> 3n)
  if (number === 0) return stopAt('wire', 'a field has the number 0', base + at)
  const type = Number(tag.value & 7n)
  if (type === 3 || type === 4) return { kind: type === 3 ? 'open' : 'close', number, next: tag.next }
  const value = readValue(bytes, tag.next, type)
  if (value === 'cut') return stopAt('cut', `field ${number} ends too early`, base + at)
  if (value === 'wire')
    return stopAt('wire', `field ${number} has a type or a number that no writer makes`, base + at)
  const from = type === 2 ? value.next : tag.next
  const length = type === 2 ? Number(value.value) : value.next - tag.next
  const left = end - base - from
  if (length > left)
    return stopAt('cut', `field ${number} wants ${length} bytes, ${left} are left`, base + at)
  const kind = KINDS[type] ?? 'bytes'
  const field = { number, kind, offset: base + from, length, value: type === 2 ? 0n : value.value }
  return { kind: 'field', field, next: from + length }
}

function stopAt(kind: 'cut' | 'wire', message: string, offset: number): Step {
  return { kind: 'stop', problem: { kind, message, offset } }
}

const KINDS: Readonly<Record<number, WireKind>> = { 0: 'varint', 1: 'fixed64', 2: 'bytes', 5: 'fixed32' }

/** The number itself, or the length of the bytes that follow. */
function readValue(bytes: Uint8Array, at: number, type: number): Varint | 'cut' | 'wire' {
  if (type === 0 || type === 2) return readVarint(bytes, at)
  if (type !== 1 && type !== 5) return 'wire'
  const size = type === 1 ? 8 : 4
  if (at + size > bytes.length) return 'cut'
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, size)
  const value = type === 1 ? view.getBigUint64(0, true) : BigInt(view.getUint32(0, true))
  return { value, next: at + size }
}

/** Groups that are open: their fields belong to no message that we know. */
class Groups {
  readonly #open: number[] = []

  get isInside(): boolean {
    return this.#open.length > 0
  }

  /** What is wrong with this start or end, if anything. */
  take(turn: 'open' | 'close', number: number): string | undefined {
    if (turn === 'open') {
      this.#open.push(number)
      return this.#open.length > MAX_GROUPS ? `groups are nested deeper than ${MAX_GROUPS}` : undefined
    }
    return this.#open.pop() === number ? undefined : 'a group ends that was not begun'
  }
}

/**
 * Reads the fields of a message one after another from a source of any size; bytes of large fields are stepped over, never
 * loaded. Messages in messages are not entered: the format opens a new reader over the field's window, or
 * {@link readWire} over its bytes.
 */
export class WireReader {
  readonly #source: ByteSource
  readonly #budget: WireBudget
  readonly #signal: AbortSignal | undefined
  readonly #end: number
  readonly #groups = new Groups()
  #at: number
  #buffer: Uint8Array = new Uint8Array(0)
  #base = 0
  #problem: WireProblem | undefined
  /** Bytes fetched from the source. */
  readBytes = 0

  constructor(source: ByteSource, budget: WireBudget, window: WireWindow = {}) {
    this.#source = source
    this.#budget = budget
    this.#signal = window.signal
    this.#end = Math.min(source.size, window.end ?? source.size)
    this.#at = Math.min(Math.max(0, window.start ?? 0), this.#end)
  }

  /** Set when {@link next} ended before the end of the window. */
  get problem(): WireProblem | undefined {
    return this.#problem
  }

  /** The next field, or undefined at the end and after a problem. @throws SallyportError what the source throws */
  async next(): Promise<WireField | undefined> {
    while (this.#problem === undefined && this.#at < this.#end) {
      if (this.#budget.left-- <= 0) return this.#stop('budget', 'the limit of fields was reached')
      const found = step(await this.#window(MAX_HEADER_BYTES), this.#at - this.#base, this.#base, this.#end)
      if (found.kind === 'stop') {
        this.#problem = found.problem
        return undefined
      }
      const wrong = found.kind === 'field' ? undefined : this.#groups.take(found.kind, found.number)
      if (wrong !== undefined) return this.#stop('wire', wrong)
      this.#at = this.#base + found.next
      if (found.kind === 'field' && !this.#groups.isInside) return found.field
    }
    if (this.#problem === undefined && this.#groups.isInside) this.#stop('cut', 'a group does not end')
    return undefined
  }

  /** The bytes of a field of this reader, or undefined when it has more than `maxBytes`. */
  async load({ offset, length }: WireField, maxBytes: number): Promise<Uint8Array | undefined> {
    if (length > maxBytes) return undefined
    const at = offset - this.#base
    if (at >= 0 && at + length <= this.#buffer.length) return this.#buffer.subarray(at, at + length)
    this.readBytes += length
    return this.#source.read(offset, length, this.#signal)
  }

  /** The buffer, holding at least `want` bytes from the current place unless the window ends before. */
  async #window(want: number): Promise<Uint8Array> {
    const at = this.#at - this.#base
    const needed = Math.min(want, this.#end - this.#at)
    if (at < 0 || at + needed > this.#buffer.length) {
      this.#base = this.#at
      const length = Math.min(CHUNK_BYTES, this.#end - this.#at)
      this.#buffer = await this.#source.read(this.#at, length, this.#signal)
      this.readBytes += this.#buffer.length
    }
    return this.#buffer
  }

  #stop(kind: WireProblem['kind'], message: string): undefined {
    this.#problem = { kind, message, offset: this.#at }
    return undefined
  }
}

/** All fields of a message in memory, up to a problem. */
export interface WireMessage {
  readonly fields: readonly WireField[]
  readonly problem: WireProblem | undefined
}

/** Reads the fields of a message that is in memory; offsets count from its first byte plus `base`. Bytes of a field are `bytes.subarray(offset - base, …)`, see {@link wireBytes}. */
export function readWire(bytes: Uint8Array, budget: WireBudget, base = 0): WireMessage {
  const fields: WireField[] = []
  const groups = new Groups()
  let at = 0
  while (at < bytes.length) {
    const offset = base + at
    if (budget.left-- <= 0)
      return { fields, problem: { kind: 'budget', message: 'the limit of fields was reached', offset } }
    const found = step(bytes, at, base, base + bytes.length)
    if (found.kind === 'stop') return { fields, problem: found.problem }
    at = found.next
    if (found.kind === 'field') {
      if (!groups.isInside) fields.push(found.field)
      continue
    }
    const wrong = groups.take(found.kind, found.number)
    if (wrong !== undefined) return { fields, problem: { kind: 'wire', message: wrong, offset } }
  }
  const problem: WireProblem = { kind: 'cut', message: 'a group does not end', offset: base + at }
  return { fields, problem: groups.isInside ? problem : undefined }
}

/** The bytes of a field of {@link readWire}, a view on the message. */
export function wireBytes(message: Uint8Array, { offset, length }: WireField, base = 0): Uint8Array {
  return message.subarray(offset - base, offset - base + length)
}
