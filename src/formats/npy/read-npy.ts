import { type ByteSource, fail, ok, type Result } from '../../ground/lang/index.ts'

/** Bytes. numpy.lib.format warns above 10,000 characters; structured dtypes need more. */
const MAX_HEADER_BYTES = 1024 * 1024

/** The header of an array file (numpy/lib/format.py, versions 1.0 to 3.0). */
export interface NpyView {
  readonly descr: string
  /** The array holds Python objects: its data are a pickle. */
  readonly hasObjects: boolean
  readonly shape: readonly number[]
  readonly dataOffset: number
  /** Bytes that shape and dtype need; undefined for objects and structured dtypes. */
  readonly dataBytes: number | undefined
}

/** Whether bytes begin as an .npy file does. */
export function looksLikeNpy(head: Uint8Array): boolean {
  return head[0] === 0x93 && Buffer.from(head.subarray(1, 6)).toString('latin1') === 'NUMPY'
}

/** Reads the header of an .npy file; the data are not read. */
export async function readNpy(source: ByteSource, signal?: AbortSignal): Promise<Result<NpyView>> {
  const head = await source.read(0, 12, signal)
  const major = head[6] ?? 0
  if (head.length < 12 || major < 1 || major > 3) return fail(`version ${major} of the format is not known`)
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  const start = major === 1 ? 10 : 12
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > MAX_HEADER_BYTES || start + length > source.size)
    return fail(`the header claims ${length} bytes`)
  const text = Buffer.from(await source.read(start, length, signal)).toString('latin1')
  const found =
    /^\{'descr': ('[^']*'|\[.*\]), 'fortran_order': (?:True|False), 'shape': \(([0-9, ]*)\), \}\s*$/.exec(
      text,
    )
  const descr = found?.[1]
  if (found === null || descr === undefined) return fail('the header is not the dictionary that NumPy writes')
  const shape = (found[2] ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number)
  const size = itemBytes(descr)
  const items = shape.reduce((product, n) => product * n, 1)
  return ok({
    descr,
    hasObjects: /[|<>=']O/.test(descr),
    shape,
    dataOffset: start + length,
    dataBytes: size === undefined ? undefined : size * items,
  })
}

function itemBytes(descr: string): number | undefined {
  const found = /^'[<>|=]?([a-zA-Z?])([0-9]{0,6})(?:\[[a-zA-Z0-9]+\])?'$/.exec(descr)
  if (found === null || found[1] === 'O') return undefined
  const size = Number(found[2] ?? '')
  return found[1] === 'U' ? 4 * size : size
}
