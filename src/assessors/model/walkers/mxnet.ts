import { looksLikeNdarrays, type MxnetNode, readNdarrays, readSymbol } from '../../../formats/mxnet/index.ts'
import { mayOpenObject, utf8Text } from '../../../ground/lang/index.ts'
import { coverGraph, judgeGraph } from '../cover-graph.ts'
import type { GraphFault, GraphOperator } from '../subjects/graph-subject.ts'
import type { FormatWalker } from '../walker.ts'
import { judgeMetadata } from '../words/walk-words.ts'

/** Bytes of a symbol file. The largest published have some megabytes. */
const MAX_SYMBOL_BYTES = 64 * 1024 * 1024
/** Characters of the name of an operator or node. Real ones stay below 200. */
const MAX_NAME = 1000

/** Arrays of MXNet (`.params`). */
export const ndarrayWalker: FormatWalker = {
  format: 'mxnet-params',
  recognizes: ({ head }) => looksLikeNdarrays(head),
  async walk(walk, place) {
    coverGraph(walk, place, 'mxnet-params', await readNdarrays(place.source, walk.signal))
    return true
  },
}

/** Symbol graphs of MXNet: JSON with nodes. */
export const mxnetWalker: FormatWalker = {
  format: 'mxnet-symbol',
  recognizes: ({ head, name, sizeBytes }) =>
    sizeBytes <= MAX_SYMBOL_BYTES &&
    (/symbol[^/]*\.json$/i.test(name) ||
      (mayOpenObject(head) && /^\s*\{\s*"nodes"\s*:/.test(new TextDecoder().decode(head.subarray(0, 200))))),
  async walk(walk, place) {
    const text = utf8Text(await place.source.read(0, MAX_SYMBOL_BYTES, walk.signal))
    const document = text === undefined ? undefined : parse(text)
    const view = readSymbol(document)
    if (document === undefined) {
      const problem = { message: 'the symbol file is no whole JSON' }
      coverGraph(walk, place, 'mxnet-symbol', { problem, readBytes: place.source.size })
      return true
    }
    if (text === undefined || view === undefined) return false
    const graph = {
      format: 'mxnet-symbol',
      operators: [...new Map(view.nodes.map((node) => [operatorName(node), node])).values()].flatMap(
        (node) => roleOf(node, text) ?? [],
      ),
      references: [],
      faults: view.nodes.flatMap(nameFault),
    }
    const problem = view.isCut ? { message: 'there are too many nodes' } : undefined
    judgeGraph(walk, place, graph, { problem, readBytes: place.source.size })
    await judgeMetadata(
      walk,
      place,
      view.nodes.flatMap(({ attributes }) => Object.entries(attributes)),
    )
    return true
  },
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Information: it is some other text.
  }
}

function operatorName({ op, attributes }: MxnetNode): string {
  return op === 'Custom' ? `Custom(op_type=${attributes.op_type ?? ''})` : op
}

/** `_Native` and `_NDArray` hold the addresses of functions in the memory of the process that wrote the file. */
function roleOf(node: MxnetNode, text: string): GraphOperator | undefined {
  const operator = operatorName(node)
  const offset = Math.max(0, text.indexOf(`"${node.op}"`))
  if (node.op === '_Native' || node.op === '_NDArray')
    return {
      role: 'code',
      operator,
      detail: `calls the address ${node.attributes.info ?? ''} in memory`,
      offset,
    }
  if (node.op === 'Custom')
    return {
      role: 'custom',
      operator,
      detail: 'is written in Python and must be registered beside the model',
      offset,
    }
  if (node.op === '_TensorRT')
    return { role: 'opaque', operator, detail: 'holds a compiled program of one device', offset }
  return undefined
}

/** CVE-2022-24294: a regular expression over operator names takes exponential time. */
function nameFault({ op, name }: MxnetNode): GraphFault[] {
  const long = [op, name].find((text) => text.length > MAX_NAME)
  if (long === undefined) return []
  const message = `a name has ${long.length} characters and begins with ${JSON.stringify(long.slice(0, 40))}`
  return [{ kind: 'layout', message, offset: 0 }]
}
