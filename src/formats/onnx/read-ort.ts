import { type ByteSource, FlatReader, type FlatTable, type FlatVector } from '../../ground/lang/index.ts'
import type { OnnxOperator, OnnxView } from './onnx-view.ts'

/** Reads of tables, numbers and texts. */
const MAX_READS = 10_000_000
const MAX_NAME_BYTES = 1024
/** Graphs in graphs. */
const MAX_DEPTH = 32
const MAX_OPERATORS = 100_000

/** Whether bytes begin as a model of ONNX Runtime does (`ORTM`, onnxruntime/core/flatbuffers/schema/ort.fbs). */
export function looksLikeOrt(head: Uint8Array): boolean {
  return head[4] === 0x4f && head[5] === 0x52 && head[6] === 0x54 && head[7] === 0x4d
}

/**
 * Reads the graph of an ORT model (`.ort`), sub-graphs included; tensors are stepped over.
 * @throws SallyportError what the source throws
 */
export async function readOrt(source: ByteSource, signal?: AbortSignal): Promise<OnnxView> {
  const reader = new OrtReader(source, signal)
  const hasGraph = await reader.read()
  const problem = reader.flat.problems[0]
  const missing = hasGraph ? [] : [{ kind: 'cut', message: 'there is no graph', offset: 0 } as const]
  return {
    irVersion: undefined,
    producer: '',
    opsets: [],
    operators: [...reader.operators.values()],
    functions: new Set(),
    externals: [],
    largestResult: undefined,
    largestExpansion: 0,
    tensors: [],
    metadata: [],
    hasGraph,
    nodeCount: reader.nodeCount,
    problems: problem === undefined ? missing : [{ ...problem, kind: 'cut' }],
    readBytes: reader.flat.readBytes,
  }
}

class OrtReader {
  readonly flat: FlatReader
  readonly operators = new Map<string, OnnxOperator>()
  nodeCount = 0

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.flat = new FlatReader(source, { maxReads: MAX_READS, signal })
  }

  async read(): Promise<boolean> {
    const session = await this.flat.root()
    const model = session === undefined ? undefined : await this.flat.child(session, 1)
    const graph = model === undefined ? undefined : await this.flat.child(model, 7)
    if (graph === undefined) return false
    await this.#graph(graph, 0)
    return true
  }

  async #graph(graph: FlatTable, depth: number): Promise<void> {
    const nodes = await this.flat.vector(graph, 2, 4)
    if (depth > MAX_DEPTH) return
    await this.#each(nodes, (node) => this.#node(node, depth))
  }

  async #each(vector: FlatVector | undefined, use: (table: FlatTable) => Promise<void>): Promise<void> {
    for (let i = 0; vector !== undefined && i < vector.count; i++) {
      const table = await this.flat.tableOf(vector, i)
      if (table === undefined) return
      await use(table)
    }
  }

  async #node(node: FlatTable, depth: number): Promise<void> {
    this.nodeCount++
    const domain = (await this.flat.text(node, 2, MAX_NAME_BYTES)) ?? ''
    const name = (await this.flat.text(node, 5, MAX_NAME_BYTES)) ?? ''
    const key = `${domain}::${name}`
    const known = this.operators.get(key)
    if (known !== undefined || this.operators.size < MAX_OPERATORS)
      this.operators.set(key, {
        domain,
        name,
        count: (known?.count ?? 0) + 1,
        offset: known?.offset ?? node.offset,
      })
    await this.#each(await this.flat.vector(node, 10, 4), async (attribute) => {
      const inner = await this.flat.child(attribute, 7)
      if (inner !== undefined) await this.#graph(inner, depth + 1)
      await this.#each(await this.flat.vector(attribute, 12, 4), (graph) => this.#graph(graph, depth + 1))
    })
  }
}
