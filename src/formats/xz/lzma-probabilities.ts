/** Half of a probability of 11 bits: nothing is known yet. */
const EVEN = 1024

/** Probabilities of bits, all even. */
function evenProbs(size: number): Uint16Array {
  return new Uint16Array(size).fill(EVEN)
}

/** Lengths of matches: a choice, and trees of 8, 8 and 256 lengths. */
export interface LengthCoder {
  readonly choice: Uint16Array
  readonly low: Uint16Array
  readonly mid: Uint16Array
  readonly high: Uint16Array
}

function makeLengthCoder(): LengthCoder {
  return { choice: evenProbs(2), low: evenProbs(16 * 8), mid: evenProbs(16 * 8), high: evenProbs(256) }
}

/** All that an LZMA decoder has learned of its stream. */
export interface LzmaModel {
  readonly literals: Uint16Array
  readonly isMatch: Uint16Array
  readonly isRep: Uint16Array
  readonly isRep0Long: Uint16Array
  readonly slots: Uint16Array
  readonly special: Uint16Array
  readonly align: Uint16Array
  readonly lengths: LengthCoder
  readonly repLengths: LengthCoder
}

/** A model that has learned nothing; `literalBits` is lc + lp. */
export function makeModel(literalBits: number): LzmaModel {
  return {
    literals: evenProbs(0x300 << literalBits),
    isMatch: evenProbs(12 * 16),
    isRep: evenProbs(4 * 12),
    isRep0Long: evenProbs(12 * 16),
    slots: evenProbs(4 * 64),
    special: evenProbs(128),
    align: evenProbs(16),
    lengths: makeLengthCoder(),
    repLengths: makeLengthCoder(),
  }
}
