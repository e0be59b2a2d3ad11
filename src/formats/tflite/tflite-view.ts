import type { FlatProblem } from '../../ground/lang/index.ts'

/** An operation that is no builtin one. */
export interface CustomOp {
  readonly name: string
  /** How many operators of the model use it. */
  readonly uses: number
  /** Texts in its options: for Flex operations the TensorFlow operation and its attributes. */
  readonly texts: readonly string[]
}

/** One operator that is carried out by TensorFlow itself. */
export interface FlexNode {
  /** Of the custom operation. */
  readonly name: string
  /** A NodeDef of TensorFlow, which says what is carried out; undefined when the options hold none. */
  readonly nodeDef: Uint8Array | undefined
  readonly offset: number
}

/** Bytes of one buffer. */
export interface TfliteBuffer {
  readonly offset: number
  readonly length: number
}

/** A TFLite model (tensorflow/compiler/mlir/lite/schema/schema.fbs) without its weights. */
export interface TfliteView {
  readonly version: number
  readonly description: string
  readonly customOps: readonly CustomOp[]
  readonly flexNodes: readonly FlexNode[]
  readonly builtinCodes: readonly number[]
  readonly subgraphs: number
  /** Names of metadata entries. */
  readonly metadata: readonly string[]
  /** Buffers of tensors: where their bytes stand. */
  readonly buffers: readonly TfliteBuffer[]
  /** First byte after all tables and vectors that were met, buffers among them. Some small ones are never asked for. */
  readonly endOffset: number
  /** Things that point where nothing is. */
  readonly problems: readonly FlatProblem[]
  /** Not all could be read: something leads outside the file, or a limit of ours was reached. */
  readonly isCut: boolean
  readonly readBytes: number
}
