/** A named or unnamed argument of a call, or a cell of a pairlist. */
export interface RArgument {
  readonly name: string | undefined
  readonly value: RNode
}

/** A function as it was saved. */
export interface RClosure {
  readonly kind: 'closure'
  readonly formals: RNode
  readonly body: RNode
  readonly environment: RNode
}

/** An expression that R evaluates when the value is first used; a forced one was evaluated before it was saved. */
export interface RPromise {
  readonly kind: 'promise'
  readonly code: RNode
  readonly isForced: boolean
}

/** A call: the first item is what is called. */
export interface RCall {
  readonly kind: 'call'
  readonly items: readonly RArgument[]
  readonly offset: number
}

/** A value of R as it stands in the file. Vectors are counted and not kept, texts up to a limit. */
export type RNode =
  | RCall
  | RClosure
  | RPromise
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'pairs'; readonly items: readonly RArgument[] }
  | { readonly kind: 'text'; readonly values: readonly string[]; readonly count: number }
  | { readonly kind: 'number'; readonly values: readonly string[]; readonly count: number }
  | {
      readonly kind: 'list'
      readonly isExpression: boolean
      readonly items: readonly RNode[]
      readonly count: number
    }
  | { readonly kind: 'bytecode'; readonly constants: readonly RNode[] }
  | { readonly kind: 'environment' }
  | { readonly kind: 'namespace'; readonly name: string }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'object' }
  | { readonly kind: 'special'; readonly name: RSpecial }

/** Values that have no content. */
export type RSpecial = 'null' | 'global' | 'base' | 'empty' | 'missing' | 'unbound'

/**
 * Where a value stands. `data`: in the object itself, so that using the object uses it. `frame`: a variable of an environment.
 * `binding`: a variable of a workspace (.rda). `code`: inside an expression.
 */
export type RPosition = 'data' | 'frame' | 'binding' | 'code'

/** Something in the file that may run. `path` reads like R: `x$terms@predvars`. */
export type RSight =
  | {
      readonly kind: 'promise'
      readonly position: RPosition
      readonly path: string
      readonly code: RNode
      readonly isForced: boolean
      readonly offset: number
    }
  | {
      readonly kind: 'closure'
      readonly position: RPosition
      readonly path: string
      readonly name: string | undefined
      readonly closure: RClosure
      /** The variable is an active binding: reading it calls the function. */
      readonly isActive: boolean
      readonly offset: number
    }
  | { readonly kind: 'call'; readonly path: string; readonly code: RNode; readonly offset: number }
  | {
      readonly kind: 'altrep'
      readonly className: string
      readonly packageName: string
      readonly path: string
      readonly state: RNode
      readonly offset: number
    }
  | { readonly kind: 'pointer'; readonly path: string; readonly offset: number }

/** Why a file was not read to its end. */
export interface RProblem {
  readonly kind: 'cut' | 'malformed' | 'limit'
  readonly message: string
  readonly offset: number
}

/** A serialised R object or workspace (R Internals, section 1.8). */
export interface RdataView {
  readonly format: 'rds' | 'rda'
  readonly encoding: 'xdr' | 'ascii' | 'binary'
  readonly version: number
  /** As `4.2.2`. */
  readonly writer: string
  readonly sights: readonly RSight[]
  /** Names of the variables of a workspace. */
  readonly bindings: readonly string[]
  readonly problems: readonly RProblem[]
  readonly readBytes: number
  /** Where the object ends. */
  readonly endOffset: number
}
