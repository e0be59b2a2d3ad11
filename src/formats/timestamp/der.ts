/** One element of DER: where it begins, where its content begins, and where both end. */
export interface DerNode {
  readonly tag: number
  readonly start: number
  readonly contentStart: number
  readonly end: number
}

/** What is not DER, or not what was expected; turned into a Result at the room's door. */
export class DerProblem extends Error {}

/** Elements beneath one element. A response has a dozen, a long chain of certificates fewer still (CWE-770). */
const MAX_CHILDREN = 512
/** Bytes of an object identifier or an integer: serial numbers have 20, RSA signatures are octets. */
const MAX_SMALL_BYTES = 64

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** The element at an offset. Lengths must be definite and in their shortest form (X.690 section 10.1). */
function nodeAt(bytes: Uint8Array, at: number, end: number): DerNode {
  const tag = byteAt(bytes, at, end)
  if ((tag & 0x1f) === 0x1f) throw new DerProblem(`a tag of several bytes at ${at}`)
  const first = byteAt(bytes, at + 1, end)
  if (first < 0x80) return checked({ tag, start: at, contentStart: at + 2, end: at + 2 + first }, end)
  const count = first & 0x7f
  if (count === 0 || count > 4) throw new DerProblem(`a length of no definite form at ${at + 1}`)
  let length = 0
  for (let i = 0; i < count; i++) length = length * 256 + byteAt(bytes, at + 2 + i, end)
  const shortest = length < 0x80 ? 0 : Math.ceil(Math.log2(length + 1) / 8)
  if (shortest !== count) throw new DerProblem(`a length that is longer than it need be at ${at + 1}`)
  const contentStart = at + 2 + count
  return checked({ tag, start: at, contentStart, end: contentStart + length }, end)
}

/** The one element that fills the bytes. */
export function rootOf(bytes: Uint8Array, what: string): DerNode {
  const node = nodeAt(bytes, 0, bytes.length)
  if (node.end !== bytes.length) throw new DerProblem(`bytes after the end of ${what}`)
  return node
}

/** Everything directly beneath an element that must be of a tag. */
export function childrenOf(
  bytes: Uint8Array,
  node: DerNode | undefined,
  tag: number,
  what: string,
): DerNode[] {
  const parent = expectTag(node, tag, what)
  const children: DerNode[] = []
  for (let at = parent.contentStart; at < parent.end; ) {
    const child = nodeAt(bytes, at, parent.end)
    children.push(child)
    if (children.length > MAX_CHILDREN) throw new DerProblem(`more than ${MAX_CHILDREN} parts in ${what}`)
    at = child.end
  }
  return children
}

/** The element itself when it is of a tag. */
export function expectTag(node: DerNode | undefined, tag: number, what: string): DerNode {
  if (node === undefined) throw new DerProblem(`${what} is missing`)
  if (node.tag !== tag)
    throw new DerProblem(`${what} has the tag 0x${node.tag.toString(16)} at ${node.start}`)
  return node
}

/** Content of an element that must be of a tag. */
export function contentOf(
  bytes: Uint8Array,
  node: DerNode | undefined,
  tag: number,
  what: string,
): Uint8Array {
  const { contentStart, end } = expectTag(node, tag, what)
  return bytes.subarray(contentStart, end)
}

/** The element with its header. */
export function wholeOf(bytes: Uint8Array, node: DerNode): Uint8Array {
  return bytes.subarray(node.start, node.end)
}

/** An object identifier in dots. */
export function oidOf(bytes: Uint8Array, node: DerNode | undefined, what: string): string {
  const content = contentOf(bytes, node, TAG.oid, what)
  if (content.length === 0 || content.length > MAX_SMALL_BYTES)
    throw new DerProblem(`${what} is no object identifier`)
  const arcs: number[] = []
  let arc = 0
  for (const [i, byte] of content.entries()) {
    if (arc === 0 && byte === 0x80) throw new DerProblem(`${what} is no object identifier`)
    arc = arc * 128 + (byte & 0x7f)
    if (!Number.isSafeInteger(arc)) throw new DerProblem(`${what} is no object identifier`)
    if (byte < 0x80) {
      if (arcs.length === 0)
        arcs.push(Math.min(2, Math.floor(arc / 40)), arc - 40 * Math.min(2, Math.floor(arc / 40)))
      else arcs.push(arc)
      arc = 0
    } else if (i === content.length - 1) throw new DerProblem(`${what} is no object identifier`)
  }
  return arcs.join('.')
}

/** An integer as lower-case hex of its content, in the shortest form that DER demands. */
export function integerHexOf(bytes: Uint8Array, node: DerNode | undefined, what: string): string {
  const content = contentOf(bytes, node, TAG.integer, what)
  const [first = 0, second = 0] = content
  if (content.length === 0 || content.length > MAX_SMALL_BYTES) throw new DerProblem(`${what} is no integer`)
  if (content.length > 1 && (first === 0 || first === 0xff) && first >> 7 === second >> 7)
    throw new DerProblem(`${what} is an integer with needless bytes`)
  return Array.from(content, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A small integer, 0 to 2^31. */
export function smallOf(bytes: Uint8Array, node: DerNode | undefined, what: string): number {
  const hex = integerHexOf(bytes, node, what)
  const value = Number.parseInt(hex, 16)
  if (hex.length > 8 || value > 0x7fffffff) throw new DerProblem(`${what} is out of range`)
  return value
}

/** A boolean, which DER writes as 00 or FF. */
export function booleanOf(bytes: Uint8Array, node: DerNode, what: string): boolean {
  const content = contentOf(bytes, node, TAG.boolean, what)
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff))
    throw new DerProblem(`${what} is no boolean`)
  return content[0] === 0xff
}

/** UTCTime or GeneralizedTime in UTC as milliseconds since 1970 (RFC 5280 section 4.1.2.5, RFC 3161 section 2.4.2). */
export function timeOf(bytes: Uint8Array, node: DerNode | undefined, what: string): number {
  if (node === undefined) throw new DerProblem(`${what} is missing`)
  const text = String.fromCharCode(
    ...bytes.subarray(node.contentStart, Math.min(node.end, node.contentStart + 40)),
  )
  const form =
    node.tag === TAG.utcTime
      ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
      : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{0,8}[1-9]))?Z$/
  if (node.tag !== TAG.utcTime && node.tag !== TAG.generalizedTime) throw new DerProblem(`${what} is no time`)
  const [, year = '', month, day, hour, minute, second, fraction = ''] = form.exec(text) ?? []
  const full = node.tag === TAG.utcTime ? `${Number(year) < 50 ? '20' : '19'}${year}` : year
  const iso = `${full}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`
  const ms = Date.parse(iso)
  // A calendar has no 31 February; Date would roll it over.
  if (!Number.isFinite(ms) || new Date(ms).toISOString() !== iso) throw new DerProblem(`${what} is no time`)
  return ms
}

function byteAt(bytes: Uint8Array, at: number, end: number): number {
  const byte = at < end ? bytes[at] : undefined
  if (byte === undefined) throw new DerProblem(`the end comes too early at ${at}`)
  return byte
}

function checked(node: DerNode, end: number): DerNode {
  if (node.end > end) throw new DerProblem(`an element at ${node.start} reaches beyond its parent`)
  return node
}
