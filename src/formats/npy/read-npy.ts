import type { ByteSource } from '../../ground/lang/index.ts'
import { countOf, itemSize } from './item-size.ts'
import { type Literal, readLiteral } from './python-literal.ts'

/** Bytes. numpy.lib.format warns above 10,000 characters; structured dtypes need more. */
const MAX_HEADER_BYTES = 1024 * 1024
/** Dimensions of an array: NumPy had 32, and has 64 since 2.0. */
const MAX_DIMENSIONS = 64
const MAX_SHOWN = 200

/** A fault of the header. `cut`: bytes are missing. `header`: NumPy refuses it, or an old one evaluates it. `layout`: sizes do not fit. */
export interface NpyProblem {
  readonly kind: 'cut' | 'header' | 'layout'
  readonly message: string
  readonly offset: number
}

/** The header of an array file (numpy/lib/format.py, versions 1.0 to 3.0). */
export interface NpyView {
  /** The header as it stands, shortened. */
  readonly header: string
  /** The array holds Python objects: its data are a pickle. */
  readonly hasObjects: boolean
  readonly shape: readonly number[]
  readonly dataOffset: number
  /** Bytes that shape and dtype need; undefined for objects, and where the header is broken. */
  readonly dataBytes: number | undefined
  readonly problems: readonly NpyProblem[]
  readonly readBytes: number
}

/** Whether bytes begin as an .npy file does. */
export function looksLikeNpy(head: Uint8Array): boolean {
  return head[0] === 0x93 && Buffer.from(head.subarray(1, 6)).toString('latin1') === 'NUMPY'
}

/**
 * Reads the header of an .npy file; the data are not read. The header is a Python literal: anything else in it is a fault.
 * @throws SallyportError what the source throws
 */
export async function readNpy(source: ByteSource, signal?: AbortSignal): Promise<NpyView> {
  const head = await source.read(0, 12, signal)
  const major = head[6] ?? 0
  if (head.length < 10) return broken('cut', 'the file ends inside its first bytes', head.length)
  if (major < 1 || major > 3)
    return broken('header', `version ${major} of the format is not known`, head.length)
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const start = major === 1 ? 10 : 12
  if (head.length < start) return broken('cut', 'the file ends inside its first bytes', head.length)
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (start + length > source.size) return broken('cut', `the header claims ${length} bytes`, head.length)
  if (length > MAX_HEADER_BYTES) return broken('header', `the header has ${length} bytes`, head.length)
  const bytes = await source.read(start, length, signal)
  const text = Buffer.from(bytes).toString(major === 3 ? 'utf8' : 'latin1')
  return judgeHeader(text, { dataOffset: start + length, restBytes: source.size - start - length })
}

function broken(kind: NpyProblem['kind'], message: string, readBytes: number): NpyView {
  return {
    header: '',
    hasObjects: false,
    shape: [],
    dataOffset: readBytes,
    dataBytes: undefined,
    problems: [{ kind, message, offset: 0 }],
    readBytes,
  }
}

interface Sizes {
  readonly dataOffset: number
  readonly restBytes: number
}

function judgeHeader(text: string, { dataOffset, restBytes }: Sizes): NpyView {
  const header = text.trim().slice(0, MAX_SHOWN)
  const refuse = (kind: NpyProblem['kind'], message: string, hasObjects = false): NpyView => ({
    ...broken(kind, message, dataOffset),
    header,
    hasObjects,
  })
  const literal = readLiteral(text.trim())
  if (literal?.kind !== 'dict') return refuse('header', 'the header is not a dictionary of literals')
  const field = (name: string): Literal | undefined =>
    literal.entries.find(([key]) => key.kind === 'text' && key.value === name)?.[1]
  const [descr, order, shape] = [field('descr'), field('fortran_order'), field('shape')]
  if (
    descr === undefined ||
    order?.kind !== 'constant' ||
    shape?.kind !== 'tuple' ||
    literal.entries.length !== 3
  )
    return refuse('header', 'the header has other fields than descr, fortran_order and shape')
  const item = itemSize(descr)
  if (item === undefined) return refuse('header', 'the dtype is not known')
  const count = countOf(shape)
  if (count === undefined || shape.items.length > MAX_DIMENSIONS)
    return refuse('header', 'the shape is not a tuple of sizes', item.hasObjects)
  const bytes = item.bytes * count
  if (!item.hasObjects && bytes > 2n ** 63n - 1n) return refuse('layout', 'the size of the array overflows')
  const problems: NpyProblem[] = []
  if (!item.hasObjects && bytes > BigInt(restBytes))
    problems.push({
      kind: 'cut',
      message: `${restBytes} bytes of data where ${bytes} are expected`,
      offset: dataOffset,
    })
  return {
    header,
    hasObjects: item.hasObjects,
    shape: shape.items.map((size) => (size.kind === 'number' ? Number(size.value) : 0)),
    dataOffset,
    dataBytes: item.hasObjects ? undefined : Number(bytes),
    problems,
    readBytes: dataOffset,
  }
}
