/** A node of a symbol graph that is an operator. */
export interface MxnetNode {
  readonly op: string
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

/** A symbol graph of MXNet, sub-graphs included. */
export interface MxnetView {
  readonly nodes: readonly MxnetNode[]
  /** Set when there is more than is kept. */
  readonly isCut: boolean
}

/** Nodes of all graphs together. The largest have some ten thousand. */
const MAX_NODES = 500_000
/** Graphs in graphs (`subgraphs` of control flow). */
const MAX_DEPTH = 16

/** Reads a symbol file (`-symbol.json`), or undefined when a document is none. */
export function readSymbol(document: unknown): MxnetView | undefined {
  if (!isRecord(document) || !Array.isArray(document.nodes) || !Array.isArray(document.arg_nodes))
    return undefined
  const nodes: MxnetNode[] = []
  const todo: Level[] = [{ graph: document, depth: 0 }]
  let isCut = false
  for (let next = todo.pop(); next !== undefined; next = todo.pop())
    for (const node of recordsOf(next.graph.nodes)) {
      isCut ||= nodes.length >= MAX_NODES || next.depth > MAX_DEPTH
      if (isCut) break
      nodes.push(nodeOf(node))
      for (const graph of recordsOf(node.subgraphs)) todo.push({ graph, depth: next.depth + 1 })
    }
  return { nodes: nodes.filter(({ op }) => op !== 'null'), isCut }
}

interface Level {
  readonly graph: Record<string, unknown>
  readonly depth: number
}

function recordsOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

/** Attributes were called `param` before 0.9 and `attr` before 1.0; a reader takes all of them. */
function nodeOf(node: Record<string, unknown>): MxnetNode {
  const attributes: Record<string, string> = {}
  for (const key of ['param', 'attr', 'attrs'])
    for (const [name, value] of Object.entries(isRecord(node[key]) ? node[key] : {}))
      attributes[name] = String(value)
  return { op: String(node.op ?? 'null'), name: String(node.name ?? ''), attributes }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
