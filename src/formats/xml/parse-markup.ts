import type { XmlAttribute, XmlDoctype, XmlEntity } from './xml-view.ts'

/** Entities of one DOCTYPE that are kept; MathML declares two thousand. */
const MAX_ENTITIES = 4096
/** Attributes of one element. No format has a hundred. */
const MAX_ATTRIBUTES = 1000

const PREDEFINED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** Whether a character is white space of XML (section 2.3). */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

/** A small cursor over a piece of markup that is wholly in memory. */
export class MarkupCursor {
  readonly text: string
  at: number

  constructor(text: string, at: number) {
    this.text = text
    this.at = at
  }

  skipSpace(): void {
    while (this.at < this.text.length && isSpace(this.text.charCodeAt(this.at))) this.at++
  }

  /** Characters up to white space or one of `stops`. */
  word(stops: string): string {
    const start = this.at
    while (this.at < this.text.length) {
      const char = this.text.charAt(this.at)
      if (isSpace(char.charCodeAt(0)) || stops.includes(char)) break
      this.at++
    }
    return this.text.slice(start, this.at)
  }

  /** A quoted literal, or undefined when none begins here. */
  quoted(): string | undefined {
    const quote = this.text.charAt(this.at)
    if (quote !== '"' && quote !== "'") return undefined
    const end = this.text.indexOf(quote, this.at + 1)
    if (end < 0) return undefined
    const value = this.text.slice(this.at + 1, end)
    this.at = end + 1
    return value
  }
}

/** Resolves character references and the five entities of XML; others stay, and their names go to `references`. */
export function resolveText(text: string, references: Set<string>): string {
  if (!text.includes('&')) return text
  return text.replace(/&(#x[0-9a-fA-F]{1,8}|#[0-9]{1,8}|[^&;\s]{1,128});/g, (whole, name: string) => {
    if (/^#(x[0-9a-fA-F]+|\d+)$/.test(name)) return characterOf(name)
    const known = Object.hasOwn(PREDEFINED, name) ? PREDEFINED[name] : undefined
    if (known === undefined && references.size < 100) references.add(name)
    return known ?? whole
  })
}

function characterOf(reference: string): string {
  const code = reference[1] === 'x' ? Number.parseInt(reference.slice(2), 16) : Number(reference.slice(1))
  return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '\ufffd'
}

/** Attributes of a tag from the cursor on. `ok` is false when something is not as XML wants it. */
export function parseAttributes(
  cursor: MarkupCursor,
  decode: (raw: string) => string,
): { readonly attributes: XmlAttribute[]; readonly ok: boolean } {
  const attributes: XmlAttribute[] = []
  for (;;) {
    cursor.skipSpace()
    if (cursor.at >= cursor.text.length) return { attributes, ok: true }
    const name = cursor.word('=')
    cursor.skipSpace()
    if (name === '' || cursor.text.charAt(cursor.at) !== '=') return { attributes, ok: false }
    cursor.at++
    cursor.skipSpace()
    const value = cursor.quoted()
    if (value === undefined || attributes.length >= MAX_ATTRIBUTES) return { attributes, ok: false }
    attributes.push({ name: decode(name), value: decode(value) })
  }
}

/** A DOCTYPE, from after `<!DOCTYPE` to before its last `>`. `base` is the byte offset of the text. */
export function parseDoctype(text: string, base: number, bytesPerChar: number): XmlDoctype {
  const cursor = new MarkupCursor(text, 0)
  cursor.skipSpace()
  const root = cursor.word('[>')
  const ids = parseExternalId(cursor)
  const open = text.indexOf('[', cursor.at)
  const entities = open < 0 ? [] : parseSubset(text, open + 1, { base, bytesPerChar })
  return { root, ...ids, entities, offset: base }
}

function parseExternalId(cursor: MarkupCursor): {
  readonly publicId: string | undefined
  readonly systemId: string | undefined
} {
  cursor.skipSpace()
  const before = cursor.at
  const keyword = cursor.word('[>"\'')
  if (keyword !== 'SYSTEM' && keyword !== 'PUBLIC') {
    cursor.at = before
    return { publicId: undefined, systemId: undefined }
  }
  cursor.skipSpace()
  const first = cursor.quoted()
  if (keyword === 'SYSTEM') return { publicId: undefined, systemId: first }
  cursor.skipSpace()
  return { publicId: first, systemId: cursor.quoted() }
}

function parseSubset(
  text: string,
  start: number,
  place: { readonly base: number; readonly bytesPerChar: number },
): XmlEntity[] {
  const entities: XmlEntity[] = []
  let at = start
  while (entities.length < MAX_ENTITIES) {
    const declared = text.indexOf('<!', at)
    if (declared < 0) break
    if (text.startsWith('<!--', declared)) {
      const end = text.indexOf('-->', declared + 4)
      if (end < 0) break
      at = end + 3
      continue
    }
    at = declared + 2
    if (!text.startsWith('<!ENTITY', declared)) continue
    const cursor = new MarkupCursor(text, declared + 8)
    entities.push(parseEntity(cursor, place.base + declared * place.bytesPerChar))
    at = cursor.at
  }
  return entities
}

function parseEntity(cursor: MarkupCursor, offset: number): XmlEntity {
  cursor.skipSpace()
  const isParameter = cursor.text.charAt(cursor.at) === '%'
  if (isParameter) cursor.at++
  cursor.skipSpace()
  const name = cursor.word('>"\'')
  cursor.skipSpace()
  const value = cursor.quoted()
  const systemId = value === undefined ? parseExternalId(cursor).systemId : undefined
  return { name, isParameter, value, systemId, offset }
}
