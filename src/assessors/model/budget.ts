/** One budget for a file and everything inside it, however it is nested. Counted down by all who work on it. */
export interface Budget {
  /** Bytes that unpacking may still make, counted as zlib makes them: slower formats count a byte several times. */
  inflateLeft: number
  /** Bytes that came out of packed streams so far, each once. */
  unpackedBytes: number
  /** Members that may still be opened. */
  membersLeft: number
  /** Opcodes of pickles that may still run. */
  readonly steps: { left: number }
}

/** Bytes unpacked in all, some seconds of work; memory does not grow with it. What is larger is not decided. */
const MAX_INFLATED_BYTES = 2 * 1024 * 1024 * 1024
/** Levels of containers in containers. */
export const MAX_DEPTH = 8

/** A fresh budget. Steps: a second of opcodes on a slow machine is about two million; real pickles stay far below 20 million. */
export function makeBudget(): Budget {
  return {
    inflateLeft: MAX_INFLATED_BYTES,
    unpackedBytes: 0,
    membersLeft: 100_000,
    steps: { left: 20_000_000 },
  }
}
