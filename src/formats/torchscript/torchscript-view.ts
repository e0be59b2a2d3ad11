/** A dotted name as it is used, such as `torch.from_file` or `ops.image.read_file`. */
export interface TorchScriptName {
  /** With dots; `?` stands for an expression before a method, as in `?.save`. */
  readonly name: string
  readonly isCalled: boolean
  /** The text in the brackets of the call, shortened. */
  readonly callText: string
  /** Characters from the start. */
  readonly offset: number
}

/** A `# type:` comment. */
export interface TorchScriptTypeComment {
  readonly text: string
  readonly offset: number
}

export interface TorchScriptProblem {
  readonly kind: 'cut' | 'form'
  readonly message: string
  readonly offset: number
}

/** What a source of TorchScript names. Names of one kind are kept once each, with the first place. */
export interface TorchScriptView {
  readonly names: readonly TorchScriptName[]
  /** Functions and methods that the source defines. */
  readonly defines: ReadonlySet<string>
  readonly typeComments: readonly TorchScriptTypeComment[]
  /** Offsets of `^`, by which the printer marks a call back into Python. */
  readonly pythonCalls: readonly number[]
  readonly problems: readonly TorchScriptProblem[]
}
