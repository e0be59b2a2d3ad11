import type { ByteSource } from '../../ground/lang/index.ts'

/** Where the values of a tensor stand; once read in order they are dense, row by row, in little-endian order. */
export type TensorData =
  | { readonly kind: 'plain'; readonly source: ByteSource }
  /** Every item has a place of its own in a storage. */
  | {
      readonly kind: 'strided'
      readonly storage: ByteSource
      readonly itemBytes: number
      /** Items from the start of the storage. */
      readonly start: number
      readonly strides: readonly number[]
    }
  /** Packed in an archive: read from its start only. */
  | { readonly kind: 'packed'; readonly open: (signal?: AbortSignal) => AsyncIterable<Uint8Array> }

/** One tensor of a file. */
export interface Tensor {
  readonly name: string
  /** As safetensors writes it (`F32`, `BF16`, `I64`), or as its own format does where safetensors has none (`Q4_K`, `>f4`). */
  readonly dtype: string
  readonly shape: readonly number[]
  /** Of its values, dense. */
  readonly sizeBytes: number
  readonly data: TensorData
  /** Names the memory that it lies in, where several may lie in the same. */
  readonly memory?: string
}

/** What a file says that is no tensor: a place in it by its keys, and what stands there. */
export interface OtherValue {
  readonly path: readonly string[]
  readonly what: string
  /** There are tensors in it, in a form that is no dict: in a list, or inside an object. */
  readonly holdsTensors: boolean
}

/** Something in a pickle that is more than a dict of tensors. */
export interface ForeignStep {
  /** What loading would import or call. */
  readonly what: string
  /** Bytes from the start of the pickle. */
  readonly offset: number
}

/** The tensors of one file. */
export interface WeightsView {
  readonly format: 'safetensors' | 'gguf' | 'pytorch-zip' | 'pytorch-legacy' | 'npy' | 'npz'
  readonly tensors: readonly Tensor[]
  /** Why the tensors of this file cannot be told for certain; then none are given. */
  readonly problem?: string
  /** Of a pickle: tensors by their keys, one list a tensor, in the order of {@link tensors}. */
  readonly paths?: readonly (readonly string[])[]
  /** Of a pickle: all that is no tensor. */
  readonly others?: readonly OtherValue[]
  /** Of a pickle: what it does beyond making dicts of tensors. */
  readonly foreign?: readonly ForeignStep[]
}
