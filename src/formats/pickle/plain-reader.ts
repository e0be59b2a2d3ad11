import { type JudgeName, PlainNames } from './plain-names.ts'
import { PLAIN_OPCODES } from './plain-opcodes.ts'
import { MAX_PLAIN_BYTES, PlainState, TUPLE, UNSET } from './plain-state.ts'

const STOP = 0x2e
const BINFLOAT = 0x47
/** Bytes of a BINFLOAT, the opcode itself among them. */
const FLOAT_BYTES = 9

/** What makes a stream more than plain. */
interface PlainLimits {
  readonly judge: JudgeName
  /** Texts, each beginning with `_`, that change what a state does. */
  readonly words: readonly string[]
}

/**
 * Tells at once of small streams whether the machine (see `runPickle`) would find nothing to say: one stream from the first
 * byte to the last, of opcodes that make values, with only imports and calls that `judge` takes for ordinary. It keeps the kinds
 * of values, not the values, and says no wherever it would have to know more. Its time is bounded by the bytes: no clock is needed.
 */
export class PlainReader {
  readonly #state: PlainState

  constructor({ judge, words }: PlainLimits) {
    this.#state = new PlainState(new PlainNames(judge), words)
  }

  isPlain(bytes: Uint8Array): boolean {
    if (bytes.length > MAX_PLAIN_BYTES || bytes[0] !== 0x80) return false
    const state = this.#state
    state.begin(bytes)
    while (state.at < bytes.length) {
      const code = bytes[state.at] ?? 0
      if (code === STOP) return isWhole(state)
      if (code === BINFLOAT) takeFloats(state)
      else {
        state.at += 1
        if (PLAIN_OPCODES[code]?.(state) !== true) return false
      }
      if (state.at < state.frameEnd) continue
      if (state.at > state.frameEnd) return false
      state.frameEnd = Number.POSITIVE_INFINITY
    }
    return false
  }
}

/** The stream is the whole file. A tuple at its root may be bytecode of TorchScript, whose names count. */
function isWhole(state: PlainState): boolean {
  const root = state.pop()
  return state.at + 1 === state.bytes.length && root !== UNSET && root !== TUPLE
}

/** Weights are long runs of one opcode. One that is cut ends behind the file, where the reader sees it. */
function takeFloats(state: PlainState): void {
  const { bytes } = state
  const start = state.at
  let at = start
  while (bytes[at] === BINFLOAT) at += FLOAT_BYTES
  state.at = at
  state.pushAtoms((at - start) / FLOAT_BYTES)
}
