import type { ByteSource } from '../../ground/lang/index.ts'
import { beginsWithTag, XmlScanner } from './xml-scanner.ts'
import type { XmlAttribute, XmlEvent, XmlProblem, XmlView } from './xml-view.ts'

/** Bytes read at a time. */
const CHUNK_BYTES = 256 * 1024
/** Bytes of a document that are read; the largest PMML forests have some hundred megabytes. */
const MAX_XML_BYTES = 512 * 1024 * 1024

/** Encodings in which a byte below 0x80 is the ASCII character, so that marks can be found in the bytes. */
const ASCII_LIKE =
  /^(utf-?8|us-ascii|ascii|iso-8859-\d{1,2}|iso_8859-1|latin-?1|windows-125\d|cp125\d|koi8-[ru])$/i

/** Whether bytes begin as an XML document does, in UTF-8 or UTF-16. */
export function looksLikeXml(head: Uint8Array): boolean {
  if (!mayBeXml(head)) return false
  const { start, unit, isBigEndian } = sniff(head)
  const text = unit === 1 ? latin1(head.subarray(start)) : utf16(head.subarray(start), isBigEndian)
  return beginsWithTag(text)
}

/** Whether the first bytes are blanks, zeros of UTF-16, a byte order mark, or `<`: all other files are told at once. */
function mayBeXml(head: Uint8Array): boolean {
  for (const byte of head) {
    if (byte === 0x3c) return true
    const isBlank = byte === 0x20 || (byte >= 9 && byte <= 13) || byte === 0
    if (!isBlank && byte < 0xbb) return false
  }
  return false
}

/** The name without its prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** The value of an attribute by its name as it stands. */
export function attributeOf(attributes: readonly XmlAttribute[], name: string): string | undefined {
  return attributes.find((attribute) => attribute.name === name)?.value
}

/**
 * Reads an XML document (W3C XML 1.0) once, in constant memory: elements and text go to `sink`, what reaches out of the
 * document (entities, includes, scripts) into the view. Nothing is ever resolved or fetched. Reading ends at the first
 * fault, since no parser goes on after one.
 * @throws SallyportError what the source throws
 */
export async function readXml(
  source: ByteSource,
  options: { readonly sink?: (event: XmlEvent) => void; readonly signal?: AbortSignal | undefined } = {},
): Promise<XmlView> {
  const head = await source.read(0, 512, options.signal)
  const { start, unit, isBigEndian } = sniff(head)
  const encoding = encodingOf(head, { start, unit, isBigEndian })
  const isKnown = unit === 2 || ASCII_LIKE.test(encoding)
  const scanner = new XmlScanner({
    sink: options.sink ?? (() => {}),
    decode: unit === 2 ? (raw) => raw : decoderOf(encoding),
    bytesPerChar: unit,
    start,
  })
  const end = Math.min(source.size, MAX_XML_BYTES)
  let at = start
  for (let isLast = !isKnown; !isLast && !scanner.isOver; ) {
    const bytes = await source.read(at, Math.min(CHUNK_BYTES, end - at), options.signal)
    at += bytes.length
    isLast = at >= end || bytes.length === 0
    scanner.feed(unit === 1 ? latin1(bytes) : utf16(bytes, isBigEndian), isLast)
  }
  return {
    root: scanner.root,
    encoding,
    doctype: scanner.doctype,
    instructions: scanner.instructions,
    includes: scanner.includes,
    scripts: scanner.scripts,
    references: [...scanner.references],
    elementCount: scanner.elementCount,
    problems: [...outerProblems(encoding, isKnown, source.size), ...scanner.problems],
    readBytes: at,
  }
}

function outerProblems(encoding: string, isKnown: boolean, size: number): XmlProblem[] {
  const problems: XmlProblem[] = []
  const name = JSON.stringify(encoding.slice(0, 40))
  if (!isKnown) problems.push({ kind: 'encoding', message: `the encoding ${name} is not read`, offset: 0 })
  if (size > MAX_XML_BYTES) {
    const message = `only the first ${MAX_XML_BYTES} bytes were read`
    problems.push({ kind: 'cut', message, offset: MAX_XML_BYTES })
  }
  return problems
}

interface Shape {
  readonly start: number
  /** Bytes of a character. */
  readonly unit: 1 | 2
  readonly isBigEndian: boolean
}

function encodingOf(head: Uint8Array, { start, unit, isBigEndian }: Shape): string {
  if (unit === 2) return isBigEndian ? 'utf-16be' : 'utf-16le'
  return declaredEncoding(latin1(head.subarray(start))) ?? 'utf-8'
}

/** Byte order mark and size of a character (XML 1.0, appendix F). */
function sniff(head: Uint8Array): Shape {
  const [a, b, c] = head
  if (a === 0xef && b === 0xbb && c === 0xbf) return { start: 3, unit: 1, isBigEndian: false }
  if (a === 0xfe && b === 0xff) return { start: 2, unit: 2, isBigEndian: true }
  if (a === 0xff && b === 0xfe) return { start: 2, unit: 2, isBigEndian: false }
  if (a === 0 && b === 0x3c) return { start: 0, unit: 2, isBigEndian: true }
  if (a === 0x3c && b === 0) return { start: 0, unit: 2, isBigEndian: false }
  return { start: 0, unit: 1, isBigEndian: false }
}

function declaredEncoding(head: string): string | undefined {
  const end = head.startsWith('<?xml') ? head.indexOf('?>') : -1
  if (end < 0) return undefined
  return /\bencoding\s{0,10}=\s{0,10}["']([^"']{1,60})["']/.exec(head.slice(0, end))?.[1]
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

function utf16(bytes: Uint8Array, isBigEndian: boolean): string {
  const copy = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)))
  return (isBigEndian ? copy.swap16() : copy).toString('utf16le')
}

/** What stands between marks is one character a byte; most of it is ASCII and stays as it is. */
function decoderOf(encoding: string): (raw: string) => string {
  const isUtf8 = /^(utf-?8|us-ascii|ascii)$/i.test(encoding)
  return (raw) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test is for ASCII.
    if (!isUtf8 || /^[\x00-\x7f]*$/.test(raw)) return raw
    return Buffer.from(raw, 'latin1').toString('utf8')
  }
}
