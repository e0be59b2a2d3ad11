import type { CaffeLayer } from './read-caffemodel.ts'

const MAX_LAYERS = 100_000
/** Open braces. Networks nest three deep. */
const MAX_DEPTH = 100

const TOKEN = /#[^\n]*|[{}<>:;,[\]]|[^\s{}<>:;,[\]"'#]+|["']/y
const BLANKS = /\s*/y

/** Reads the layers of a network of Caffe as text (`.prototxt`), or undefined when a text is none. */
export function readPrototxt(text: string): readonly CaffeLayer[] | undefined {
  const reader = new Prototxt()
  let at = 0
  while (at < text.length) {
    BLANKS.lastIndex = at
    at += BLANKS.exec(text)?.[0].length ?? 0
    const token = tokenAt(text, at)
    if (token === undefined) break
    if (!/^[#:;,]/.test(token) && !reader.take(token, at)) return undefined
    at += token.length
  }
  return at === text.length && reader.isNet ? reader.layers : undefined
}

/** The token that begins at a place; undefined at the end, and for a text that does not end on its line. */
function tokenAt(text: string, at: number): string | undefined {
  TOKEN.lastIndex = at
  const [token] = TOKEN.exec(text) ?? []
  if (token !== '"' && token !== "'") return token
  let end = at + 1
  while (end < text.length && text[end] !== token && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1
  return text[end] === token ? text.slice(at, end + 1) : undefined
}

class Prototxt {
  readonly layers: CaffeLayer[] = []
  readonly #open: Block[] = []
  #field = ''
  #hasField = false

  get isNet(): boolean {
    return (this.layers.length > 0 || this.#hasField) && this.#open.length === 0
  }

  /** False when the text cannot be a network. */
  take(token: string, offset: number): boolean {
    if (token === '{' || token === '<') this.#open.push({ name: this.#field, offset, texts: new Map() })
    else if (token === '}' || token === '>') return this.#close()
    else if (/^["']/.test(token)) this.#open.at(-1)?.texts.set(this.#field, token.slice(1, -1))
    else {
      this.#hasField ||= /^(input|input_dim|net|train_net|base_lr)$/.test(this.#field)
      this.#field = token
    }
    return this.#open.length <= MAX_DEPTH
  }

  #close(): boolean {
    const block = this.#open.pop()
    if (block === undefined) return false
    if (this.layers.length < MAX_LAYERS) this.layers.push(...layerOf(block))
    const outer = this.#open.at(-1)
    if (block.name === 'python_param' && outer !== undefined) outer.python = block.texts
    return true
  }
}

interface Block {
  /** Of a `python_param` in it. */
  python?: ReadonlyMap<string, string>
  readonly name: string
  readonly offset: number
  readonly texts: Map<string, string>
}

function layerOf({ name, offset, texts, python }: Block): CaffeLayer[] {
  if (name !== 'layer' && name !== 'layers') return []
  const of = (key: string): string => python?.get(key) ?? ''
  return [
    {
      name: texts.get('name') ?? '',
      type: texts.get('type') ?? '',
      python: python && { module: of('module'), layer: of('layer'), parameters: of('param_str') },
      offset,
    },
  ]
}
