import {
  type GraphBody,
  type GraphNode,
  MAX_NODES,
  MAX_TEXT,
  MAX_TEXTS,
  type TensorflowView,
} from './graph-view.ts'
import { nodeName } from './read-node.ts'

/** A message in text form: fields in their order, each a text or a message. */
interface Message {
  readonly fields: Field[]
}

interface Field {
  readonly name: string
  readonly value: string | Message
  readonly isText: boolean
}

/** Fields of one text. A graph of 100,000 nodes has two million. */
const MAX_FIELDS = 20_000_000
const MAX_DEPTH = 100

/** Reads a graph in the text form of protobuf (https://protobuf.dev/reference/protobuf/textformat-spec/), or undefined when the text is none. */
export function readTextGraph(text: string): TensorflowView | undefined {
  const root = new TextReader(text).read()
  if (root === undefined) return undefined
  const bodies: GraphBody[] = []
  const assets: { filename: string; tensor: string }[] = []
  const graphs = messagesOf(root, 'meta_graphs').concat([root])
  for (const meta of graphs) {
    for (const graph of messagesOf(meta, 'graph_def')) addGraph(bodies, graph)
    for (const asset of messagesOf(meta, 'asset_file_def')) assets.push(assetOf(asset))
  }
  addGraph(bodies, root)
  if (!bodies.some(({ nodes }) => nodes.some(({ op }) => op !== ''))) return undefined
  const isSaved = root.fields.some(({ name }) => name === 'meta_graphs')
  const isMeta = root.fields.some(({ name }) => name === 'graph_def')
  const form = isSaved ? 'saved-model' : isMeta ? 'meta-graph' : 'graph-def'
  return { form, bodies, assets, kerasTexts: [], problems: [], readBytes: text.length }
}

function addGraph(bodies: GraphBody[], graph: Message): void {
  bodies.push({ function: '', nodes: messagesOf(graph, 'node').slice(0, MAX_NODES).map(nodeOf) })
  for (const library of messagesOf(graph, 'library'))
    for (const fn of messagesOf(library, 'function')) {
      const [signature] = messagesOf(fn, 'signature')
      const name = signature === undefined ? '?' : (textsOf(signature, 'name')[0] ?? '?')
      bodies.push({ function: name, nodes: messagesOf(fn, 'node_def').map(nodeOf) })
    }
}

function assetOf(asset: Message): { filename: string; tensor: string } {
  const tensor = messagesOf(asset, 'tensor_info').flatMap((info) => textsOf(info, 'name'))[0] ?? ''
  return { filename: textsOf(asset, 'filename').at(-1) ?? '', tensor: tensor.split(':', 1)[0] ?? '' }
}

function nodeOf(node: Message): GraphNode {
  return {
    name: textsOf(node, 'name').at(-1) ?? '',
    op: textsOf(node, 'op').at(-1) ?? '',
    inputs: textsOf(node, 'input').map(nodeName),
    texts: messagesOf(node, 'attr').flatMap(attributeTexts),
    offset: 0,
  }
}

/** Texts under `s` and `string_val`, at any depth of the attribute. */
function attributeTexts(attribute: Message): { key: string; text: string }[] {
  const key = textsOf(attribute, 'key').at(-1) ?? ''
  const texts: { key: string; text: string }[] = []
  const open = messagesOf(attribute, 'value')
  for (let value = open.pop(); value !== undefined && texts.length < MAX_TEXTS; value = open.pop()) {
    for (const field of value.fields) {
      const isWanted = field.isText && (field.name === 's' || field.name === 'string_val')
      if (isWanted && typeof field.value === 'string')
        texts.push({ key, text: field.value.slice(0, MAX_TEXT) })
      else if (typeof field.value !== 'string') open.push(field.value)
    }
  }
  return texts
}

function messagesOf(message: Message, wanted: string): Message[] {
  return message.fields.flatMap(({ name, value }) =>
    name === wanted && typeof value !== 'string' ? [value] : [],
  )
}

function textsOf(message: Message, wanted: string): string[] {
  return message.fields.flatMap(({ name, value }) =>
    name === wanted && typeof value === 'string' ? [value] : [],
  )
}

const SPACE = new Set([' ', '\t', '\n', '\r', '\v', '\f', ',', ';'])
const WORD = /[A-Za-z0-9_.+-]/
/** Characters of a name or a number. */
const MAX_WORD = 1000

/** Non-recursive: messages that are open stand on a list. */
class TextReader {
  readonly #text: string
  readonly #open: Message[] = [{ fields: [] }]
  #at = 0
  #left = MAX_FIELDS

  constructor(text: string) {
    this.#text = text
  }

  read(): Message | undefined {
    for (;;) {
      this.#skipSpace()
      const top = this.#open.at(-1)
      if (top === undefined || this.#left-- <= 0) return undefined
      if (this.#at >= this.#text.length) return this.#open.length === 1 ? top : undefined
      if (this.#takeAny('}>') !== undefined) this.#open.pop()
      else if (!this.#readField(top)) return undefined
    }
  }

  /** A field; a message that it opens is put on the list. */
  #readField(message: Message): boolean {
    const name = this.#readName()
    if (name === undefined) return false
    this.#skipSpace()
    const hasColon = this.#takeAny(':') !== undefined
    this.#skipSpace()
    if (this.#takeAny('{<') !== undefined) {
      const inner: Message = { fields: [] }
      message.fields.push({ name, value: inner, isText: false })
      this.#open.push(inner)
      return this.#open.length <= MAX_DEPTH
    }
    if (!hasColon) return false
    return this.#takeAny('[') === undefined ? this.#readScalar(message, name) : this.#readList(message, name)
  }

  /** A name, or that of an extension between brackets. */
  #readName(): string | undefined {
    if (this.#takeAny('[') === undefined) return this.#readWord()
    const end = this.#text.indexOf(']', this.#at)
    if (end < 0 || end - this.#at > MAX_WORD) return undefined
    const name = this.#text.slice(this.#at, end)
    this.#at = end + 1
    return name
  }

  #readScalar(message: Message, name: string): boolean {
    const text = this.#readTexts()
    const value = text ?? this.#readWord()
    if (value === undefined) return false
    message.fields.push({ name, value, isText: text !== undefined })
    return true
  }

  /** Scalars between brackets; lists of messages are rare and not written by TensorFlow. */
  #readList(message: Message, name: string): boolean {
    for (;;) {
      this.#skipSpace()
      if (this.#takeAny(']') !== undefined) return true
      if (this.#left-- <= 0 || !this.#readScalar(message, name)) return false
    }
  }

  /** One text, from pieces that stand one after another. */
  #readTexts(): string | undefined {
    let whole: string | undefined
    for (;;) {
      const piece = this.#readPiece()
      if (piece === undefined) return whole
      whole = (whole ?? '') + piece
      this.#skipSpace()
    }
  }

  #readPiece(): string | undefined {
    const quote = this.#text[this.#at]
    if (quote !== '"' && quote !== "'") return undefined
    let at = this.#at + 1
    while (at < this.#text.length && this.#text[at] !== quote) at += this.#text[at] === '\\' ? 2 : 1
    if (at >= this.#text.length) return undefined
    const raw = this.#text.slice(this.#at + 1, at)
    this.#at = at + 1
    return raw.includes('\\') ? unescaped(raw) : raw
  }

  #readWord(): string | undefined {
    const start = this.#at
    while (this.#at - start < MAX_WORD && WORD.test(this.#text[this.#at] ?? '')) this.#at++
    return this.#at === start ? undefined : this.#text.slice(start, this.#at)
  }

  #skipSpace(): void {
    for (;;) {
      while (SPACE.has(this.#text[this.#at] ?? '')) this.#at++
      if (this.#text[this.#at] !== '#') return
      const end = this.#text.indexOf('\n', this.#at)
      this.#at = end < 0 ? this.#text.length : end + 1
    }
  }

  #takeAny(letters: string): string | undefined {
    const letter = this.#text[this.#at]
    if (letter === undefined || !letters.includes(letter)) return undefined
    this.#at += 1
    return letter
  }
}

const LETTERS: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
}

function unescaped(text: string): string {
  return text.replace(/\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|u[0-9a-fA-F]{4}|[\s\S])/g, (_, code: string) => {
    if (/^[xu]./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255)
    return LETTERS[code] ?? code
  })
}
