import type { DataSpace, DataType } from './data-type.ts'
import { Hdf5Break, type Hdf5Bytes, type Hdf5Cursor } from './hdf5-bytes.ts'
import type { Hdf5Value } from './hdf5-view.ts'

/** Elements kept of one value: names of the weights of a layer, of which there are at most some hundred. */
const MAX_PARTS = 10_000
/** Bytes of one value. The configuration of the largest published Keras model has 2 MB. */
const MAX_VALUE_BYTES = 32 * 1024 * 1024
/** Bytes of all values of a file together. */
const MAX_ALL_VALUE_BYTES = 128 * 1024 * 1024

/** Values of one file: text behind references stands in global heaps, which are read once. */
export class ValueReader {
  readonly #bytes: Hdf5Bytes
  readonly #heaps = new Map<number, Map<number, { address: number; length: number }>>()
  #left = MAX_ALL_VALUE_BYTES

  constructor(bytes: Hdf5Bytes) {
    this.#bytes = bytes
  }

  /** Elements in `data` as bytes, or undefined when their type holds no text. @throws Hdf5Break */
  async read(type: DataType, space: DataSpace, data: Hdf5Cursor): Promise<Hdf5Value | undefined> {
    if (type.typeClass === 9) return this.#readVariable(type, space, data)
    const isText = type.typeClass === 3
    if (!isText && type.typeClass !== 5 && !(type.elementBytes === 1 && type.typeClass === 0))
      return undefined
    if (!isText) return this.#readRaw(space.count * type.elementBytes, data)
    const parts: Uint8Array[] = []
    const count = Math.min(space.count, MAX_PARTS)
    this.#bytes.spend(count, data.address)
    for (let i = 0; i < count; i++) parts.push(trimmed(this.#keep(data.take(type.elementBytes))))
    return { kind: 'text', parts, isCut: count < space.count }
  }

  #readRaw(length: number, data: Hdf5Cursor): Hdf5Value {
    const kept = Math.min(length, MAX_VALUE_BYTES)
    return { kind: 'bytes', parts: [this.#keep(data.take(kept))], isCut: kept < length }
  }

  async #readVariable(type: DataType, space: DataSpace, data: Hdf5Cursor): Promise<Hdf5Value> {
    const parts: Uint8Array[] = []
    const count = Math.min(space.count, MAX_PARTS)
    this.#bytes.spend(count, data.address)
    for (let i = 0; i < count; i++) parts.push(await this.#readReference(data, type))
    while (parts.length > 1 && parts.at(-1)?.length === 0) parts.pop()
    return { kind: type.isVariableText ? 'text' : 'bytes', parts, isCut: count < space.count }
  }

  async #readReference(data: Hdf5Cursor, type: DataType): Promise<Uint8Array> {
    const length = data.u32() * (type.isVariableText ? 1 : type.baseBytes)
    const collection = data.offset()
    const index = data.u32()
    if (length === 0 || index === 0) return new Uint8Array(0)
    const found = (await this.#heap(collection)).get(index)
    if (found === undefined)
      throw new Hdf5Break('broken', 'a text is not in its heap', data.address + data.at)
    const size = Math.min(length, found.length)
    if (size > MAX_VALUE_BYTES)
      throw new Hdf5Break('unread', `a text has ${size} bytes; ${MAX_VALUE_BYTES} are read`, found.address)
    const bytes = this.#keep(await this.#bytes.at(found.address, size))
    return type.isVariableText ? trimmed(bytes) : bytes
  }

  /** Bytes of the object `index` of a global heap collection. @throws Hdf5Break */
  async heapObject(collection: number, index: number): Promise<Hdf5Cursor> {
    const found = (await this.#heap(collection)).get(index)
    if (found === undefined) throw new Hdf5Break('broken', 'an object is not in its heap', collection)
    return this.#bytes.block(found.address, found.length)
  }

  async #heap(collection: number): Promise<Map<number, { address: number; length: number }>> {
    const known = this.#heaps.get(collection)
    if (known !== undefined) return known
    const objects = new Map<number, { address: number; length: number }>()
    const headBytes = 8 + this.#bytes.lengthBytes
    const head = await this.#bytes.block(collection, headBytes)
    head.expect('GCOL')
    head.skip(4)
    const size = head.length()
    let at = headBytes
    while (at + headBytes + 8 <= size) {
      const entry = await this.#bytes.block(collection + at, 8 + this.#bytes.lengthBytes)
      this.#bytes.spend(1, collection)
      const index = entry.u16()
      entry.skip(6)
      const length = entry.length()
      if (index === 0) break
      objects.set(index, { address: collection + at + 8 + this.#bytes.lengthBytes, length })
      at += 8 + this.#bytes.lengthBytes + Math.ceil(length / 8) * 8
    }
    if (this.#heaps.size < 10_000) this.#heaps.set(collection, objects)
    return objects
  }

  /** A copy, so that pages can go; counted. */
  #keep(bytes: Uint8Array): Uint8Array {
    this.#left -= bytes.length
    if (this.#left < 0) throw new Hdf5Break('unread', 'the texts of the file are larger than we keep', 0)
    return bytes.slice()
  }
}

/** Without the padding of a fixed string: NULs and what is behind them, as h5py and the C library read it. */
function trimmed(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return bytes.subarray(0, end)
}
