import { SECRET_KINDS } from './secret-kinds.ts'

/** Characters of the shortest secret that is known: a password in an address. */
const LEAST_SECRET = 16

/** The forms of all kinds in one expression, without the proofs: one pass says whether {@link findSecrets} has anything to do. */
const FORMS = new RegExp([...new Set(SECRET_KINDS.map(({ pattern }) => pattern.source))].join('|'))

/** Bytes of an anchor that are compared before a text is decoded. */
const HEAD = 3
const { pairs, heads } = tableOf(SECRET_KINDS.flatMap(({ anchor }) => wordsOf(anchor)))

/** Whether a text has the form of a secret somewhere. */
export function isTelling(text: string): boolean {
  return text.length >= LEAST_SECRET && FORMS.test(text)
}

/** The same of bytes from `start` to `end`, at the cost of one look-up a byte where none of the anchors stands. */
export function isTellingBytes(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < LEAST_SECRET) return false
  let before = bytes[start] ?? 0
  for (let i = start + 1; i < end; i++) {
    const byte = bytes[i] ?? 0
    const pair = (before << 8) | byte
    if (pairs[pair] === 1 && heads.has((pair << 8) | (bytes[i + 1] ?? 0)))
      return isTelling(Buffer.from(bytes.subarray(start, end)).toString('latin1'))
    before = byte
  }
  return false
}

/** The texts that an anchor stands for: characters, classes and alternatives of characters. */
export function wordsOf(anchor: string): readonly string[] {
  let words = ['']
  for (const [, some, either, escaped, char] of anchor.matchAll(/\[([^\]]+)\]|\(\?:([^)]+)\)|\\(.)|(.)/g)) {
    const next = some !== undefined ? [...some] : (either?.split('|') ?? [escaped ?? char ?? ''])
    words = words.flatMap((word) => next.map((part) => word + part))
  }
  return words
}

function tableOf(words: readonly string[]): { pairs: Uint8Array; heads: ReadonlySet<number> } {
  const table = { pairs: new Uint8Array(0x1_0000), heads: new Set<number>() }
  for (const word of words) {
    const bytes = Buffer.from(word, 'latin1')
    table.pairs[bytes.readUInt16BE(0)] = 1
    table.heads.add(bytes.readUIntBE(0, HEAD))
  }
  return table
}
