/** A code as a table: the next `bits` bits of the stream are the index; an entry is symbol × 16 + length, 0 when unused. */
export interface HuffmanTable {
  readonly bits: number
  readonly entries: Uint16Array
}

/** Bits of the longest code. RFC 1951 section 3.2.7. */
const MAX_BITS = 15

/** The canonical code of RFC 1951 section 3.2.2, or undefined when more codes are wanted than there are. */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: the three steps of RFC 1951 section 3.2.2, one after another
export function makeHuffman(lengths: Uint8Array): HuffmanTable | undefined {
  const counts = new Uint16Array(MAX_BITS + 1)
  let bits = 1
  for (const length of lengths) {
    counts[length] = (counts[length] ?? 0) + 1
    if (length > bits) bits = length
  }
  counts[0] = 0
  const next = new Uint16Array(MAX_BITS + 2)
  let left = 1
  for (let length = 1; length <= MAX_BITS; length++) {
    left = 2 * left - (counts[length] ?? 0)
    if (left < 0) return undefined
    next[length + 1] = ((next[length] ?? 0) + (counts[length] ?? 0)) << 1
  }
  const entries = new Uint16Array(1 << bits)
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] ?? 0
    if (length === 0) continue
    const code = next[length] ?? 0
    next[length] = code + 1
    for (let at = reverse(code, length); at < entries.length; at += 1 << length)
      entries[at] = symbol * 16 + length
  }
  return { bits, entries }
}

/** Codes stand in the stream with their first bit lowest. */
function reverse(code: number, length: number): number {
  let turned = 0
  for (let i = 0; i < length; i++) turned |= ((code >> i) & 1) << (length - 1 - i)
  return turned
}
