import { either, type Guess, joinTriggers, type Plain, type Trigger } from './guess.ts'
import type { Expression, Statement } from './jinja-ast.ts'
import type { Sight } from './sight.ts'

/** Turns of loops in loops over constants; more make no message. */
const HUGE_TURNS = 10_000_000
/** Expressions and statements looked at. The longest published template needs 6,000. */
const MAX_STEPS = 200_000
/** Characters and items of constants that operations may work on in all: what puts names together needs some hundred. */
const MAX_WORK = 2_000_000
/** Sights kept. */
const MAX_SIGHTS = 20_000
/** Expressions in expressions and branches in branches; chains count as well. The longest published chain has 60. */
const MAX_DEPTH = 600
/** Macros in macros. */
const MAX_CALLS = 12
/** Calls of macros in all that are followed; the longest published template has 120. */
const MAX_CALLS_IN_ALL = 2000

/** Arguments as guesses. */
export interface FoldedArguments {
  readonly positional: readonly Guess[]
  readonly named: ReadonlyMap<string, Guess>
  /** The first stands in the template as it is. */
  readonly isPlain: boolean
}

/** Evaluates an expression. */
export type Fold = (expression: Expression) => Guess

/** Runs statements and gives the text that they write. */
export type Render = (folding: Folding, body: readonly Statement[]) => Guess

export type Macro = Extract<Statement, { kind: 'macro' }>

/** What stands while a template is folded: names, sights, a budget. One object a template. */
export class Folding {
  readonly macros = new Map<string, Macro>()
  readonly #render: Render
  readonly #scopes: Map<string, Guess>[] = [new Map()]
  readonly #sights: Sight[] = []
  readonly #seen = new Set<string>()
  #steps = 0
  #work = 0
  readonly #calls: string[] = []
  #callsInAll = 0
  #depth = 0
  #maybe = 0
  #turns = 1
  #asking = 0
  #triggers: readonly Trigger[] = []

  constructor(render: Render) {
    this.#render = render
  }

  /** The text that statements write. */
  render(body: readonly Statement[]): Guess {
    return this.#render(this, body)
  }

  get sights(): readonly Sight[] {
    return this.#sights
  }

  /** Whether there is budget for one step more. */
  step(at: number): boolean {
    if (++this.#steps < MAX_STEPS) return true
    if (this.#steps === MAX_STEPS) this.see({ kind: 'huge', message: 'it computes for too long', at })
    return false
  }

  /** Runs something one level deeper; `otherwise` is what comes of it when that is too deep. */
  nest<T>(at: number, run: () => T, otherwise: T): T {
    if (this.#depth >= MAX_DEPTH) {
      this.see({ kind: 'huge', message: 'it is nested too deep', at })
      return otherwise
    }
    this.#depth++
    const result = run()
    this.#depth--
    return result
  }

  /** Runs the body of a loop that turns at least so often, inside of those that turn already. */
  loop<T>(turns: number, at: number, run: () => T): T {
    const outer = this.#turns
    this.#turns = outer * Math.max(1, turns)
    if (this.#turns > HUGE_TURNS)
      this.see({ kind: 'huge', message: `its loops turn ${this.#turns} times`, at })
    const result = run()
    this.#turns = outer
    return result
  }

  /** Whether there is budget for an operation on these values; without it the result is not followed. */
  affords(parts: readonly Guess[]): boolean {
    for (const { values } of parts) for (const value of values) this.#work += sizeOfPlain(value)
    return this.#work < MAX_WORK
  }

  see(sight: Sight): void {
    const key = keyOf(sight)
    if (this.#sights.length >= MAX_SIGHTS || this.#seen.has(key)) return
    this.#seen.add(key)
    this.#sights.push(sight)
  }

  lookUp(name: string): Guess | undefined {
    return this.#scopes.findLast((scope) => scope.has(name))?.get(name)
  }

  assign(name: string, value: Guess): void {
    this.#scopes.at(-1)?.set(name, this.#mark(value, this.lookUp(name)))
  }

  assignInto(entries: Map<string, Guess>, name: string, value: Guess): void {
    entries.set(name, this.#mark(value, entries.get(name)))
  }

  /** What is assigned in a branch may not have been assigned, and shows that the branch was taken. */
  #mark(value: Guess, old: Guess | undefined): Guess {
    const both = this.#maybe > 0 && old !== undefined ? either(value, old) : value
    const positive = this.#triggers.map((trigger) => ({ ...trigger, isNegated: false }))
    return positive.length === 0 ? both : { ...both, triggers: joinTriggers(both.triggers, positive) }
  }

  inScope<T>(run: () => T): T {
    this.#scopes.push(new Map())
    const result = run()
    this.#scopes.pop()
    return result
  }

  /** Runs what may or may not be run. */
  maybe(run: () => void, triggers: readonly Trigger[] = []): void {
    this.#maybe++
    this.under(triggers, run)
    this.#maybe--
  }

  /** Runs something that is reached only when one of the triggers is met. */
  under<T>(triggers: readonly Trigger[], run: () => T): T {
    const outer = this.#triggers
    this.#triggers = joinTriggers(outer, triggers)
    const result = run()
    this.#triggers = outer
    return result
  }

  /** Runs what is only compared with, not written. */
  ask<T>(run: () => T): T {
    this.#asking++
    const result = run()
    this.#asking--
    return result
  }

  /** Runs a macro; undefined when macros are nested too deep, or one calls itself with what is not known. */
  call<T>(name: string, isKnown: boolean, run: () => T): T | undefined {
    if (this.#calls.length >= MAX_CALLS || ++this.#callsInAll > MAX_CALLS_IN_ALL) return undefined
    if (!isKnown && this.#calls.includes(name)) return undefined
    this.#calls.push(name)
    const result = this.inScope(run)
    this.#calls.pop()
    return result
  }

  /** Notes a text that is written, or kept to be written. */
  write(text: string, at: number): void {
    if (text.trim() === '') return
    this.see({ kind: 'text', text, at })
    if (this.#asking > 0 || this.#triggers.length === 0) return
    this.see({ kind: 'triggered-text', text, triggers: this.#triggers, at })
  }

  /** Notes the texts of a value that is written. */
  writeValues(values: readonly Plain[], at: number): void {
    for (const value of values) if (typeof value === 'string') this.write(value, at)
  }
}

/** One sight a place: what differs only in the path on which it was reached is the same. */
function keyOf(sight: Sight): string {
  const name = 'name' in sight ? sight.name : 'text' in sight ? sight.text : ''
  const more = 'triggers' in sight ? sight.triggers.map(({ words }) => words).join() : ''
  return `${sight.kind} ${sight.at} ${name} ${more}`
}

function sizeOfPlain(value: Plain): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 1
  return value.kind === 'list' ? value.items.length : value.entries.size
}
