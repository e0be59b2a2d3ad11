/** A chat template, by its metadata key. */
export interface GgufTemplate {
  readonly key: string
  readonly text: string
  readonly offset: number
  readonly sizeBytes: number
}

export interface GgufTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly type: number
  /** From the start of the data. */
  readonly offset: number
}

/** An array of the metadata; its items are not kept. */
export interface GgufArray {
  readonly type: number
  readonly count: number
}

/** A fault of the header. `cut`: bytes are missing or a limit of ours was reached. */
export interface GgufProblem {
  readonly kind: 'cut' | 'header' | 'layout'
  readonly message: string
  readonly offset: number
}

/** The header of a GGUF file. Values of metadata are kept only where they are scalars or short texts. */
export interface GgufView {
  readonly version: number
  readonly metadata: ReadonlyMap<string, string | number | bigint | boolean>
  readonly arrays: ReadonlyMap<string, GgufArray>
  readonly isLittleEndian: boolean
  readonly templates: readonly GgufTemplate[]
  readonly tensors: readonly GgufTensor[]
  readonly problems: readonly GgufProblem[]
  readonly headerBytes: number
  /** First byte after the last tensor; undefined when it cannot be told. */
  readonly endOffset: number | undefined
  readonly readBytes: number
}
