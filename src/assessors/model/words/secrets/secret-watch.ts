import { findSecrets } from './find-secrets.ts'
import { mask } from './randomness.ts'
import { isTelling } from './telling-text.ts'

/** A secret in a stream of texts. */
export interface SecretSeen {
  readonly name: string
  /** Its first characters and its length. */
  readonly shown: string
  /** Of the opcode that makes the text. */
  readonly offset: number
}

/** Texts before and behind one that are looked at with it: the two halves of a pair of keys stand beside each other in a dict. */
const NEIGHBOURS = 6
/** Characters of a neighbour; keys and the secrets that belong to an id are shorter. */
const MAX_NEIGHBOUR = 200
/** Characters that are looked at together. A row of telling texts is cut here, so that memory does not grow with the file. */
const MAX_PASSAGE = 512 * 1024
/** Secrets of one file that are told of. */
const MAX_SEEN = 20

interface Part {
  readonly text: string
  readonly offset: number
}

/** Looks for secrets in the texts that a stream makes, one after the other, in bounded memory. */
export class SecretWatch {
  readonly #seen = new Map<string, SecretSeen>()
  /** The last texts, then a telling one and those behind it. */
  #passage: Part[] = []
  #size = 0
  /** Texts that the passage still takes; 0 when nothing telling was met. */
  #left = 0

  /** Takes a text of the stream; `offset` is that of its opcode. */
  readonly take = (text: string, offset: number): void => {
    if (isTelling(text)) {
      if (this.#size > MAX_PASSAGE) this.#close()
      this.#left = NEIGHBOURS
      this.#size += text.length
      this.#passage.push({ text, offset })
      return
    }
    if (text.length <= MAX_NEIGHBOUR) this.#passage.push({ text, offset })
    if (this.#left > 0) {
      this.#left -= 1
      if (this.#left === 0) this.#close()
    } else if (this.#passage.length > NEIGHBOURS) this.#passage.shift()
  }

  /** What was found so far. */
  seen(): readonly SecretSeen[] {
    if (this.#left > 0) this.#close()
    return [...this.#seen.values()]
  }

  #close(): void {
    const parts = this.#passage
    this.#passage = parts.slice(-NEIGHBOURS)
    this.#size = 0
    this.#left = 0
    if (this.#seen.size >= MAX_SEEN) return
    const starts: number[] = []
    let length = 0
    for (const { text } of parts) {
      starts.push(length)
      length += text.length + 1
    }
    for (const { name, secret, at } of findSecrets(parts.map(({ text }) => text).join('\n'))) {
      const part = parts[starts.findLastIndex((start) => start <= at)]
      const key = `${name}\0${secret}\0${part?.offset}`
      if (this.#seen.size < MAX_SEEN && part !== undefined)
        this.#seen.set(key, { name, shown: mask(secret), offset: part.offset })
    }
  }
}
