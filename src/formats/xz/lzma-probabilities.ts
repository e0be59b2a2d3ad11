/** Half of a probability of 11 bits: nothing is known yet. */
const EVEN = 1024

/** Probabilities of bits, all even. */
export function evenProbs(size: number): Uint16Array {
  return new Uint16Array(size).fill(EVEN)
}

/** Lengths of matches: a choice, and trees of 8, 8 and 256 lengths. */
export interface LengthCoder {
  readonly choice: Uint16Array
  readonly low: Uint16Array
  readonly mid: Uint16Array
  readonly high: Uint16Array
}

/** A coder that knows nothing yet. */
export function makeLengthCoder(): LengthCoder {
  return { choice: evenProbs(2), low: evenProbs(16 * 8), mid: evenProbs(16 * 8), high: evenProbs(256) }
}
