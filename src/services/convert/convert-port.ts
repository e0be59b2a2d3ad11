import type { Digest } from '../../ground/domain/index.ts'
import type { Actor } from '../registry/index.ts'

/** How to convert. */
export interface ConvertRequest {
  /** Which part of a checkpoint that wraps its state dict, such as `state_dict`; needed when there are several. */
  readonly key?: string
  /** Leave out what is no tensor (a step, a name); without it such a checkpoint is refused. */
  readonly dropOther?: boolean
  /** Files that are left out of the new model, such as `training_args.bin`. */
  readonly without?: readonly string[]
  /** Of the new model; that of the old one with `(safetensors)` when absent. */
  readonly name?: string
}

/** One file that was written. */
export interface ConvertedFile {
  readonly from: string
  readonly to: string
  readonly tensors: number
  /** Bytes of the new file. */
  readonly sizeBytes: number
  /** Tensors that lay in the same memory and stand in the new file each for itself. */
  readonly shared: readonly (readonly string[])[]
  /** What was no tensor and was left out, by its place. */
  readonly dropped: readonly string[]
}

/** Whether a model can be had as safetensors. */
export interface ConversionOffer {
  readonly can: boolean
  /** Pickles that would be converted. */
  readonly files: readonly string[]
  /** Why not, and what to do. */
  readonly why?: string
}

/** A model that was converted, taken in and looked at. */
export interface ConvertedModel {
  readonly digest: Digest
  readonly name: string
  /** Digest of the derivation's statement. */
  readonly statement: Digest
  readonly files: readonly ConvertedFile[]
}

/** Turns pickled weights of models that are here into safetensors, without running them. */
export interface ModelConversion {
  /** @throws SallyportError `NOT_FOUND` */
  canConvert(model: Digest): Promise<ConversionOffer>
  /**
   * Converts, takes the new model in, seals how it was made, and looks at it.
   * @throws SallyportError `NOT_FOUND`, `BAD_INPUT` for weights that are more than tensors, with what and where
   */
  convert(model: Digest, request: ConvertRequest, actor: Actor): Promise<ConvertedModel>
}
