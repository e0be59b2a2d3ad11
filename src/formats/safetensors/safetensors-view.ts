/** A tensor of the header. Offsets are from the start of the data. */
export interface SafetensorsTensor {
  readonly name: string
  readonly dtype: string
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

/** A fault that the reference implementation refuses, or that readers treat differently. */
export interface SafetensorsProblem {
  /** `cut`: bytes are missing. `header`: it cannot be parsed. `ambiguous`: two readers may differ. `layout`: tensors do not tile the data. */
  readonly kind: 'cut' | 'header' | 'ambiguous' | 'layout'
  readonly message: string
  readonly offset: number
}

export interface SafetensorsView {
  readonly tensors: readonly SafetensorsTensor[]
  readonly metadata: Readonly<Record<string, string>>
  readonly problems: readonly SafetensorsProblem[]
  readonly headerBytes: number
  readonly readBytes: number
}
