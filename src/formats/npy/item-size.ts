import type { Literal } from './python-literal.ts'

/** What a dtype description says of one item. */
export interface ItemSize {
  readonly bytes: bigint
  readonly hasObjects: boolean
}

/** Bytes of types that are written without a number (numpy.dtype, 64-bit Linux). */
const BARE: Readonly<Record<string, number>> = {
  '?': 1,
  b: 1,
  B: 1,
  h: 2,
  H: 2,
  i: 4,
  I: 4,
  l: 8,
  L: 8,
  q: 8,
  Q: 8,
  e: 2,
  f: 4,
  d: 8,
  g: 16,
  F: 8,
  D: 16,
  G: 32,
  S: 0,
  a: 0,
  U: 0,
  V: 0,
  m: 8,
  M: 8,
  O: 8,
}

/** Names that NumPy takes for types, and their bytes. */
const NAMED: Readonly<Record<string, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
  complex64: 8,
  complex128: 16,
  bfloat16: 2,
}

/** The size of an item by its description (numpy.lib.format.descr_to_dtype), or undefined when there is no such type. */
export function itemSize(descr: Literal): ItemSize | undefined {
  if (descr.kind === 'text') return sizeOfName(descr.value)
  if (descr.kind === 'tuple') return sizeOfSubarray(descr.items)
  if (descr.kind === 'list') return sizeOfFields(descr.items)
  return descr.kind === 'dict' ? sizeOfDict(descr.entries) : undefined
}

function sizeOfName(name: string): ItemSize | undefined {
  const named = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined
  if (named !== undefined) return { bytes: BigInt(named), hasObjects: false }
  if (name === 'object') return { bytes: 8n, hasObjects: true }
  const found = /^[<>|=]?([?a-zA-Z])(\d{0,9})(?:\[[\w/]{1,24}\])?$/.exec(name)
  const letter = found?.[1]
  if (found === null || letter === undefined) return undefined
  const bare = Object.hasOwn(BARE, letter) ? BARE[letter] : undefined
  const digits = found[2] ?? ''
  if (digits === '')
    return bare === undefined ? undefined : { bytes: BigInt(bare), hasObjects: letter === 'O' }
  if (!'bhiluqfgcSaUVmMOt?BHILQdDFeT'.includes(letter)) return undefined
  const size = BigInt(digits)
  return { bytes: letter === 'U' ? 4n * size : size, hasObjects: letter === 'O' }
}

/** `(descr, shape)`. */
function sizeOfSubarray(items: readonly Literal[]): ItemSize | undefined {
  const [descr, shape] = items
  if (descr === undefined || shape === undefined || items.length !== 2) return undefined
  const size = itemSize(descr)
  const count = countOf(shape)
  return size === undefined || count === undefined ? undefined : { ...size, bytes: size.bytes * count }
}

/** Items of a shape: a number, or a tuple of numbers. */
export function countOf(shape: Literal): bigint | undefined {
  const lengths = shape.kind === 'number' ? [shape] : shape.kind === 'tuple' ? shape.items : undefined
  let count = 1n
  for (const length of lengths ?? []) {
    if (length.kind !== 'number' || length.value < 0n) return undefined
    count *= length.value
  }
  return lengths === undefined ? undefined : count
}

/** `[(name, descr), (name, descr, shape), …]`; names may be `(title, name)`, padding has an empty one. */
function sizeOfFields(fields: readonly Literal[]): ItemSize | undefined {
  let bytes = 0n
  let hasObjects = false
  for (const field of fields) {
    if (field.kind !== 'tuple') return undefined
    const [name, descr, shape] = field.items
    if (name === undefined || (name.kind !== 'text' && name.kind !== 'tuple') || descr === undefined)
      return undefined
    const size = itemSize(descr)
    const count = shape === undefined ? 1n : countOf(shape)
    if (size === undefined || count === undefined) return undefined
    bytes += size.bytes * count
    hasObjects ||= size.hasObjects
  }
  return { bytes, hasObjects }
}

/** `{'names': …, 'formats': …, 'offsets': …, 'itemsize': …}`. */
function sizeOfDict(entries: readonly (readonly [Literal, Literal])[]): ItemSize | undefined {
  const field = (name: string): Literal | undefined =>
    entries.find(([key]) => key.kind === 'text' && key.value === name)?.[1]
  const formats = field('formats')
  const itemsize = field('itemsize')
  if (formats?.kind !== 'list' || itemsize?.kind !== 'number') return undefined
  const sizes = formats.items.map(itemSize)
  if (sizes.includes(undefined)) return undefined
  return { bytes: itemsize.value, hasObjects: sizes.some((size) => size?.hasObjects === true) }
}
