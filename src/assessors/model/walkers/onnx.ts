import catalog from '../../../../catalog/operators/onnx.json' with { type: 'json' }
import {
  looksLikeOnnx,
  looksLikeOrt,
  type OnnxExternal,
  type OnnxOperator,
  type OnnxView,
  readOnnx,
  readOrt,
} from '../../../formats/onnx/index.ts'
import { judgeGraph } from '../cover-graph.ts'
import { pathEscape } from '../path-escape.ts'
import type { GraphFault, GraphOperator, GraphReference } from '../subjects/graph-subject.ts'
import { walkSpans } from '../walk-spans.ts'
import type { FormatWalker } from '../walker.ts'
import { judgeMetadata } from '../words/walk-words.ts'

const DOMAINS = new Set(catalog.domains)
const EXTENSION_DOMAINS = new Set(catalog.extensionDomains)
const EXTENSIONS = new Set(catalog.extensionOperators)
const CODE: ReadonlyMap<string, string> = new Map(Object.entries(catalog.code))
const NATIVE = new Set(catalog.native)

/** ONNX models: a protobuf without a magic, known by name or by how it begins. */
export const onnxWalker: FormatWalker = {
  format: 'onnx',
  recognizes: ({ head, name }) => /\.onnx$/i.test(name) || looksLikeOnnx(head),
  async walk(walk, place) {
    const view = await readOnnx(place.source, walk.signal)
    const isNamed = /\.onnx$/i.test(place.members.at(-1) ?? walk.path)
    if (!isOnnx(view, isNamed)) return false
    const missing = view.hasGraph ? undefined : { message: 'there is no graph' }
    const graph = {
      format: 'onnx',
      operators: view.operators.flatMap((operator) => roleOf(operator, view) ?? []),
      references: view.externals.map(referenceOf),
      faults: [
        ...view.externals.flatMap(rangeFault),
        ...view.externals.flatMap(keyFault),
        ...expansionOf(view),
        ...resultOf(view),
      ],
    }
    judgeGraph(walk, place, graph, { problem: view.problems[0] ?? missing, readBytes: view.readBytes })
    await judgeMetadata(
      walk,
      place,
      view.metadata.map(({ key, value }) => [key, value] as const),
    )
    await walkSpans(walk, place, view.tensors)
    return true
  },
}

/** Models that ONNX Runtime saved for itself: a FlatBuffer. */
export const ortWalker: FormatWalker = {
  format: 'ort',
  recognizes: ({ head }) => looksLikeOrt(head),
  async walk(walk, place) {
    const view = await readOrt(place.source, walk.signal)
    const operators = view.operators.flatMap((operator) => roleOf(operator, view) ?? [])
    const graph = { format: 'ort', operators, references: [], faults: [] }
    judgeGraph(walk, place, graph, { problem: view.problems[0], readBytes: view.readBytes })
    return true
  },
}

/** Any bytes may parse as protobuf by chance: a graph with operators and a version must be there. */
function isOnnx(view: OnnxView, isNamed: boolean): boolean {
  if (isNamed)
    return view.hasGraph || view.nodeCount > 0 || view.externals.length > 0 || view.irVersion !== undefined
  return view.hasGraph && view.irVersion !== undefined && view.opsets.length > 0
}

function roleOf(operator: OnnxOperator, view: OnnxView): GraphOperator | undefined {
  const { domain, name, offset } = operator
  const full = domain === '' ? name : `${domain}::${name}`
  const base = { operator: full, offset }
  if (view.functions.has(`${domain}::${name}`)) return undefined
  const effect = CODE.get(name)
  if (effect !== undefined && effect !== '') return { ...base, role: 'code', detail: effect }
  if (NATIVE.has(name))
    return { ...base, role: 'opaque', detail: 'holds or names a compiled program of one device' }
  if (EXTENSION_DOMAINS.has(domain) && !EXTENSIONS.has(name))
    return /^py/i.test(name)
      ? { ...base, role: 'code', detail: 'runs a Python function' }
      : { ...base, role: 'custom', detail: `is no operator of the domain ${domain} that is known` }
  if (DOMAINS.has(domain) || EXTENSION_DOMAINS.has(domain)) return undefined
  return {
    ...base,
    role: 'custom',
    detail: `stands in the domain ${JSON.stringify(domain.slice(0, 100))}, which is not known`,
  }
}

function referenceOf({ tensor, location, offset }: OnnxExternal): GraphReference {
  return {
    role: 'data',
    target: location,
    escape: location === '' ? 'it is empty' : pathEscape(location),
    detail: `the data of the tensor ${JSON.stringify(tensor.slice(0, 100))}`,
    offset,
  }
}

/** Nodes that functions may become. The largest exported models have some hundred thousand nodes in all. */
const MAX_EXPANSION = 100_000_000

function expansionOf({ largestExpansion }: OnnxView): GraphFault[] {
  if (largestExpansion <= MAX_EXPANSION) return []
  const message =
    largestExpansion === Number.POSITIVE_INFINITY
      ? 'a function of the model calls itself'
      : `a function of the model becomes ${largestExpansion.toExponential(1)} nodes`
  return [{ kind: 'expansion', message, offset: 0 }]
}

/** Members of one tensor. Models hold their numbers; none makes 4 Gi of them out of a few bytes (CWE-789). */
const MAX_RESULT = 2 ** 32

function resultOf({ largestResult: result }: OnnxView): GraphFault[] {
  if (result === undefined || result.elements <= MAX_RESULT) return []
  const { operator, output, elements, offset } = result
  const name = JSON.stringify(output.slice(0, 100))
  const message = `the result ${name} of ${operator} has ${elements.toExponential(1)} members`
  return [{ kind: 'result', message, offset }]
}

/** `onnx` sets each entry as an attribute of an object of its own: names with underscores are Python's, not of the data. */
function keyFault({ tensor, otherKeys, offset }: OnnxExternal): GraphFault[] {
  const key = otherKeys.find((name) => name.startsWith('_'))
  if (key === undefined) return []
  const message = `the data of ${JSON.stringify(tensor.slice(0, 100))} have the key ${JSON.stringify(key.slice(0, 100))}`
  return [{ kind: 'attribute', message, offset }]
}

/** Places beyond any file: readers in C++ add the two. */
function rangeFault(external: OnnxExternal): GraphFault[] {
  const { start, length, tensor, offset } = external
  for (const [what, text] of [
    ['offset', start],
    ['length', length],
  ] as const) {
    if (text === undefined || (/^\d{1,18}$/.test(text) && Number(text) <= Number.MAX_SAFE_INTEGER)) continue
    const message = `the ${what} of the data of ${JSON.stringify(tensor.slice(0, 100))} is ${JSON.stringify(text.slice(0, 40))}`
    return [{ kind: 'range', message, offset }]
  }
  return []
}
