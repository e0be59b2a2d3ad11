import type { ByteSource } from './byte-source.ts'

/** A table: where it stands, and where each of its fields does. */
export interface FlatTable {
  readonly offset: number
  /** Offset of field `id` in the source, or undefined when it is absent. */
  readonly fieldAt: (id: number) => number | undefined
}

/** A vector: `count` items from `offset`. */
export interface FlatVector {
  readonly offset: number
  readonly count: number
}

/** An offset or length that leads outside the file, or a limit of ours. */
export interface FlatProblem {
  readonly kind: 'bounds' | 'budget'
  readonly message: string
  readonly offset: number
}

/** Scalars that fields have; unsigned 64-bit ones beyond 2^53 lose their last digits. */
export type FlatScalar = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'u64' | 'f32' | 'f64'

export interface FlatLimits {
  /** Reads (of tables, scalars, texts) in all. */
  readonly maxReads: number
  readonly signal?: AbortSignal | undefined
}

/** Bytes of a page: tables stand close together, buffers of weights are never asked for. */
const PAGE_BYTES = 16 * 1024
/** Pages kept, 4 MiB in all. */
const MAX_PAGES = 256
/** Bytes of a vtable: it has 16-bit sizes, and 32,000 fields are more than any schema has. */
const MIN_VTABLE_BYTES = 4
const MAX_PROBLEMS = 20

const SCALAR_BYTES: Readonly<Record<FlatScalar, number>> = {
  i8: 1,
  u8: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  i64: 8,
  u64: 8,
  f32: 4,
  f64: 8,
}

/**
 * Reads a FlatBuffer (https://flatbuffers.dev/internals/) from a source of any size. Every offset is checked against the
 * source; what leads outside gives undefined and a problem, and reads are counted, so that loops in the data end.
 */
export class FlatReader {
  readonly #source: ByteSource
  readonly #signal: AbortSignal | undefined
  readonly #pages = new Map<number, Uint8Array>()
  #readsLeft: number
  readonly problems: FlatProblem[] = []
  /** Bytes fetched from the source. */
  readBytes = 0
  /** First byte after all that was asked for, items of vectors among it whether they were read or not. */
  reachedOffset = 0

  constructor(source: ByteSource, limits: FlatLimits) {
    this.#source = source
    this.#signal = limits.signal
    this.#readsLeft = limits.maxReads
  }

  /** The root table of a buffer that begins at `base`; offsets of all else count from the source's start. */
  async root(base = 0): Promise<FlatTable | undefined> {
    const at = await this.#offsetAt(base)
    return at === undefined ? undefined : this.table(at)
  }

  /** The table at an offset. */
  async table(at: number): Promise<FlatTable | undefined> {
    const back = await this.#scalarAt(at, 'i32')
    if (back === undefined) return undefined
    const vtable = at - back
    const vtableBytes = await this.#scalarAt(vtable, 'u16')
    const tableBytes = await this.#scalarAt(vtable + 2, 'u16')
    if (vtableBytes === undefined || tableBytes === undefined) return undefined
    if (vtableBytes < MIN_VTABLE_BYTES || vtableBytes % 2 !== 0 || tableBytes < 4)
      return this.#refuse('bounds', 'a table has a broken list of fields', vtable)
    const slots = await this.#bytesAt(vtable, vtableBytes)
    if (slots === undefined) return undefined
    if (at + tableBytes > this.#source.size)
      return this.#refuse('bounds', `a table of ${tableBytes} bytes does not fit`, at)
    const fieldAt = (id: number): number | undefined => {
      const low = slots[4 + 2 * id]
      const high = slots[5 + 2 * id]
      const relative = low === undefined || high === undefined ? 0 : low | (high << 8)
      return relative === 0 || relative >= tableBytes ? undefined : at + relative
    }
    return { offset: at, fieldAt }
  }

  /** A scalar field, or `absent` (the schema's default) when it is not there. */
  async scalar(table: FlatTable, id: number, type: FlatScalar, absent = 0): Promise<number> {
    const at = table.fieldAt(id)
    return at === undefined ? absent : ((await this.#scalarAt(at, type)) ?? absent)
  }

  /** A table that a field refers to. */
  async child(table: FlatTable, id: number): Promise<FlatTable | undefined> {
    const field = table.fieldAt(id)
    const at = field === undefined ? undefined : await this.#offsetAt(field)
    return at === undefined ? undefined : this.table(at)
  }

  /** A vector that a field refers to, of items of `itemBytes`; it is known to lie inside the source. */
  async vector(table: FlatTable, id: number, itemBytes: number): Promise<FlatVector | undefined> {
    const field = table.fieldAt(id)
    const at = field === undefined ? undefined : await this.#offsetAt(field)
    return at === undefined ? undefined : this.#vectorAt(at, itemBytes)
  }

  /** The table that item `index` of a vector of tables refers to. */
  async tableOf(vector: FlatVector, index: number): Promise<FlatTable | undefined> {
    if (index < 0 || index >= vector.count) return undefined
    const at = await this.#offsetAt(vector.offset + 4 * index)
    return at === undefined ? undefined : this.table(at)
  }

  /** An item of a vector of scalars. */
  async itemOf(vector: FlatVector, index: number, type: FlatScalar): Promise<number | undefined> {
    if (index < 0 || index >= vector.count) return undefined
    return this.#scalarAt(vector.offset + SCALAR_BYTES[type] * index, type)
  }

  /** A text field, cut at `maxBytes`; bytes that are not UTF-8 are replaced. */
  async text(table: FlatTable, id: number, maxBytes: number): Promise<string | undefined> {
    const vector = await this.vector(table, id, 1)
    return vector === undefined ? undefined : this.#textOf(vector, maxBytes)
  }

  /** Item `index` of a vector of texts. */
  async textOf(vector: FlatVector, index: number, maxBytes: number): Promise<string | undefined> {
    if (index < 0 || index >= vector.count) return undefined
    const at = await this.#offsetAt(vector.offset + 4 * index)
    const inner = at === undefined ? undefined : await this.#vectorAt(at, 1)
    return inner === undefined ? undefined : this.#textOf(inner, maxBytes)
  }

  /** Bytes of a vector of bytes, or undefined when it has more than `maxBytes`. */
  async bytesOf(vector: FlatVector, maxBytes: number): Promise<Uint8Array | undefined> {
    return vector.count > maxBytes ? undefined : this.#bytesAt(vector.offset, vector.count)
  }

  async #textOf(vector: FlatVector, maxBytes: number): Promise<string | undefined> {
    const bytes = await this.#bytesAt(vector.offset, Math.min(vector.count, maxBytes))
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
  }

  async #vectorAt(at: number, itemBytes: number): Promise<FlatVector | undefined> {
    const count = await this.#scalarAt(at, 'u32')
    if (count === undefined) return undefined
    if (at + 4 + count * itemBytes > this.#source.size)
      return this.#refuse('bounds', `a vector of ${count} items does not fit`, at)
    this.reachedOffset = Math.max(this.reachedOffset, at + 4 + count * itemBytes)
    return { offset: at + 4, count }
  }

  /** Where an unsigned relative offset leads. */
  async #offsetAt(at: number): Promise<number | undefined> {
    const relative = await this.#scalarAt(at, 'u32')
    if (relative === undefined) return undefined
    if (relative === 0 || at + relative + 4 > this.#source.size)
      return this.#refuse('bounds', 'an offset leads outside the file', at)
    return at + relative
  }

  async #scalarAt(at: number, type: FlatScalar): Promise<number | undefined> {
    const size = SCALAR_BYTES[type]
    const bytes = await this.#bytesAt(at, size)
    return bytes === undefined
      ? undefined
      : scalarOf(new DataView(bytes.buffer, bytes.byteOffset, size), type)
  }

  async #bytesAt(at: number, length: number): Promise<Uint8Array | undefined> {
    if (this.#readsLeft-- <= 0) return this.#refuse('budget', 'the limit of reads was reached', at)
    if (at < 0 || at + length > this.#source.size)
      return this.#refuse('bounds', `${length} bytes at ${at} are not there`, at)
    this.reachedOffset = Math.max(this.reachedOffset, at + length)
    const page = Math.floor(at / PAGE_BYTES)
    if (at + length > (page + 1) * PAGE_BYTES) {
      this.readBytes += length
      return this.#source.read(at, length, this.#signal)
    }
    const bytes = this.#pages.get(page) ?? (await this.#load(page))
    return bytes.subarray(at - page * PAGE_BYTES, at - page * PAGE_BYTES + length)
  }

  async #load(page: number): Promise<Uint8Array> {
    const bytes = await this.#source.read(page * PAGE_BYTES, PAGE_BYTES, this.#signal)
    this.readBytes += bytes.length
    if (this.#pages.size >= MAX_PAGES) this.#pages.delete(this.#pages.keys().next().value ?? 0)
    this.#pages.set(page, bytes)
    return bytes
  }

  #refuse(kind: FlatProblem['kind'], message: string, offset: number): undefined {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ kind, message, offset })
    return undefined
  }
}

function scalarOf(view: DataView, type: FlatScalar): number {
  switch (type) {
    case 'i8':
      return view.getInt8(0)
    case 'u8':
      return view.getUint8(0)
    case 'i16':
      return view.getInt16(0, true)
    case 'u16':
      return view.getUint16(0, true)
    case 'i32':
      return view.getInt32(0, true)
    case 'u32':
      return view.getUint32(0, true)
    case 'i64':
      return Number(view.getBigInt64(0, true))
    case 'u64':
      return Number(view.getBigUint64(0, true))
    case 'f32':
      return view.getFloat32(0, true)
    case 'f64':
      return view.getFloat64(0, true)
  }
}
