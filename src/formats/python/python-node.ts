import type { Tree } from '@lezer/common'
import { fillGaps } from './fill-gaps.ts'

/** A node of the syntax tree, by the names of the grammar of @lezer/python; brackets and comments are left out. */
export interface PythonNode {
  readonly name: string
  /** UTF-16 offsets in the text. */
  readonly from: number
  readonly to: number
  readonly children: readonly PythonNode[]
}

/** What parsing gave. `errorAt` is where the grammar first did not fit. */
export interface PythonTree {
  readonly root: PythonNode
  readonly errorAt: number | undefined
}

/** Parses one text. */
export type ParsePython = (text: string) => PythonTree

const DROPPED = new Set(['(', ')', '[', ']', '{', '}', 'Comment'])

/** The parser, loaded when first needed. The grammar never gives up: what does not fit is left out and `errorAt` says where. */
export async function loadParser(): Promise<ParsePython> {
  const { parser } = await import('@lezer/python')
  return (text) => treeOf(parser.parse(fillGaps(text)), text.length)
}

interface OpenNode extends PythonNode {
  readonly children: PythonNode[]
}

function treeOf(tree: Tree, length: number): PythonTree {
  const root: OpenNode = { name: 'Script', from: 0, to: length, children: [] }
  const open: OpenNode[] = []
  let errorAt: number | undefined
  tree.cursor().iterate(
    (node) => {
      if (node.type.isError) errorAt ??= node.from
      const isTop = open.length === 0
      const own: OpenNode = isTop ? root : { name: node.name, from: node.from, to: node.to, children: [] }
      if (!isTop && !DROPPED.has(own.name) && !node.type.isError) open.at(-1)?.children.push(own)
      open.push(own)
    },
    () => {
      open.pop()
    },
  )
  return { root, errorAt }
}

/** The parts of a list of nodes between its commas; empty ones are left out. */
export function splitByComma(nodes: readonly PythonNode[]): readonly (readonly PythonNode[])[] {
  const parts: PythonNode[][] = [[]]
  for (const node of nodes)
    if (node.name === ',') parts.push([])
    else parts.at(-1)?.push(node)
  return parts.filter((part) => part.length > 0)
}
