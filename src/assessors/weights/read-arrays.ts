import { unpackDeflate } from '../../formats/deflate/index.ts'
import { type NpyView, readNpy } from '../../formats/npy/index.ts'
import { packedMember, type ZipMember, type ZipView } from '../../formats/zip/index.ts'
import {
  type ByteSource,
  fail,
  ok,
  type Result,
  sliceOfSource,
  sourceOfBytes,
} from '../../ground/lang/index.ts'
import { itemBytes, NUMPY_TYPES } from './dtypes.ts'
import { ambiguity } from './read-torch.ts'
import type { Tensor, WeightsView } from './weights-view.ts'

/** Bytes of a packed member that are unpacked to see its header. */
const HEAD_BYTES = 64 * 1024
/** Arrays of one archive. */
const MAX_ARRAYS = 100_000

/** The one array of an .npy file. */
export async function readNpyWeights(
  source: ByteSource,
  name: string,
  signal?: AbortSignal,
): Promise<WeightsView> {
  const tensor = arrayOf(await readNpy(source, signal), name)
  if (!tensor.ok) return { format: 'npy', tensors: [], problem: tensor.error }
  const { start, ...rest } = tensor.value
  const data = { kind: 'plain', source: sliceOfSource(source, start, rest.sizeBytes) } as const
  return { format: 'npy', tensors: [{ ...rest, data }] }
}

/** The arrays of an archive that NumPy made. */
export async function readNpz(view: ZipView, signal?: AbortSignal): Promise<WeightsView> {
  const odd = ambiguity(view)
  if (odd !== undefined) return { format: 'npz', tensors: [], problem: odd }
  const members = view.members.filter(({ name }) => name.endsWith('.npy'))
  if (members.length > MAX_ARRAYS)
    return { format: 'npz', tensors: [], problem: `it holds more than ${MAX_ARRAYS} arrays` }
  const tensors: Tensor[] = []
  for (const member of members) {
    const tensor = await readMember(view, member, signal)
    if (!tensor.ok)
      return { format: 'npz', tensors: [], problem: `${member.name.slice(0, 120)}: ${tensor.error}` }
    tensors.push(tensor.value)
  }
  return { format: 'npz', tensors }
}

async function readMember(
  view: ZipView,
  member: ZipMember,
  signal: AbortSignal | undefined,
): Promise<Result<Tensor>> {
  const packed = packedMember(view, member)
  if (!packed.ok) return packed
  const { source, method } = packed.value
  const name = member.name.slice(0, -'.npy'.length)
  if (method === 'stored') {
    const tensor = arrayOf(await readNpy(source, signal), name)
    if (!tensor.ok) return tensor
    const { start, ...rest } = tensor.value
    return ok({ ...rest, data: { kind: 'plain', source: sliceOfSource(source, start, rest.sizeBytes) } })
  }
  if (method !== 'deflate') return fail(`it is packed by ${method}`)
  const head = await firstBytes(source, signal)
  // The header is judged against the whole size, of which the head is the beginning.
  const whole: ByteSource = { size: member.sizeBytes, read: sourceOfBytes(head).read }
  const tensor = arrayOf(await readNpy(whole, signal), name)
  if (!tensor.ok) return tensor
  const { start, ...rest } = tensor.value
  const open = (stop?: AbortSignal) => skipped(unpackDeflate(source, { signal: stop }), start)
  return ok({ ...rest, data: { kind: 'packed', open } })
}

async function firstBytes(source: ByteSource, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of unpackDeflate(source, { signal })) {
    pieces.push(piece)
    length += piece.length
    if (length >= HEAD_BYTES) break
  }
  return Buffer.concat(pieces)
}

async function* skipped(chunks: AsyncIterable<Uint8Array>, bytes: number): AsyncIterable<Uint8Array> {
  let left = bytes
  for await (const chunk of chunks) {
    const rest = chunk.subarray(Math.min(left, chunk.length))
    left -= chunk.length - rest.length
    if (rest.length > 0) yield rest
  }
}

function arrayOf(view: NpyView, name: string): Result<Omit<Tensor, 'data'> & { readonly start: number }> {
  const [problem] = view.problems
  if (problem !== undefined) return fail(problem.message)
  if (view.hasObjects || view.dataBytes === undefined) return fail('it holds Python objects')
  const descr = /'descr':\s*'([<>|=]?[a-zA-Z?]\d{1,4})'/.exec(view.header)?.[1]
  if (descr === undefined) return fail('its items have several fields')
  if (/'fortran_order':\s*True/.test(view.header) && view.shape.length > 1)
    return fail('its values stand column by column')
  const dtype = NUMPY_TYPES.get(descr.replace('=', '<')) ?? descr
  const size = itemBytes(dtype)
  const count = view.shape.reduce((product, length) => product * length, 1)
  if (size !== undefined && size * count !== view.dataBytes)
    return fail('its size is not what its shape needs')
  return ok({ name, dtype, shape: view.shape, sizeBytes: view.dataBytes, start: view.dataOffset })
}
