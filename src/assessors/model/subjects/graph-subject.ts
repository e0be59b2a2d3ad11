/** An operator of a graph that is not one of the format's own, or that does more than arithmetic. */
export interface GraphOperator {
  /**
   * `custom`: code that must be installed beside the model. `code`: carries or names code that is run. `file`: reads or writes
   * files. `native`: carries machine code. `opaque`: a program for one device.
   */
  readonly role: 'custom' | 'code' | 'file' | 'native' | 'opaque'
  /** With its domain, as `ai.onnx.contrib::PyOp`. */
  readonly operator: string
  /** Where and how, for people. */
  readonly detail: string
  readonly offset: number
}

/** A file or address that the model names and its loader opens. */
export interface GraphReference {
  /** `data`: weights. `model`: another model. `library`: machine code that is loaded. */
  readonly role: 'data' | 'model' | 'library'
  readonly target: string
  /** What is wrong with it, undefined when it stays beside the model. */
  readonly escape: string | undefined
  readonly detail: string
  readonly offset: number
}

/**
 * A fault of structure. `layout`: no writer makes this. `range`: a place or size that leads outside. `expansion`: what the loader
 * makes of it never ends. `result`: an operator asks for more memory than there is. `attribute`: a key that a loader takes for a name of its own.
 */
export interface GraphFault {
  readonly kind: 'layout' | 'range' | 'expansion' | 'result' | 'attribute'
  readonly message: string
  readonly offset: number
}

/** What a graph of any format holds that a person should know of; ordinary operators are left out. */
export interface GraphSubject {
  readonly kind: 'graph'
  readonly format: string
  readonly operators: readonly GraphOperator[]
  readonly references: readonly GraphReference[]
  readonly faults: readonly GraphFault[]
}
