import type { RCall, RNode } from './r-node.ts'

/** Nodes that are looked at in one expression. */
const MAX_NODES = 500_000

/** Functions inside the code: they are entered only where running the code may run them. */
export interface CallsOptions {
  readonly closures: 'enter' | 'skip'
  /** Nodes that are looked at. */
  readonly maxNodes?: number
}

/** What an expression calls, and the symbols that compiled code refers to without a call. */
export interface CallsSeen {
  readonly calls: readonly RCall[]
  /** Names in the constants of compiled code: its instructions may call them. */
  readonly compiledNames: readonly string[]
  readonly isWhole: boolean
}

/** Every call inside a piece of code, outermost first. */
export function callsIn(code: RNode, { closures, maxNodes = MAX_NODES }: CallsOptions): CallsSeen {
  const calls: RCall[] = []
  const compiledNames: string[] = []
  const seen = new Set<RNode>()
  const todo: RNode[] = [code]
  let left = maxNodes
  for (let node = todo.pop(); node !== undefined && left > 0; node = todo.pop()) {
    left--
    if (seen.has(node)) continue
    if (node.kind !== 'symbol' && node.kind !== 'special') seen.add(node)
    if (node.kind === 'call') calls.push(node)
    compiledNames.push(...namesOf(node))
    todo.push(...partsOf(node, closures === 'enter').reverse())
  }
  return { calls, compiledNames, isWhole: todo.length === 0 }
}

/** Symbols that compiled code holds. */
function namesOf(node: RNode): string[] {
  if (node.kind !== 'bytecode') return []
  return node.constants.flatMap((constant) => (constant.kind === 'symbol' ? [constant.name] : []))
}

function partsOf(node: RNode, entersClosures: boolean): RNode[] {
  switch (node.kind) {
    case 'call':
    case 'pairs':
      return node.items.map(({ value }) => value)
    case 'list':
      return [...node.items]
    case 'bytecode':
      return [...node.constants]
    case 'promise':
      return node.isForced ? [] : [node.code]
    case 'closure':
      return entersClosures ? [node.body, node.formals] : []
    default:
      return []
  }
}
