import type { ByteSource } from '../../ground/lang/index.ts'

/** The weights of an ML program: one tensor behind the other, each with a record in front of it. */
export interface BlobStorageView {
  readonly blobs: readonly { readonly offset: number; readonly length: number }[]
  /** First byte after the last tensor. */
  readonly endOffset: number
  /** Why not all tensors were met. */
  readonly problem: string | undefined
  readonly readBytes: number
}

/** Bytes of the header, of a record, and of what both are aligned to. */
const RECORD_BYTES = 64
const SENTINEL = 0xdead_beef
const VERSION = 2
/** Tensors of one file. The largest language models have some thousand. */
const MAX_BLOBS = 100_000

/** Whether bytes begin as `weight.bin` of an .mlpackage does: a count, version 2, and the sentinel of the first record. */
export function looksLikeBlobStorage(head: Uint8Array): boolean {
  if (head.length < RECORD_BYTES + 4) return false
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  return view.getUint32(4, true) === VERSION && view.getUint32(RECORD_BYTES, true) === SENTINEL
}

/**
 * Reads where the tensors of a MIL blob storage stand, not the tensors (coremltools, mlmodel/src/MILBlob/Blob/StorageFormat.hpp).
 * @throws SallyportError what the source throws
 */
export async function readBlobStorage(source: ByteSource, signal?: AbortSignal): Promise<BlobStorageView> {
  const header = await source.read(0, 4, signal)
  const count = header.length < 4 ? 0 : new DataView(header.buffer, header.byteOffset, 4).getUint32(0, true)
  const blobs: { offset: number; length: number }[] = []
  let at = RECORD_BYTES
  const view = (problem?: string): BlobStorageView => ({
    blobs,
    endOffset: at,
    problem,
    readBytes: (blobs.length + 1) * RECORD_BYTES,
  })
  if (count > MAX_BLOBS) return view(`${count} tensors are claimed; the limit is ${MAX_BLOBS}`)
  while (blobs.length < count) {
    const record = await source.read(Math.ceil(at / RECORD_BYTES) * RECORD_BYTES, RECORD_BYTES, signal)
    if (record.length < RECORD_BYTES) return view(`${count} tensors are claimed, ${blobs.length} are there`)
    const fields = new DataView(record.buffer, record.byteOffset, RECORD_BYTES)
    const length = Number(fields.getBigUint64(8, true))
    const offset = Number(fields.getBigUint64(16, true))
    if (fields.getUint32(0, true) !== SENTINEL || offset < at + RECORD_BYTES)
      return view(`the record of tensor ${blobs.length} is broken`)
    if (offset + length > source.size)
      return view(`tensor ${blobs.length} reaches beyond the end of the file`)
    blobs.push({ offset, length })
    at = offset + length
  }
  return view()
}
