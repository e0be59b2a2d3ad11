/** A constant as it stands in a template. */
export type Literal = string | number | boolean | null

/** An expression. `at` is the place in characters from the start of the template. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Literal; readonly at: number }
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly at: number }
  | {
      readonly kind: 'dict'
      readonly entries: readonly (readonly [Expression, Expression])[]
      readonly at: number
    }
  | { readonly kind: 'attribute'; readonly of: Expression; readonly name: string; readonly at: number }
  | { readonly kind: 'item'; readonly of: Expression; readonly index: Expression; readonly at: number }
  | {
      readonly kind: 'slice'
      readonly of: Expression
      readonly bounds: readonly (Expression | undefined)[]
      readonly at: number
    }
  | { readonly kind: 'call'; readonly of: Expression; readonly args: Arguments; readonly at: number }
  | {
      readonly kind: 'filter'
      /** Undefined where a block is what is filtered. */
      readonly of: Expression | undefined
      readonly name: string
      readonly args: Arguments
      readonly at: number
    }
  | {
      readonly kind: 'test'
      readonly of: Expression
      readonly name: string
      readonly isNegated: boolean
      readonly args: Arguments
      readonly at: number
    }
  | { readonly kind: 'unary'; readonly operator: string; readonly of: Expression; readonly at: number }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
      readonly at: number
    }
  | {
      readonly kind: 'choice'
      readonly test: Expression
      readonly yes: Expression
      readonly no: Expression | undefined
      readonly at: number
    }

/** Arguments of a call, a filter or a test; starred ones are positional with `isSpread`. */
export interface Arguments {
  readonly positional: readonly { readonly value: Expression; readonly isSpread: boolean }[]
  readonly named: readonly (readonly [string, Expression])[]
}

export interface Parameter {
  readonly name: string
  readonly fallback: Expression | undefined
}

/** What is assigned to: names, or an attribute of a namespace. */
export type Target = readonly { readonly name: string; readonly attribute: string | undefined }[]

/** Statements that hold others and name, change or group what they write. */
export type BlockStatement =
  | {
      readonly kind: 'capture'
      readonly target: Target
      readonly filter: Expression | undefined
      readonly body: readonly Statement[]
      readonly at: number
    }
  | {
      readonly kind: 'macro'
      readonly name: string
      readonly parameters: readonly Parameter[]
      readonly body: readonly Statement[]
      readonly at: number
    }
  | {
      readonly kind: 'call-block'
      readonly parameters: readonly Parameter[]
      readonly call: Expression
      readonly body: readonly Statement[]
      readonly at: number
    }
  | {
      readonly kind: 'filter-block'
      readonly filter: Expression
      readonly body: readonly Statement[]
      readonly at: number
    }
  | {
      readonly kind: 'with'
      readonly targets: readonly (readonly [Target, Expression])[]
      readonly body: readonly Statement[]
      readonly at: number
    }
  /** block, autoescape, generation: the body is rendered as it stands. */
  | {
      readonly kind: 'group'
      readonly tag: string
      readonly value: Expression | undefined
      readonly body: readonly Statement[]
      readonly at: number
    }

export type Statement =
  | BlockStatement
  | { readonly kind: 'text'; readonly text: string; readonly at: number }
  | { readonly kind: 'output'; readonly value: Expression; readonly at: number }
  | {
      readonly kind: 'for'
      readonly target: Target
      readonly over: Expression
      readonly test: Expression | undefined
      readonly body: readonly Statement[]
      readonly otherwise: readonly Statement[]
      readonly at: number
    }
  | {
      readonly kind: 'if'
      readonly test: Expression
      readonly yes: readonly Statement[]
      readonly no: readonly Statement[]
      readonly at: number
    }
  | { readonly kind: 'set'; readonly target: Target; readonly value: Expression; readonly at: number }
  /** import, from, include, extends: another template is taken in. */
  | { readonly kind: 'inclusion'; readonly tag: string; readonly value: Expression; readonly at: number }
  /** do */
  | { readonly kind: 'effect'; readonly value: Expression; readonly at: number }
  /** break, continue */
  | { readonly kind: 'jump'; readonly at: number }

/** Why a template could not be read to its end. `deep` and `long`: a limit of ours. */
export interface JinjaProblem {
  readonly kind: 'syntax' | 'deep' | 'long'
  readonly message: string
  readonly at: number
}

/** A template as Jinja2 parses it. After a problem there are no statements. */
export interface JinjaView {
  readonly statements: readonly Statement[]
  readonly comments: readonly string[]
  readonly problem: JinjaProblem | undefined
}
