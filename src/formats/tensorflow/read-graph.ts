import {
  type ByteSource,
  readWire,
  type WireBudget,
  type WireField,
  type WireProblem,
  WireReader,
  wireBytes,
} from '../../ground/lang/index.ts'
import {
  type GraphBody,
  type GraphForm,
  type GraphNode,
  type GraphProblem,
  MAX_NODES,
  type TensorflowView,
} from './graph-view.ts'
import { readNode } from './read-node.ts'

/** Fields of one file. A graph of 300,000 nodes has some twenty million. */
const MAX_FIELDS = 50_000_000
/** Bytes of a node that are read at once; larger ones hold weights, of which only the small fields are read. */
const MAX_NODE_BYTES = 1024 * 1024
/** Bytes of one other message that is read whole. */
const MAX_PART_BYTES = 16 * 1024 * 1024
/** Bytes of all Keras JSON kept. */
const MAX_KERAS_BYTES = 64 * 1024 * 1024
const MAX_ASSETS = 10_000
const MAX_PROBLEMS = 20

/**
 * Reads a protobuf of TensorFlow as one of its forms (tensorflow/core/protobuf and framework); weights are stepped over.
 * Undefined when the bytes do not have that form.
 * @throws SallyportError what the source throws
 */
export async function readTensorflow(
  source: ByteSource,
  form: GraphForm,
  signal?: AbortSignal,
): Promise<TensorflowView | undefined> {
  const reader = new GraphReader(source, signal)
  const whole = { start: 0, end: source.size }
  if (form === 'saved-model') await reader.savedModel(whole)
  else if (form === 'meta-graph') await reader.metaGraph(whole)
  else if (form === 'keras-metadata') await reader.kerasMetadata(whole)
  else await reader.graph(whole)
  return reader.isPlausible ? reader.view(form) : undefined
}

interface Window {
  readonly start: number
  readonly end: number
}

type Handler = (field: WireField, reader: WireReader) => Promise<void> | void

class GraphReader {
  readonly #source: ByteSource
  readonly #signal: AbortSignal | undefined
  readonly #budget: WireBudget = { left: MAX_FIELDS }
  readonly #bodies: { function: string; nodes: GraphNode[] }[] = []
  readonly #assets: { filename: string; tensor: string }[] = []
  readonly #kerasTexts: string[] = []
  readonly #problems: GraphProblem[] = []
  #nodes = 0
  #odd = 0
  #kerasLeft = MAX_KERAS_BYTES
  #readBytes = 0

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.#source = source
    this.#signal = signal
  }

  /** Most of what was read as a node is one, or there is Keras JSON. */
  get isPlausible(): boolean {
    return (this.#nodes > 0 && this.#odd <= this.#nodes / 10) || this.#kerasTexts.length > 0
  }

  view(form: GraphForm): TensorflowView {
    return {
      form,
      bodies: this.#bodies as readonly GraphBody[],
      assets: this.#assets,
      kerasTexts: this.#kerasTexts,
      problems: this.#problems,
      readBytes: this.#readBytes,
    }
  }

  /** SavedModel: meta_graphs 2. */
  savedModel(window: Window): Promise<void> {
    return this.#each(window, (field) => (field.number === 2 ? this.metaGraph(windowOf(field)) : undefined))
  }

  /** MetaGraphDef: graph_def 2, asset_file_def 6, object_graph_def 7. */
  metaGraph(window: Window): Promise<void> {
    return this.#each(window, async (field, reader) => {
      if (field.number === 2) await this.graph(windowOf(field))
      else if (field.number === 6) await this.#part(field, reader, (bytes) => this.#addAsset(bytes))
      else if (field.number === 7) await this.#objectGraph(windowOf(field))
    })
  }

  /** GraphDef: node 1, library 2, whose function is 1. */
  async graph(window: Window): Promise<void> {
    const body = this.#open('')
    const libraries: Window[] = []
    await this.#each(window, async (field, reader) => {
      if (field.number === 1) await this.#addNode(body, field, reader)
      else if (field.number === 2) libraries.push(windowOf(field))
    })
    for (const library of libraries)
      await this.#each(library, (field) => (field.number === 1 ? this.#function(windowOf(field)) : undefined))
  }

  /** SavedMetadata: nodes 1, in which 5 is JSON (tensorflow/python/keras/protobuf/saved_metadata.proto). */
  kerasMetadata(window: Window): Promise<void> {
    return this.#each(window, (field, reader) =>
      field.number === 1 ? this.#part(field, reader, (bytes) => this.#addKeras(bytes, 5)) : undefined,
    )
  }

  /** FunctionDef: signature 1, whose name is 1; node_def 3. */
  async #function(window: Window): Promise<void> {
    const body = this.#open('?')
    await this.#each(window, async (field, reader) => {
      if (field.number === 3) await this.#addNode(body, field, reader)
      else if (field.number === 1)
        await this.#part(field, reader, (bytes) => {
          body.function = this.#textIn(bytes, 1) || '?'
        })
    })
  }

  /** SavedObjectGraph: nodes 1, user_object 4, metadata 3. */
  #objectGraph(window: Window): Promise<void> {
    return this.#each(window, (field, reader) =>
      field.number !== 1
        ? undefined
        : this.#part(field, reader, (bytes) => {
            for (const inner of readWire(bytes, this.#budget).fields)
              if (inner.number === 4 && inner.kind === 'bytes') this.#addKeras(wireBytes(bytes, inner), 3)
          }),
    )
  }

  #open(name: string): { function: string; nodes: GraphNode[] } {
    const body = { function: name, nodes: [] }
    this.#bodies.push(body)
    return body
  }

  async #each({ start, end }: Window, handle: Handler): Promise<void> {
    const reader = new WireReader(this.#source, this.#budget, { start, end, signal: this.#signal })
    for (let field = await reader.next(); field !== undefined; field = await reader.next())
      if (field.kind === 'bytes') await handle(field, reader)
    this.#readBytes += reader.readBytes
    if (reader.problem !== undefined) this.#note(reader.problem)
  }

  async #part(field: WireField, reader: WireReader, take: (bytes: Uint8Array) => void): Promise<void> {
    const bytes = await reader.load(field, MAX_PART_BYTES)
    if (bytes !== undefined) take(bytes)
    else this.#note({ kind: 'budget', message: `a part has ${field.length} bytes`, offset: field.offset })
  }

  async #addNode(body: { nodes: GraphNode[] }, field: WireField, reader: WireReader): Promise<void> {
    if (++this.#nodes > MAX_NODES)
      return this.#note({ kind: 'budget', message: `more than ${MAX_NODES} nodes`, offset: field.offset })
    const bytes = (await reader.load(field, MAX_NODE_BYTES)) ?? (await this.#smallFields(field))
    const node = readNode(bytes, field.offset, this.#budget)
    if (node === undefined || !isOpName(node.op)) this.#odd += 1
    if (node !== undefined) body.nodes.push(node)
  }

  /** A node of many bytes without its weights. */
  async #smallFields(field: WireField): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    const window = { ...windowOf(field), signal: this.#signal }
    const reader = new WireReader(this.#source, this.#budget, window)
    for (let inner = await reader.next(); inner !== undefined; inner = await reader.next()) {
      const bytes = inner.kind === 'bytes' ? await reader.load(inner, MAX_NODE_BYTES) : undefined
      if (bytes !== undefined)
        parts.push(Buffer.from([(inner.number << 3) | 2]), lengthBytes(bytes.length), bytes)
    }
    this.#readBytes += reader.readBytes
    return Buffer.concat(parts)
  }

  /** AssetFileDef: tensor_info 1, whose name is 1; filename 2. */
  #addAsset(bytes: Uint8Array): void {
    if (this.#assets.length >= MAX_ASSETS) return
    const info = readWire(bytes, this.#budget).fields.find(
      ({ number, kind }) => number === 1 && kind === 'bytes',
    )
    const tensor = info === undefined ? '' : this.#textIn(wireBytes(bytes, info), 1)
    this.#assets.push({ filename: this.#textIn(bytes, 2), tensor: tensor.split(':', 1)[0] ?? '' })
  }

  #addKeras(bytes: Uint8Array, number: number): void {
    const text = this.#textIn(bytes, number)
    if (!/^\s*[[{]/.test(text)) return
    this.#kerasLeft -= text.length
    if (this.#kerasLeft >= 0) this.#kerasTexts.push(text)
    else this.#note({ kind: 'budget', message: 'more Keras JSON than we keep', offset: 0 })
  }

  #textIn(bytes: Uint8Array, number: number): string {
    const field = readWire(bytes, this.#budget).fields.find(
      (one) => one.number === number && one.kind === 'bytes',
    )
    return field === undefined ? '' : Buffer.from(wireBytes(bytes, field)).toString('utf8')
  }

  #note({ kind, message, offset }: WireProblem): void {
    if (this.#problems.length < MAX_PROBLEMS)
      this.#problems.push({ kind: kind === 'budget' ? 'unread' : kind, message, offset })
  }
}

function windowOf({ offset, length }: WireField): Window {
  return { start: offset, end: offset + length }
}

function lengthBytes(length: number): Uint8Array {
  const bytes: number[] = []
  let rest = length
  while (rest > 127) {
    bytes.push((rest & 127) | 128)
    rest >>>= 7
  }
  return Uint8Array.from([...bytes, rest])
}

/** Names of operations, with a domain before `>`; functions are called by their own names. */
function isOpName(op: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.>/-]{0,500}$/.test(op)
}
