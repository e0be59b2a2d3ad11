import { type ByteSource, foldWire, type WireNode, type WireSchema } from '../../ground/lang/index.ts'
import { expandFunctions, type FunctionBody, type FunctionCall } from './expand-functions.ts'
import { isGrowing, measureResults } from './measure-results.ts'
import type {
  OnnxExternal,
  OnnxOperator,
  OnnxProblem,
  OnnxResult,
  OnnxTensor,
  OnnxView,
} from './onnx-view.ts'

/** Fields of the wire. The largest graphs, with 100,000 nodes, have some million. */
const MAX_FIELDS = 20_000_000
/** Messages in messages: onnx itself is bound to the 100 of protobuf. */
const MAX_DEPTH = 100
/** Descriptions and values of metadata. Exporters write some dozen. */
const MAX_WORDS = 10_000
/** Tensors with data elsewhere, and different operators. */
const MAX_KEPT = 100_000

/** The fields of onnx.proto3 (IR version 13) that reach further than arithmetic. */
const SCHEMA: WireSchema = {
  Model: {
    1: 'number',
    2: 'text',
    6: 'text',
    7: 'Graph',
    8: 'OpsetId',
    14: 'Entry',
    20: 'TrainingInfo',
    25: 'Function',
  },
  OpsetId: { 1: 'text', 2: 'number' },
  TrainingInfo: { 1: 'Graph', 2: 'Graph' },
  Graph: { 1: 'Node', 5: 'Tensor', 10: 'text', 15: 'SparseTensor', 16: 'Entry' },
  Function: { 1: 'text', 7: 'Node', 8: 'text', 10: 'text', 11: 'Attribute', 13: 'text', 14: 'Entry' },
  Node: { 4: 'text', 5: 'Attribute', 7: 'text', 8: 'text' },
  Attribute: {
    1: 'text',
    3: 'number',
    4: 'text',
    5: 'Tensor',
    6: 'Graph',
    10: 'Tensor',
    11: 'Graph',
    22: 'SparseTensor',
    23: 'SparseTensor',
  },
  SparseTensor: { 1: 'Tensor', 2: 'Tensor' },
  Tensor: { 8: 'text', 9: 'span', 13: 'Entry', 14: 'number' },
  Entry: { 1: 'text', 2: 'text' },
}

/** Keys of external data that IR.html knows, and the one that the `onnx` package writes besides. */
const EXTERNAL_KEYS = new Set(['location', 'offset', 'length', 'checksum', 'basepath'])

interface Entry {
  readonly key: string
  readonly value: string
}

/**
 * Reads the graph of an ONNX model (https://onnx.ai/onnx/repo-docs/IR.html) with all graphs and functions in it, in constant memory.
 * Tensor data are stepped over.
 * @throws SallyportError what the source throws
 */
export async function readOnnx(source: ByteSource, signal?: AbortSignal): Promise<OnnxView> {
  const gatherer = new Gatherer()
  const { problem, readBytes } = await foldWire<Entry>(source, {
    schema: SCHEMA,
    root: 'Model',
    fold: (node) => gatherer.take(node),
    budget: { left: MAX_FIELDS },
    maxDepth: MAX_DEPTH,
    signal,
  })
  if (problem !== undefined)
    gatherer.problems.push({ ...problem, kind: problem.kind === 'wire' ? 'wire' : 'cut' })
  const view = gatherer.view(readBytes, undefined)
  if (!view.operators.some(({ name }) => isGrowing(name))) return view
  const { largest, isCut } = await measureResults(source, signal)
  if (isCut && problem === undefined)
    gatherer.problems.push({ kind: 'cut', message: 'there are more constants than are kept', offset: 0 })
  return gatherer.view(readBytes, largest)
}

/** Whether bytes begin as a ModelProto that `onnx` or PyTorch writes does: a small ir_version, then a known field. */
export function looksLikeOnnx(head: Uint8Array): boolean {
  const [tag, version, next] = head
  if (tag !== 0x08 || version === undefined || version === 0 || version > 30) return false
  return next === 0x12 || next === 0x3a || next === 0x42 || next === 0x1a || next === 0x22
}

class Gatherer {
  #irVersion: number | undefined
  #producer = ''
  readonly #opsets: { domain: string; version: bigint }[] = []
  readonly #operators = new Map<string, OnnxOperator>()
  readonly #functions = new Set<string>()
  readonly #bodies: FunctionBody[] = []
  /** Nodes outside the standard: only those may be functions of the model. */
  readonly #calls: FunctionCall[] = []
  readonly #tensors: OnnxTensor[] = []
  readonly #externals: OnnxExternal[] = []
  readonly #metadata: Entry[] = []
  #hasGraph = false
  #nodeCount = 0
  readonly problems: OnnxProblem[] = []

  view(readBytes: number, largestResult: OnnxResult | undefined): OnnxView {
    return {
      irVersion: this.#irVersion,
      producer: this.#producer,
      opsets: this.#opsets,
      operators: [...this.#operators.values()],
      functions: this.#functions,
      largestExpansion: expandFunctions(this.#bodies, this.#calls),
      largestResult,
      externals: this.#externals,
      tensors: this.#tensors,
      metadata: this.#metadata,
      hasGraph: this.#hasGraph,
      nodeCount: this.#nodeCount,
      problems: this.problems,
      readBytes,
    }
  }

  take(node: WireNode<Entry>): Entry | undefined {
    if (node.type === 'Entry') return { key: textOf(node, 1), value: textOf(node, 2) }
    if (node.type === 'Node') this.#node(node)
    else if (node.type === 'Attribute') return contextOf(node)
    else if (node.type === 'Tensor') this.#tensor(node)
    else if (node.type === 'Graph') this.#graph(node)
    else if (node.type === 'Function') this.#function(node)
    else if (node.type === 'OpsetId')
      this.#opsets.push({ domain: textOf(node, 1), version: node.numbers.get(2)?.at(-1) ?? 0n })
    else if (node.type === 'Model') this.#model(node)
    return undefined
  }

  #model(node: WireNode<Entry>): void {
    const version = node.numbers.get(1)?.at(-1)
    this.#irVersion = version === undefined ? undefined : Number(version)
    this.#producer = textOf(node, 2)
    this.#words(node, 6, 14)
  }

  #graph(node: WireNode<Entry>): void {
    this.#hasGraph = true
    this.#words(node, 10, 16)
  }

  #function(node: WireNode<Entry>): void {
    const { offset, length } = node
    const key = `${textOf(node, 10)}::${textOf(node, 1)}`
    this.#functions.add(key)
    if (this.#bodies.length >= MAX_KEPT) this.#full(offset)
    else this.#bodies.push({ key: `${key}:${textOf(node, 13)}`, offset, length })
    this.#words(node, 8, 14)
  }

  /** What a model, a graph or a function says of itself. Nodes are left out: there are too many, and exporters write traces there. */
  #words(node: WireNode<Entry>, description: number, metadata: number): void {
    const words = [
      ...(node.texts.get(description) ?? []).map((value) => ({ key: 'doc_string', value })),
      ...(node.children.get(metadata) ?? []),
    ]
    this.#metadata.push(...words.slice(0, MAX_WORDS - this.#metadata.length))
  }

  #node(node: WireNode<Entry>): void {
    this.#nodeCount++
    const domain = textOf(node, 7)
    const name = textOf(node, 4)
    const key = `${domain}::${name}`
    if (name === 'EPContext') this.#context(node.children.get(5) ?? [], node.offset)
    if (domain !== '' && this.#calls.length < MAX_KEPT)
      this.#calls.push({ key: `${key}:${textOf(node, 8)}`, offset: node.offset })
    const known = this.#operators.get(key)
    if (known === undefined && this.#operators.size >= MAX_KEPT) {
      this.#full(node.offset)
      return
    }
    this.#operators.set(key, {
      domain,
      name,
      count: (known?.count ?? 0) + 1,
      offset: known?.offset ?? node.offset,
    })
  }

  /** A compiled context of one device may stand in a file beside the model (`embed_mode` 0 of EPContext). */
  #context(attributes: readonly Entry[], offset: number): void {
    const isBeside = attributes.some(({ key, value }) => key === 'embed_mode' && value === '0')
    for (const { key, value } of attributes)
      if (isBeside && key === 'ep_cache_context' && this.#externals.length < MAX_KEPT)
        this.#externals.push({
          tensor: key,
          location: value,
          start: undefined,
          length: undefined,
          otherKeys: [],
          offset,
        })
  }

  /** The location counts even where data_location does not say EXTERNAL: some loaders look only at the entries. */
  #tensor(node: WireNode<Entry>): void {
    const entries = node.children.get(13) ?? []
    const raw = node.spans.get(9)?.at(-1)
    if (raw !== undefined && this.#tensors.length < MAX_KEPT)
      this.#tensors.push({ name: textOf(node, 8), ...raw })
    if (entries.length === 0) return
    if (this.#externals.length >= MAX_KEPT) {
      this.#full(node.offset)
      return
    }
    const last = (key: string): string | undefined => entries.findLast((entry) => entry.key === key)?.value
    const base = {
      tensor: textOf(node, 8),
      start: last('offset'),
      length: last('length'),
      otherKeys: entries.map(({ key }) => key).filter((key) => !EXTERNAL_KEYS.has(key)),
      offset: node.offset,
    }
    // Readers differ in which of two entries they take.
    for (const { key, value } of entries)
      if (key === 'location') this.#externals.push({ ...base, location: value })
  }

  #full(offset: number): void {
    if (this.problems.length === 0)
      this.problems.push({ kind: 'cut', message: 'there is more than is kept', offset })
  }
}

/** The attributes of EPContext that say where its context is. */
function contextOf(node: WireNode<Entry>): Entry | undefined {
  const key = textOf(node, 1)
  if (key === 'ep_cache_context') return { key, value: textOf(node, 4) }
  return key === 'embed_mode' ? { key, value: String(node.numbers.get(3)?.at(-1) ?? 1n) } : undefined
}

function textOf(node: WireNode<Entry>, field: number): string {
  return node.texts.get(field)?.at(-1) ?? ''
}
