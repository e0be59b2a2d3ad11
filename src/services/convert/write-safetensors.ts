import { itemBytes, type Tensor, tensorChunks } from '../../assessors/weights/index.ts'
import { compareUtf8 } from '../../ground/lang/index.ts'

/** Bytes at once: a multiple of every item. */
const CHUNK_BYTES = 4 * 1024 * 1024
/** The reference aligns the data so (safetensors/src/tensor.rs, prepare). */
const ALIGNMENT = 8

/** The bytes of a safetensors file: the length of its header, the header, and the tensors one after the other. */
export async function* writeSafetensors(
  tensors: readonly Tensor[],
  metadata: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): AsyncIterable<Uint8Array> {
  const ordered = inOrder(tensors)
  yield headerOf(ordered, metadata)
  for (const tensor of ordered) yield* tensorChunks(tensor, CHUNK_BYTES, signal)
}

/** Wide types first, so that every tensor is aligned to its items; then by name, as the reference does. */
function inOrder(tensors: readonly Tensor[]): readonly Tensor[] {
  return [...tensors].sort(
    (a, b) => (itemBytes(b.dtype) ?? 0) - (itemBytes(a.dtype) ?? 0) || compareUtf8(a.name, b.name),
  )
}

function headerOf(tensors: readonly Tensor[], metadata: Readonly<Record<string, string>>): Uint8Array {
  let at = 0
  // Written by hand: an object would put names that look like numbers first, and lose one that is called __proto__.
  const members = [`"__metadata__":${JSON.stringify(metadata)}`]
  for (const { name, dtype, shape, sizeBytes } of tensors) {
    const offsets = [at, at + sizeBytes]
    at += sizeBytes
    members.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: offsets })}`)
  }
  const json = Buffer.from(`{${members.join(',')}}`)
  const length = Math.ceil(json.length / ALIGNMENT) * ALIGNMENT
  const bytes = Buffer.alloc(8 + length, ' ')
  bytes.writeBigUInt64LE(BigInt(length), 0)
  json.copy(bytes, 8)
  return bytes
}
