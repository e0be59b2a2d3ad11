import type { Arguments } from './fold-method.ts'
import type { ParsePython, PythonNode } from './python-node.ts'
import type { LocalClass, LocalFunction, PythonValue } from './python-value.ts'
import { eitherValue } from './python-value.ts'
import type { Phase, PythonEvent, PythonImport, PythonProblem } from './python-view.ts'

/** Names of a module, a function or a class. */
export interface Scope {
  readonly names: Map<string, PythonValue>
  /** Where names that are not here are looked up; never the scope of a class, as in Python. */
  readonly outer: Scope | undefined
  /** Modules of which all names were imported. */
  readonly stars: string[]
  readonly declaredGlobal: Set<string>
  readonly returned: PythonValue[]
}

/** A function with its text. */
export interface FunctionText extends LocalFunction {
  readonly node: PythonNode
  readonly text: string
  readonly outer: Scope
  readonly owner: LocalClass | undefined
  readonly defaults: ReadonlyMap<string, PythonValue>
  /** See {@link Run.generatedAt}. */
  readonly generatedAt: number | undefined
}

/** A call whose callee and arguments were evaluated. */
export interface Applied extends Arguments {
  readonly node: PythonNode
  readonly callee: PythonValue
}

/** The state of one reading. Everything in it is bounded by the budgets below. */
export interface Run {
  readonly parse: ParsePython
  /** The text that is walked; changes while code of a string is walked. */
  text: string
  readonly events: Map<string, PythonEvent>
  readonly imports: PythonImport[]
  readonly problems: PythonProblem[]
  /** By their key. */
  readonly functions: FunctionText[]
  readonly classes: LocalClass[]
  /** Attributes of modules that the text sets, by their path. */
  readonly patches: Map<string, PythonValue>
  readonly walks: Map<string, number>
  readonly results: Map<number, PythonValue>
  readonly module: Scope
  stepsLeft: number
  depth: number
  calls: number
  /** Branches whose condition is not known, around the statement that is walked. */
  branches: number
  phase: Phase
  root: string
  within: string
  /** Offset of the call that runs the text in which we are, when that text is a constant of the file. */
  generatedAt: number | undefined
  generations: number
  readonly acts: RunActs
}

/** The parts of the walk, so that each can call the others without knowing their files. */
export interface RunActs {
  readonly evaluate: (run: Run, scope: Scope, node: PythonNode | undefined) => PythonValue
  readonly runBody: (run: Run, scope: Scope, node: PythonNode | undefined) => void
  readonly apply: (run: Run, scope: Scope, call: Applied) => PythonValue
  readonly assign: (run: Run, scope: Scope, target: PythonNode, value: PythonValue) => void
}

/** Nodes looked at in one file, repeated ones counted again. About a second of work. */
export const MAX_STEPS = 3_000_000
/** Expressions and blocks in each other. CPython's own parser stops at about this depth. */
export const MAX_NESTING = 180
/** Calls of functions of the text in each other that are followed. */
export const MAX_CALL_DEPTH = 10
/** Events kept. */
const MAX_EVENTS = 20_000

export function makeScope(outer: Scope | undefined): Scope {
  return { names: new Map(), outer, stars: [], declaredGlobal: new Set(), returned: [] }
}

/** One step of the budget; false when nothing is left. */
export function spend(run: Run, offset: number): boolean {
  if (run.stepsLeft-- > 0) return true
  noteProblem(run, 'budget', 'it has more to follow than the limit of steps', offset)
  return false
}

export function noteProblem(run: Run, kind: PythonProblem['kind'], message: string, offset: number): void {
  if (!run.problems.some((known) => known.kind === kind)) run.problems.push({ kind, message, offset })
}

/** Looks a name up from the inside out. */
export function lookUp(scope: Scope, name: string): PythonValue | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const value = at.names.get(name)
    if (value !== undefined) return value
  }
  return undefined
}

/** Modules whose names were all imported, seen from a scope. */
export function starsOf(scope: Scope): readonly string[] {
  const stars: string[] = []
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) stars.push(...at.stars)
  return stars
}

/** Binds a name; inside a branch the former value stays possible. */
export function bind(run: Run, scope: Scope, name: string, value: PythonValue): void {
  const home = scope.declaredGlobal.has(name) ? run.module : scope
  const former = run.branches > 0 ? home.names.get(name) : undefined
  home.names.set(name, former === undefined || former.kind === 'unknown' ? value : eitherValue(former, value))
}

/** Keeps an event; the same one from another walk only when it knows other arguments. */
export function noteEvent(
  run: Run,
  node: PythonNode,
  event: Pick<PythonEvent, 'kind' | 'callee' | 'args' | 'keywords' | 'isHidden' | 'seed'>,
): void {
  const offset = run.generatedAt ?? node.from
  const known = event.args.map((arg) => ('value' in arg ? `=${String(arg.value).slice(0, 40)}` : arg.kind))
  const key = `${event.kind} ${event.callee} ${offset} ${run.phase} ${run.root} ${known.join()}`
  if (run.events.size >= MAX_EVENTS) {
    noteProblem(run, 'budget', `it makes more than ${MAX_EVENTS} calls`, offset)
    return
  }
  if (run.events.has(key)) return
  run.events.set(key, {
    ...event,
    phase: run.phase,
    root: run.root,
    within: run.within,
    offset,
    source: run.text.slice(node.from, Math.min(node.to, node.from + 200)),
    isGenerated: run.generatedAt !== undefined,
  })
}
