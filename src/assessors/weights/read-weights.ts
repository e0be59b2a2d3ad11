import { type GgufView, ggufTensorBytes, looksLikeGguf, readGguf } from '../../formats/gguf/index.ts'
import { looksLikeNpy } from '../../formats/npy/index.ts'
import { looksLikeSafetensors, readSafetensors } from '../../formats/safetensors/index.ts'
import { looksLikeZip, readZip } from '../../formats/zip/index.ts'
import { type ByteSource, sliceOfSource } from '../../ground/lang/index.ts'
import { GGML_TYPES } from './dtypes.ts'
import { readNpyWeights, readNpz } from './read-arrays.ts'
import { looksLikeLegacyTorch, readTorchLegacy, readTorchZip } from './read-torch.ts'
import type { Tensor, WeightsView } from './weights-view.ts'

/** Bytes by which a format is told. */
const HEAD_BYTES = 64
/** The default of `general.alignment` (ggml docs/gguf.md). */
const GGUF_ALIGNMENT = 32

/**
 * Tells which tensors a file holds and where their values stand, by its bytes and not by its name. Values are not read.
 * Undefined for a file of another format; a file that cannot be told for certain has a `problem` and no tensors.
 * @param name of the file: an .npy array has no other
 * @throws SallyportError what the source throws
 */
export async function readWeights(
  source: ByteSource,
  name: string,
  signal?: AbortSignal,
): Promise<WeightsView | undefined> {
  const head = await source.read(0, HEAD_BYTES, signal)
  if (looksLikeZip(head)) return readArchive(source, signal)
  if (looksLikeLegacyTorch(head)) return readTorchLegacy(source, signal)
  if (looksLikeGguf(head)) return ggufWeights(source, await readGguf(source, signal))
  if (looksLikeNpy(head)) return readNpyWeights(source, name.replace(/^.*\/|\.npy$/g, ''), signal)
  return looksLikeSafetensors(head, source.size) ? readSafe(source, signal) : undefined
}

async function readArchive(source: ByteSource, signal?: AbortSignal): Promise<WeightsView | undefined> {
  const view = await readZip(source, signal)
  if (view === undefined) return undefined
  const torch = await readTorchZip(view, signal)
  if (torch !== undefined) return torch
  return view.members.some(({ name }) => name.endsWith('.npy')) ? readNpz(view, signal) : undefined
}

async function readSafe(source: ByteSource, signal?: AbortSignal): Promise<WeightsView> {
  const view = await readSafetensors(source, signal)
  const [problem] = view.problems
  if (problem !== undefined) return { format: 'safetensors', tensors: [], problem: problem.message }
  const tensors = view.tensors.map(({ name, dtype, shape, begin, end }): Tensor => {
    const data = sliceOfSource(source, 8 + view.headerBytes + begin, end - begin)
    return { name, dtype, shape, sizeBytes: end - begin, data: { kind: 'plain', source: data } }
  })
  return { format: 'safetensors', tensors }
}

function ggufWeights(source: ByteSource, view: GgufView): WeightsView {
  const [problem] = view.problems
  if (problem !== undefined) return { format: 'gguf', tensors: [], problem: problem.message }
  const stated = view.metadata.get('general.alignment')
  const alignment = typeof stated === 'number' ? stated : GGUF_ALIGNMENT
  const start = Math.ceil(view.headerBytes / alignment) * alignment
  const tensors: Tensor[] = []
  for (const tensor of view.tensors) {
    const sizeBytes = ggufTensorBytes(tensor)
    if (sizeBytes === undefined)
      return { format: 'gguf', tensors: [], problem: `the tensor type ${tensor.type} is of unknown size` }
    const name = GGML_TYPES.get(tensor.type) ?? `ggml-${tensor.type}`
    tensors.push({
      name: tensor.name,
      // Another order of bytes is another type: such values are compared, and not subtracted.
      dtype: view.isLittleEndian ? name : `big-endian ${name}`,
      // GGUF writes the fastest dimension first.
      shape: [...tensor.shape].reverse(),
      sizeBytes,
      data: { kind: 'plain', source: sliceOfSource(source, start + tensor.offset, sizeBytes) },
    })
  }
  return { format: 'gguf', tensors }
}
