import { mayHideBytes, mayHideText } from './hidden-start.ts'

const UNDERSCORE = 0x5f

/** Tells of the bytes from `start` to `end` whether somebody has to look at them as a text. */
export type IsTelling = (bytes: Uint8Array, start: number, end: number) => boolean

/** Knows texts and bytes of which the machine would have to say more. */
export class PlainTexts {
  /** By their length. */
  readonly #words: readonly (readonly Uint8Array[])[]

  readonly #isTelling: IsTelling

  /**
   * @param words texts, each beginning with `_`, that change what a state does
   * @param isTelling whether there is more to say of a text than what it does
   */
  constructor(words: readonly string[], isTelling: IsTelling) {
    this.#isTelling = isTelling
    const byLength: Uint8Array[][] = []
    for (const word of words) {
      const bytes = Uint8Array.from(Buffer.from(word))
      byLength[bytes.length] ??= []
      byLength[bytes.length]?.push(bytes)
    }
    this.#words = Array.from(byLength, (some) => some ?? [])
  }

  /** A text that begins like something else is decided by the machine, and so is a word that changes what a state does. */
  isPlainText(bytes: Uint8Array, start: number, length: number): boolean {
    if (this.#isTelling(bytes, start, start + length)) return false
    const first = bytes[start]
    if (first === UNDERSCORE) return !this.#isWord(bytes, start, length)
    const second = bytes[start + 1]
    // `gA` of base64, `80` of hex, and the two bytes that UTF-8 makes of 0x80.
    if (first === 0x67) return second !== 0x41 || !hides(bytes, start, length)
    if (first === 0x38) return second !== 0x30 || !hides(bytes, start, length)
    return first !== 0xc2 || second !== 0x80 || !hides(bytes, start, length)
  }

  /** Whether bytes are only data: only few first bytes can begin a pickle. */
  isPlainData(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#isTelling(bytes, start, end)) return false
    switch (bytes[start]) {
      case 0x80:
      case 0x63:
      case 0x28:
      case 0x67:
      case 0x38:
        return !mayHideBytes(bytes.subarray(start, end))
      default:
        return true
    }
  }

  #isWord(bytes: Uint8Array, start: number, length: number): boolean {
    const some = this.#words[length]
    if (some === undefined) return false
    for (const word of some) {
      let same = 0
      while (same < length && word[same] === bytes[start + same]) same++
      if (same === length) return true
    }
    return false
  }
}

function hides(bytes: Uint8Array, start: number, length: number): boolean {
  return mayHideText(Buffer.from(bytes.subarray(start, start + length)).toString('utf8'))
}
