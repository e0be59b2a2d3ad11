import { Hdf5Break, type Hdf5Cursor } from './hdf5-bytes.ts'

/** What of a datatype matters: whether it is text, and how many bytes an element has. */
export interface DataType {
  /** 0 integer, 1 float, 3 string, 5 opaque, 6 compound, 7 reference, 9 variable length, … */
  readonly typeClass: number
  readonly elementBytes: number
  /** For variable length: whether it is text, or bytes of this base class. */
  readonly isVariableText: boolean
  readonly baseBytes: number
}

/** Types of variable length in others; a list of lists of texts is the deepest that was seen. */
const MAX_DEPTH = 32

/** A datatype message (specification IV.A.2.d); members of compounds are not read. @throws Hdf5Break */
export function readDataType(body: Hdf5Cursor, depth = 0): DataType {
  if (depth > MAX_DEPTH) throw new Hdf5Break('broken', 'a datatype is nested too deep', body.address)
  const first = body.u8()
  const version = first >> 4
  if (version < 1 || version > 4) throw new Hdf5Break('broken', `datatype version ${version}`, body.address)
  const typeClass = first & 15
  const bits = body.u8()
  body.skip(2)
  const elementBytes = body.u32()
  const isVariable = typeClass === 9
  const base = isVariable && body.left >= 8 ? readDataType(body, depth + 1) : undefined
  return {
    typeClass,
    elementBytes,
    isVariableText: isVariable && (bits & 15) === 1,
    baseBytes: base?.elementBytes ?? 1,
  }
}

/** Dimensions; a scalar has none, a null space has no element at all. */
export interface DataSpace {
  readonly shape: readonly number[]
  readonly count: number
}

const MAX_RANK = 32

/** A dataspace message (specification IV.A.2.b). @throws Hdf5Break */
export function readDataSpace(body: Hdf5Cursor): DataSpace {
  const version = body.u8()
  if (version !== 1 && version !== 2)
    throw new Hdf5Break('broken', `dataspace version ${version}`, body.address)
  const rank = body.u8()
  body.skip(1)
  const type = body.u8()
  if (version === 1) body.skip(4)
  if (rank > MAX_RANK) throw new Hdf5Break('broken', `a dataset of rank ${rank}`, body.address)
  const shape: number[] = []
  for (let i = 0; i < rank; i++) shape.push(body.length())
  const isNull = version === 2 && type === 2
  return { shape, count: isNull ? 0 : shape.reduce((product, length) => product * length, 1) }
}
