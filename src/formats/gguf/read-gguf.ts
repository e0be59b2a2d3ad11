import type { ByteSource } from '../../ground/lang/index.ts'
import { checkLayout } from './check-layout.ts'
import type { GgufArray, GgufProblem, GgufTemplate, GgufTensor, GgufView } from './gguf-view.ts'
import { HeaderBreak, HeaderReader, viewOf } from './header-reader.ts'

/** Entries. The largest real header has some hundred; more is an attack on memory (CWE-770). */
const MAX_ENTRIES = 65_536
const MAX_TENSORS = 1_000_000
/** Bytes of a key: gguf_key of ggml allows 65,535. */
const MAX_KEY_BYTES = 65_535
/** Bytes of a template. The longest published has 30 KB. */
const MAX_TEMPLATE_BYTES = 4 * 1024 * 1024
/** Members of all arrays together: vocabularies have up to 300,000 words, three arrays each. */
const MAX_ARRAY_ITEMS = 20_000_000
const MAX_ARRAY_DEPTH = 4
const KEPT_TEXT_BYTES = 1024
const MAX_TEMPLATES = 1000
/** GGML_MAX_DIMS. */
const MAX_DIMENSIONS = 4

/** Bytes of the scalar types 0 to 12; 8 is a string and 9 an array (ggml docs/gguf.md). */
const SCALAR_BYTES: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8]
const STRING = 8
const ARRAY = 9

/** Whether bytes begin as a GGUF file does. */
export function looksLikeGguf(head: Uint8Array): boolean {
  return head[0] === 0x47 && head[1] === 0x47 && head[2] === 0x55 && head[3] === 0x46
}

/**
 * Reads the header of a GGUF file of versions 1 to 3, of either order of bytes: metadata, chat templates, tensor places. Tensor data are not read,
 * and what was read before a break is kept.
 * @throws SallyportError what the source throws
 */
export async function readGguf(source: ByteSource, signal?: AbortSignal): Promise<GgufView> {
  const header = new Header(source, signal)
  try {
    await header.read()
  } catch (error) {
    if (!(error instanceof HeaderBreak)) throw error
    header.problems.push({ kind: error.kind, message: error.message, offset: error.offset })
  }
  return header.view()
}

class Header {
  readonly #in: HeaderReader
  readonly #size: number
  #version = 0
  readonly #metadata = new Map<string, string | number | bigint | boolean>()
  readonly #templates: GgufTemplate[] = []
  readonly #arrays = new Map<string, GgufArray>()
  readonly #tensors: GgufTensor[] = []
  #end: number | undefined
  readonly problems: GgufProblem[] = []
  #arrayItems = 0

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.#in = new HeaderReader(source, signal)
    this.#size = source.size
  }

  view(): GgufView {
    return {
      version: this.#version,
      metadata: this.#metadata,
      arrays: this.#arrays,
      isLittleEndian: this.#in.isLittleEndian,
      templates: this.#templates,
      tensors: this.#tensors,
      problems: this.problems,
      headerBytes: this.#in.offset,
      endOffset: this.#end,
      readBytes: this.#in.readBytes,
    }
  }

  async read(): Promise<void> {
    await this.#in.bytes(4)
    await this.#readVersion()
    const tensors = await this.#in.count()
    const entries = await this.#in.count()
    this.#refuseCount(tensors, MAX_TENSORS, 'tensors', 20)
    this.#refuseCount(entries, MAX_ENTRIES, 'metadata entries', 9)
    for (let i = 0; i < entries; i++) await this.#readEntry()
    for (let i = 0; i < tensors; i++) await this.#readTensor()
    this.#end = checkLayout(this.view(), this.#size, this.problems)
  }

  async #readVersion(): Promise<void> {
    const version = await this.#in.u32()
    const isSwapped = version !== 0 && (version & 0xffff) === 0
    this.#in.isLittleEndian = !isSwapped
    this.#version = isSwapped ? version >>> 24 : version
    this.#in.isNarrow = this.#version === 1
    if (this.#version < 1 || this.#version > 3)
      throw new HeaderBreak('header', `GGUF version ${version} is not known (1 to 3 are)`, 4)
  }

  /** Refuses a count before anything is made for it: beyond the limit, or more than the file could hold. */
  #refuseCount(count: number, limit: number, what: string, leastBytes: number): void {
    if (count > limit)
      throw new HeaderBreak('header', `${count} ${what} are claimed; the limit is ${limit}`, this.#in.offset)
    if (count * leastBytes > this.#size)
      throw new HeaderBreak(
        'cut',
        `${count} ${what} are claimed in a file of ${this.#size} bytes`,
        this.#in.offset,
      )
  }

  async #readEntry(): Promise<void> {
    const at = this.#in.offset
    const key = await this.#readText(MAX_KEY_BYTES)
    if (this.#metadata.has(key) || this.#arrays.has(key))
      this.problems.push({
        kind: 'header',
        message: `the key ${JSON.stringify(key.slice(0, 80))} stands twice`,
        offset: at,
      })
    const type = await this.#in.u32()
    if (type === STRING) return this.#readStringEntry(key)
    if (type === ARRAY) return this.#skipArray(key, 0)
    const size = SCALAR_BYTES[type]
    if (size === undefined)
      throw new HeaderBreak('header', `metadata type ${type} is not known`, this.#in.offset - 4)
    this.#metadata.set(key, scalar(viewOf(await this.#in.bytes(size)), type, this.#in.isLittleEndian))
  }

  async #readStringEntry(key: string): Promise<void> {
    const isTemplate = isTemplateKey(key)
    const text = isTemplate ? await this.#readTemplate(key) : await this.#readStart()
    this.#metadata.set(key, text.slice(0, KEPT_TEXT_BYTES))
  }

  async #readTemplate(key: string): Promise<string> {
    const start = this.#in.offset + (this.#in.isNarrow ? 4 : 8)
    const text = await this.#readText(MAX_TEMPLATE_BYTES)
    this.#templates.push({ key, text, offset: start, sizeBytes: this.#in.offset - start })
    if (this.#templates.length > MAX_TEMPLATES)
      throw new HeaderBreak('header', `more than ${MAX_TEMPLATES} chat templates`, this.#in.offset)
    return text
  }

  async #readText(limit: number): Promise<string> {
    const length = await this.#in.count()
    if (length > limit)
      throw new HeaderBreak('header', `a text has ${length} bytes; the limit is ${limit}`, this.#in.offset)
    return Buffer.from(await this.#in.bytes(length)).toString('utf8')
  }

  async #readStart(): Promise<string> {
    const length = await this.#in.count()
    const kept = Buffer.from(await this.#in.bytes(Math.min(length, KEPT_TEXT_BYTES))).toString('utf8')
    this.#in.skip(Math.max(0, length - KEPT_TEXT_BYTES))
    return kept
  }

  async #skipArray(key: string, depth: number): Promise<void> {
    if (depth >= MAX_ARRAY_DEPTH)
      throw new HeaderBreak('header', 'arrays are nested too deep', this.#in.offset)
    const type = await this.#in.u32()
    const count = await this.#in.count()
    if (depth === 0) this.#arrays.set(key, { type, count })
    this.#arrayItems += count
    this.#refuseCount(this.#arrayItems, MAX_ARRAY_ITEMS, 'array items', 0)
    const size = SCALAR_BYTES[type]
    if (size === undefined)
      throw new HeaderBreak('header', `array type ${type} is not known`, this.#in.offset)
    if (type === STRING) return this.#skipTexts(key, count)
    if (type !== ARRAY) return this.#in.skip(count * size)
    for (let i = 0; i < count; i++) await this.#skipArray(key, depth + 1)
  }

  async #skipTexts(key: string, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      if (isTemplateKey(key)) await this.#readTemplate(key)
      else this.#in.skip(await this.#in.count())
    }
  }

  async #readTensor(): Promise<void> {
    const at = this.#in.offset
    const name = await this.#readText(MAX_KEY_BYTES)
    const dimensions = await this.#in.u32()
    if (dimensions > MAX_DIMENSIONS)
      throw new HeaderBreak(
        'header',
        `a tensor has ${dimensions} dimensions; ${MAX_DIMENSIONS} are allowed`,
        at,
      )
    const shape: number[] = []
    for (let i = 0; i < dimensions; i++) shape.push(await this.#in.count())
    if (shape.reduce((product, length) => product * BigInt(length), 1n) > BigInt(Number.MAX_SAFE_INTEGER))
      throw new HeaderBreak(
        'header',
        `the shape of tensor ${JSON.stringify(name.slice(0, 80))} overflows`,
        at,
      )
    this.#tensors.push({ name, shape, type: await this.#in.u32(), offset: await this.#in.u64() })
  }
}

/** `tokenizer.chat_template`, `tokenizer.chat_template.tool_use`, and the array of named templates. */
function isTemplateKey(key: string): boolean {
  return key.includes('chat_template') && !key.endsWith('chat_templates')
}

function scalar(view: DataView, type: number, isLittle: boolean): number | bigint | boolean {
  if (type === 7) return view.getUint8(0) !== 0
  if (type === 10) return view.getBigUint64(0, isLittle)
  if (type === 11) return view.getBigInt64(0, isLittle)
  if (type === 12) return view.getFloat64(0, isLittle)
  if (type === 6) return view.getFloat32(0, isLittle)
  if (type === 4) return view.getUint32(0, isLittle)
  if (type === 5) return view.getInt32(0, isLittle)
  if (type === 2) return view.getUint16(0, isLittle)
  if (type === 3) return view.getInt16(0, isLittle)
  return type === 1 ? view.getInt8(0) : view.getUint8(0)
}
