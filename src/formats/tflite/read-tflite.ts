import {
  type ByteSource,
  type FlatProblem,
  FlatReader,
  type FlatTable,
  type FlatVector,
} from '../../ground/lang/index.ts'
import { readFlexOptions } from './read-flex-options.ts'
import type { CustomOp, FlexNode, TfliteBuffer, TfliteView } from './tflite-view.ts'

/** Reads of one file. The largest published models have some 20,000 operators and tensors. */
const MAX_READS = 5_000_000
const MAX_CODES = 10_000
const MAX_SUBGRAPHS = 10_000
const MAX_OPERATORS = 500_000
const MAX_TEXT_BYTES = 1000
/** Bytes of the options of one custom operation that are looked into. */
const MAX_OPTIONS_BYTES = 64 * 1024
/** Bytes of all options of Flex operations. Each has some hundred; weights stand in buffers. */
const MAX_FLEX_BYTES = 64 * 1024 * 1024
const MAX_PROBLEMS = 50
/** BuiltinOperator_CUSTOM. */
const CUSTOM = 32

/** Whether bytes begin as a TFLite model does: the identifier stands behind the offset of the root. */
export function looksLikeTflite(head: Uint8Array): boolean {
  return head[4] === 0x54 && head[5] === 0x46 && head[6] === 0x4c && head[7] === 0x33
}

/** Reads the structure of a TFLite model; weights are not read. @throws SallyportError what the source throws */
export async function readTflite(source: ByteSource, signal?: AbortSignal): Promise<TfliteView> {
  const walk = new TfliteWalk(source, signal)
  const root = await walk.reader.root()
  if (root !== undefined) await walk.model(root)
  return walk.view()
}

interface Code {
  readonly name: string | undefined
  readonly builtin: number
  uses: number
  readonly texts: string[]
}

class TfliteWalk {
  readonly reader: FlatReader
  readonly #source: ByteSource
  readonly #codes: Code[] = []
  readonly #metadata: string[] = []
  readonly #problems: FlatProblem[] = []
  readonly #flexNodes: FlexNode[] = []
  #flexLeft = MAX_FLEX_BYTES
  #version = 0
  #description = ''
  #subgraphs = 0
  #isCut = false
  #buffers = 0
  readonly #data: TfliteBuffer[] = []

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.#source = source
    this.reader = new FlatReader(source, { maxReads: MAX_READS, signal })
  }

  view(): TfliteView {
    const custom = this.#codes.filter(({ builtin }) => builtin === CUSTOM)
    return {
      version: this.#version,
      description: this.#description,
      customOps: custom.map(({ name = '', uses, texts }): CustomOp => ({ name, uses, texts })),
      flexNodes: this.#flexNodes,
      builtinCodes: this.#codes.filter(({ builtin }) => builtin !== CUSTOM).map(({ builtin }) => builtin),
      subgraphs: this.#subgraphs,
      metadata: this.#metadata,
      buffers: this.#data,
      endOffset: this.#data.reduce(
        (end, { offset, length }) => Math.max(end, offset + length),
        this.reader.reachedOffset,
      ),
      problems: [...this.reader.problems, ...this.#problems],
      // An offset that leads outside may also show that the file was cut.
      isCut: this.#isCut || this.reader.problems.length > 0,
      readBytes: this.reader.readBytes,
    }
  }

  /** Model: version 0, operator_codes 1, subgraphs 2, description 3, buffers 4, metadata 6. */
  async model(root: FlatTable): Promise<void> {
    const { reader } = this
    this.#version = await reader.scalar(root, 0, 'u32')
    this.#description = (await reader.text(root, 3, MAX_TEXT_BYTES)) ?? ''
    await this.#each(await reader.vector(root, 1, 4), MAX_CODES, (table) => this.#addCode(table))
    const buffers = await reader.vector(root, 4, 4)
    this.#buffers = buffers?.count ?? 0
    await this.#each(buffers, MAX_OPERATORS, (table) => this.#checkBuffer(table))
    await this.#each(await reader.vector(root, 2, 4), MAX_SUBGRAPHS, (table) => this.#subgraph(table))
    await this.#each(await reader.vector(root, 6, 4), MAX_CODES, async (table) => {
      this.#metadata.push((await reader.text(table, 0, MAX_TEXT_BYTES)) ?? '')
    })
  }

  /** OperatorCode: deprecated_builtin_code 0, custom_code 1, builtin_code 3; the larger number is meant. */
  async #addCode(table: FlatTable): Promise<void> {
    const old = await this.reader.scalar(table, 0, 'i8')
    const builtin = Math.max(old, await this.reader.scalar(table, 3, 'i32'))
    const name = await this.reader.text(table, 1, MAX_TEXT_BYTES)
    this.#codes.push({ name, builtin, uses: 0, texts: [] })
  }

  /** Buffer: data 0; or offset 1 and size 2 behind the FlatBuffer, for models beyond 2 GB. */
  async #checkBuffer(table: FlatTable): Promise<void> {
    const data = await this.reader.vector(table, 0, 1)
    if (data !== undefined) this.#data.push({ offset: data.offset, length: data.count })
    const offset = await this.reader.scalar(table, 1, 'u64')
    const size = await this.reader.scalar(table, 2, 'u64')
    // 0 and 1 mean that there is none.
    if (offset > 1 && offset + size > this.#source.size)
      this.#note(`a buffer of ${size} bytes at ${offset} is not in the file`, table.offset)
    else if (offset > 1) this.#data.push({ offset, length: size })
  }

  /** SubGraph: tensors 0, inputs 1, outputs 2, operators 3. */
  async #subgraph(table: FlatTable): Promise<void> {
    this.#subgraphs += 1
    const tensors = await this.reader.vector(table, 0, 4)
    await this.#each(tensors, MAX_OPERATORS, (tensor) => this.#checkTensor(tensor))
    const count = tensors?.count ?? 0
    for (const id of [1, 2]) await this.#checkIndices(table, id, count)
    await this.#each(await this.reader.vector(table, 3, 4), MAX_OPERATORS, (operator) =>
      this.#operator(operator, count),
    )
  }

  /** Tensor: buffer 2. */
  async #checkTensor(table: FlatTable): Promise<void> {
    const buffer = await this.reader.scalar(table, 2, 'u32')
    if (buffer !== 0 && buffer >= this.#buffers)
      this.#note(`a tensor uses buffer ${buffer} of ${this.#buffers}`, table.offset)
  }

  /** Operator: opcode_index 0, inputs 1, outputs 2, custom_options 5. */
  async #operator(table: FlatTable, tensors: number): Promise<void> {
    const index = await this.reader.scalar(table, 0, 'u32')
    const code = this.#codes[index]
    if (code === undefined)
      return this.#note(`an operator uses code ${index} of ${this.#codes.length}`, table.offset)
    code.uses += 1
    for (const id of [1, 2]) await this.#checkIndices(table, id, tensors)
    if (code.builtin !== CUSTOM) return
    const options = await this.reader.vector(table, 5, 1)
    if (options !== undefined && code.name?.startsWith('Flex') === true)
      await this.#addFlexNode(code.name, options)
    const bytes = options && (await this.reader.bytesOf(options, MAX_OPTIONS_BYTES))
    if (bytes !== undefined && code.texts.length < 200) code.texts.push(...printable(bytes))
  }

  async #addFlexNode(name: string, options: FlatVector): Promise<void> {
    this.#flexLeft -= options.count
    if (this.#flexLeft < 0) this.#isCut = true
    if (this.#flexLeft < 0 || options.count === 0) return
    const bytes = await this.reader.bytesOf(options, MAX_FLEX_BYTES)
    const nodeDef = bytes && readFlexOptions(bytes)
    this.#flexNodes.push({ name, nodeDef, offset: options.offset })
  }

  /** Numbers of tensors; -1 stands for an optional one. */
  async #checkIndices(table: FlatTable, id: number, tensors: number): Promise<void> {
    const vector = await this.reader.vector(table, id, 4)
    for (let i = 0; i < Math.min(vector?.count ?? 0, 1000); i++) {
      const index = vector === undefined ? 0 : ((await this.reader.itemOf(vector, i, 'i32')) ?? 0)
      if (index < -1 || index >= tensors)
        return this.#note(`tensor ${index} of ${tensors} is used`, table.offset)
    }
  }

  async #each(
    vector: FlatVector | undefined,
    limit: number,
    take: (table: FlatTable) => Promise<void>,
  ): Promise<void> {
    const count = Math.min(vector?.count ?? 0, limit)
    if (vector !== undefined && vector.count > limit) this.#isCut = true
    for (let i = 0; i < count && vector !== undefined; i++) {
      const table = await this.reader.tableOf(vector, i)
      if (table !== undefined) await take(table)
      if (this.reader.problems.length >= 20) return
    }
  }

  #note(message: string, offset: number): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ kind: 'bounds', message, offset })
  }
}

/** Runs of printable characters: options of Flex operations are FlexBuffers around the name and the NodeDef. */
function printable(bytes: Uint8Array): string[] {
  const texts: string[] = []
  let start = 0
  for (let at = 0; at <= bytes.length && texts.length < 100; at++) {
    const byte = bytes[at] ?? 0
    if (byte >= 0x20 && byte < 0x7f) continue
    if (at - start >= 3)
      texts.push(Buffer.from(bytes.subarray(start, Math.min(at, start + 500))).toString('latin1'))
    start = at + 1
  }
  return texts
}
