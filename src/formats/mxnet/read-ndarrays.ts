import { ByteCursor, type ByteSource, StreamBreak } from '../../ground/lang/index.ts'

/** The list of arrays that `mx.nd.save` writes. */
export interface NdarrayView {
  readonly arrays: number
  readonly names: readonly string[]
  readonly problem: { readonly message: string; readonly offset: number } | undefined
  readonly readBytes: number
}

/** kMXAPINDArrayListMagic of MXNet src/ndarray/ndarray.cc. */
const LIST_MAGIC = 0x112
const V2_MAGIC = 0xf993fac9
const V3_MAGIC = 0xf993faca
/** Arrays of one file. */
const MAX_ARRAYS = 1_000_000
const MAX_NAME_BYTES = 4096
/** Bytes of an element by mshadow's type flags: float32, float64, float16, uint8, int32, int8, int64, bool, and so on. */
const ITEM_BYTES: readonly number[] = [4, 8, 2, 1, 4, 1, 8, 1, 2, 2, 4, 8, 2]

/** Whether bytes begin with the magic and the reserved zero of a list of arrays. */
export function looksLikeNdarrays(head: Uint8Array): boolean {
  if (head.length < 16 || head[0] !== (LIST_MAGIC & 0xff)) return false
  const view = new DataView(head.buffer, head.byteOffset, 16)
  return view.getBigUint64(0, true) === BigInt(LIST_MAGIC) && view.getBigUint64(8, true) === 0n
}

/**
 * Reads the places of a list of arrays (`.params`); data are stepped over. Sparse and older arrays are not read: the problem says so.
 * @throws SallyportError what the source throws
 */
export async function readNdarrays(source: ByteSource, signal?: AbortSignal): Promise<NdarrayView> {
  const cursor = new ByteCursor(source, signal, 16)
  const names: string[] = []
  let arrays = 0
  let problem: NdarrayView['problem']
  try {
    const count = await countOf(cursor)
    for (; arrays < count; arrays++) await skipArray(cursor)
    const named = await countOf(cursor)
    for (let i = 0; i < named; i++) names.push(await nameOf(cursor))
    if (cursor.left > 0) problem = { message: `${cursor.left} bytes follow the list`, offset: cursor.offset }
  } catch (error) {
    if (!(error instanceof StreamBreak)) throw error
    problem = { message: error.message, offset: error.offset }
  }
  return { arrays, names, problem, readBytes: cursor.readBytes }
}

async function countOf(cursor: ByteCursor): Promise<number> {
  await cursor.need(8)
  const at = cursor.offset
  const count = cursor.u64(true)
  if (count > BigInt(MAX_ARRAYS)) throw new StreamBreak('limit', `${count} arrays are claimed`, at)
  return Number(count)
}

async function skipArray(cursor: ByteCursor): Promise<void> {
  await cursor.need(12)
  const at = cursor.offset
  const magic = cursor.u32(true)
  const storage = cursor.i32(true)
  if ((magic !== V2_MAGIC && magic !== V3_MAGIC) || storage !== 0)
    throw new StreamBreak('malformed', 'an array of a kind that is not read', at)
  const dimensions = cursor.i32(true)
  if (dimensions < 0 || dimensions > 32)
    throw new StreamBreak('malformed', `an array has ${dimensions} dimensions`, at)
  await cursor.need(8 * dimensions)
  let items = 1n
  for (let i = 0; i < dimensions; i++) items *= cursor.i64(true)
  if (dimensions === 0 && magic === V2_MAGIC) return
  await cursor.need(12)
  cursor.skip(8)
  const itemBytes = ITEM_BYTES[cursor.i32(true)]
  const bytes = itemBytes === undefined ? -1n : items * BigInt(itemBytes)
  if (bytes < 0n || bytes > BigInt(Number.MAX_SAFE_INTEGER))
    throw new StreamBreak('malformed', 'the size of an array is not possible', at)
  cursor.skip(Number(bytes))
}

async function nameOf(cursor: ByteCursor): Promise<string> {
  await cursor.need(8)
  const length = cursor.u64(true)
  if (length > BigInt(MAX_NAME_BYTES))
    throw new StreamBreak('limit', `a name has ${length} bytes`, cursor.offset - 8)
  await cursor.need(Number(length))
  return new TextDecoder().decode(cursor.take(Number(length)))
}
