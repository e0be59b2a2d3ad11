/** One operation of a graph. */
export interface GraphNode {
  readonly name: string
  readonly op: string
  /** Names of the nodes it reads, without output numbers. */
  readonly inputs: readonly string[]
  /** Texts of its attributes and constants, by attribute; each and all bounded. */
  readonly texts: readonly { readonly key: string; readonly text: string }[]
  /** In the file; 0 in text form. */
  readonly offset: number
}

/** The graph itself, or a function of its library. */
export interface GraphBody {
  /** Empty for the graph itself. */
  readonly function: string
  readonly nodes: readonly GraphNode[]
}

export type GraphForm = 'saved-model' | 'meta-graph' | 'graph-def' | 'keras-metadata' | 'tfjs-graph'

/** `cut`: bytes are missing; `wire`: no writer makes this; `unread`: a limit of ours. */
export interface GraphProblem {
  readonly kind: 'cut' | 'wire' | 'unread'
  readonly message: string
  readonly offset: number
}

/** What a TensorFlow file would run: operations, and the files it names. */
export interface TensorflowView {
  readonly form: GraphForm
  readonly bodies: readonly GraphBody[]
  /** Files of the `assets` folder, by the tensor they are fed to. */
  readonly assets: readonly { readonly filename: string; readonly tensor: string }[]
  /** JSON of Keras objects, as SavedModels of TensorFlow 2 keep it. */
  readonly kerasTexts: readonly string[]
  readonly problems: readonly GraphProblem[]
  readonly readBytes: number
}

/** Texts of one attribute and of one node that are kept: paths and commands are short, vocabularies are not wanted. */
export const MAX_TEXTS = 64
/** Characters kept of one text. */
export const MAX_TEXT = 4096
/** Nodes of one file. The largest published graphs have some 300,000. */
export const MAX_NODES = 2_000_000
