import type { Example } from '../../rule.ts'

/** What a FlatBuffer is made of here: scalars stand in tables, the rest behind. */
type Part =
  | { readonly kind: 'scalar'; readonly bytes: Buffer }
  | { readonly kind: 'block'; readonly bytes: Buffer }
  | { readonly kind: 'list'; readonly items: readonly Part[] }
  | { readonly kind: 'table'; readonly fields: readonly (Part | undefined)[] }

/** What a crafted model may have wrong. */
export interface CraftedModel {
  /** The tensor that every operator reads; there is only tensor 0. */
  readonly input?: number
  /** Options of the operators. */
  readonly options?: string | Buffer
}

/** A TFLite model with one operator for each custom code (schema.fbs version 3), for examples of rules. */
export function tfliteModel(
  name: string,
  customCodes: readonly string[],
  crafted: CraftedModel = {},
): Example {
  const codes = customCodes.map((code) => table([byte(32), text(code), undefined, int(32)]))
  const tensors = [table([numbers([1]), byte(0), int(0), text('x')])]
  const options = crafted.options === undefined ? undefined : block(Buffer.from(crafted.options), 1)
  const operators = customCodes.map((_, i) =>
    table([int(i), numbers([crafted.input ?? 0]), numbers([0]), undefined, undefined, options]),
  )
  const graph = table([list(tensors), numbers([0]), numbers([0]), list(operators), text('main')])
  const model = table([int(3), list(codes), list([graph]), text('crafted'), list([table([])])])
  const bytes = new Writer().write(model)
  bytes.write('TFL3', 4, 'latin1')
  return { name, bytes: new Uint8Array(bytes) }
}

function byte(value: number): Part {
  return { kind: 'scalar', bytes: Buffer.from([value]) }
}

function int(value: number): Part {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return { kind: 'scalar', bytes }
}

function block(data: Buffer, itemBytes: number): Part {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(data.length / itemBytes)
  return { kind: 'block', bytes: Buffer.concat([length, data, Buffer.alloc(1)]) }
}

function text(value: string): Part {
  return block(Buffer.from(value), 1)
}

function numbers(values: readonly number[]): Part {
  const data = Buffer.alloc(4 * values.length)
  for (const [i, value] of values.entries()) data.writeInt32LE(value, 4 * i)
  return block(data, 4)
}

function list(items: readonly Part[]): Part {
  return { kind: 'list', items }
}

function table(fields: readonly (Part | undefined)[]): Part {
  return { kind: 'table', fields }
}

/** Writes what refers before what it refers to, since offsets lead forwards (https://flatbuffers.dev/internals/). */
class Writer {
  #bytes = Buffer.alloc(8)

  write(root: Part): Buffer {
    this.#refer(0, root)
    return this.#bytes
  }

  #refer(from: number, part: Part): void {
    // Putting makes the bytes anew.
    const at = this.#put(part)
    this.#bytes.writeUInt32LE(at - from, from)
  }

  #put(part: Part): number {
    if (part.kind === 'list') return this.#putList(part.items)
    return part.kind === 'table' ? this.#putTable(part.fields) : this.#append(part.bytes)
  }

  #putList(items: readonly Part[]): number {
    const bytes = Buffer.alloc(4 + 4 * items.length)
    bytes.writeUInt32LE(items.length)
    const at = this.#append(bytes)
    for (const [i, item] of items.entries()) this.#refer(at + 4 + 4 * i, item)
    return at
  }

  /** The list of fields stands before its table; every field takes four bytes. */
  #putTable(fields: readonly (Part | undefined)[]): number {
    const slots = Buffer.alloc(4 + 2 * fields.length)
    slots.writeUInt16LE(slots.length, 0)
    slots.writeUInt16LE(4 + 4 * fields.length, 2)
    for (const [i, field] of fields.entries())
      if (field !== undefined) slots.writeUInt16LE(4 + 4 * i, 4 + 2 * i)
    const slotsAt = this.#append(slots)
    const at = this.#append(Buffer.alloc(4 + 4 * fields.length))
    this.#bytes.writeInt32LE(at - slotsAt, at)
    for (const [i, field] of fields.entries()) {
      if (field?.kind === 'scalar') field.bytes.copy(this.#bytes, at + 4 + 4 * i)
      else if (field !== undefined) this.#refer(at + 4 + 4 * i, field)
    }
    return at
  }

  #append(part: Buffer): number {
    const padding = Buffer.alloc((4 - (this.#bytes.length % 4)) % 4)
    const at = this.#bytes.length + padding.length
    this.#bytes = Buffer.concat([this.#bytes, padding, part])
    return at
  }
}
