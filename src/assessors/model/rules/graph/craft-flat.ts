import { type Example, example } from '../../rule.ts'

/** A field of a FlatBuffer table made for an example: a 64-bit number, a text, a table, or a list of tables. */
export type FlatPart = bigint | string | FlatTableOf | readonly FlatTableOf[] | undefined

/** A table: its fields in order. */
export interface FlatTableOf {
  readonly fields: readonly FlatPart[]
}

/** Writes tables byte by byte (https://flatbuffers.dev/internals/), what is referred to after what refers. */
class Writer {
  readonly bytes: number[] = []

  u32(at: number, value: number): void {
    for (let i = 0; i < 4; i++) this.bytes[at + i] = (value >>> (8 * i)) & 255
  }

  /** A table, whose list of fields stands before it; gives its place. */
  table({ fields }: FlatTableOf): number {
    const start = this.bytes.length
    const vtableBytes = 4 + 2 * fields.length
    const at = start + vtableBytes
    const tableBytes = 4 + 8 * fields.length
    this.#u16(start, vtableBytes)
    this.#u16(start + 2, tableBytes)
    for (const [i, field] of fields.entries())
      this.#u16(start + 4 + 2 * i, field === undefined ? 0 : 4 + 8 * i)
    for (let i = 0; i < tableBytes; i++) this.bytes[at + i] = 0
    this.u32(at, vtableBytes)
    for (const [i, field] of fields.entries()) this.#field(at + 4 + 8 * i, field)
    return at
  }

  #field(at: number, field: FlatPart): void {
    if (field === undefined) return
    if (typeof field === 'bigint') {
      this.u32(at, Number(field & 0xffff_ffffn))
      this.u32(at + 4, Number(field >> 32n))
    } else this.u32(at, this.#value(field) - at)
  }

  #value(field: string | FlatTableOf | readonly FlatTableOf[]): number {
    if (typeof field === 'string') return this.#text(field)
    if ('fields' in field) return this.table(field)
    const at = this.bytes.length
    this.u32(at, field.length)
    for (let i = 0; i < field.length; i++) this.u32(at + 4 + 4 * i, 0)
    for (const [i, table] of field.entries()) this.u32(at + 4 + 4 * i, this.table(table) - (at + 4 + 4 * i))
    return at
  }

  #text(text: string): number {
    const at = this.bytes.length
    this.u32(at, text.length)
    for (const char of `${text}\0`) this.bytes.push(char.charCodeAt(0))
    return at
  }

  #u16(at: number, value: number): void {
    this.bytes[at] = value & 255
    this.bytes[at + 1] = value >> 8
  }
}

function flatBuffer(name: string, identifier: string, root: FlatTableOf): Example {
  const writer = new Writer()
  writer.u32(0, 0)
  for (const [i, char] of [...identifier].entries()) writer.bytes[4 + i] = char.charCodeAt(0)
  writer.u32(0, writer.table(root))
  return example(name, String.fromCharCode(...writer.bytes))
}

/** A program of ExecuTorch with these operators, for examples (synthetic: by program.fbs). */
export function executorch(
  operators: readonly string[],
  delegates: readonly string[] = [],
  segments: readonly (readonly [offset: bigint, size: bigint])[] = [],
): Example {
  const named = (name: string): FlatTableOf => ({ fields: [name, 'out'] })
  const plan = {
    fields: [
      'forward',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      operators.map(named),
      delegates.map((id) => ({ fields: [id] })),
    ],
  }
  const places = segments.map(([offset, size]) => ({ fields: [offset, size] }))
  return flatBuffer('a.pte', 'ET12', { fields: [0n, [plan], undefined, undefined, places] })
}

/** A model of ONNX Runtime with one operator, for examples (synthetic: by ort.fbs). */
export function ort(operator: string, domain = ''): Example {
  const node = { fields: ['n', undefined, domain, undefined, undefined, operator] }
  const graph = { fields: [undefined, undefined, [node]] }
  const model = { fields: [8n, undefined, undefined, undefined, undefined, undefined, undefined, graph] }
  return flatBuffer('a.ort', 'ORTM', { fields: ['6', model] })
}
