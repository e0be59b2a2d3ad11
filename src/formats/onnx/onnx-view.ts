/** An operator of a graph: where it is first used, and how often. */
export interface OnnxOperator {
  /** Empty for ai.onnx. */
  readonly domain: string
  readonly name: string
  readonly count: number
  readonly offset: number
}

/** A tensor whose data stand in another file (TensorProto.external_data). */
export interface OnnxExternal {
  readonly tensor: string
  readonly location: string
  /** Bytes, as text; undefined when it is not stated. */
  readonly start: string | undefined
  readonly length: string | undefined
  /** Other keys of the entry: loaders in Python set attributes of these names. */
  readonly otherKeys: readonly string[]
  readonly offset: number
}

/** What an operator makes of constants. */
export interface OnnxResult {
  readonly operator: string
  /** The name of the result. */
  readonly output: string
  readonly elements: number
  readonly offset: number
}

/** A tensor whose data stand in the model as raw bytes. */
export interface OnnxTensor {
  readonly name: string
  readonly offset: number
  readonly length: number
}

/** `cut`: bytes are missing or a limit of ours was reached. `wire`: no protobuf writer makes this. */
export interface OnnxProblem {
  readonly kind: 'cut' | 'wire'
  readonly message: string
  readonly offset: number
}

/** The graph of an ONNX model without its tensors. */
export interface OnnxView {
  readonly irVersion: number | undefined
  readonly producer: string
  readonly opsets: readonly { readonly domain: string; readonly version: bigint }[]
  readonly operators: readonly OnnxOperator[]
  /** Functions that the model brings itself, as `domain::name`. */
  readonly functions: ReadonlySet<string>
  /** Nodes that the largest function becomes when all its calls are inlined; infinite when functions call themselves. */
  readonly largestExpansion: number
  /** The largest result that {@link OnnxOperator operators} have by constants alone; undefined when there is none. */
  readonly largestResult: OnnxResult | undefined
  readonly externals: readonly OnnxExternal[]
  /** The first {@link readOnnx} met; the rest is left out when there are very many. */
  readonly tensors: readonly OnnxTensor[]
  readonly metadata: readonly { readonly key: string; readonly value: string }[]
  readonly hasGraph: boolean
  readonly nodeCount: number
  readonly problems: readonly OnnxProblem[]
  readonly readBytes: number
}
