import type { Unpacking } from '../../ground/lang/index.ts'

/** A filter in front of the packing that makes code or samples pack better. */
export type SevenZipFilter = 'x86' | 'delta'

/** Undoes a filter over a stream of pieces. */
export async function* undoFilter(
  inner: Unpacking,
  filter: SevenZipFilter,
  properties: Uint8Array,
): Unpacking {
  const distance = (properties[0] ?? 0) + 1
  const undo = filter === 'x86' ? new X86Filter() : new DeltaFilter(distance)
  let kept: Uint8Array = new Uint8Array(0)
  let step = await inner.next()
  for (; step.done !== true; step = await inner.next()) {
    const bytes = new Uint8Array(kept.length + step.value.length)
    bytes.set(kept)
    bytes.set(step.value, kept.length)
    const done = undo.run(bytes)
    if (done > 0) yield bytes.subarray(0, done)
    kept = bytes.slice(done)
  }
  if (kept.length > 0) yield kept
  return step.value
}

/** Each byte was stored as the difference to the one some bytes before. */
class DeltaFilter {
  readonly #history: Uint8Array
  #at = 0

  constructor(distance: number) {
    this.#history = new Uint8Array(distance)
  }

  run(bytes: Uint8Array): number {
    const history = this.#history
    for (let i = 0; i < bytes.length; i++) {
      const value = ((bytes[i] ?? 0) + (history[this.#at] ?? 0)) & 0xff
      bytes[i] = value
      history[this.#at] = value
      this.#at = this.#at + 1 === history.length ? 0 : this.#at + 1
    }
    return bytes.length
  }
}

/** Bytes that a call or jump of x86 takes: its opcode and a distance of 32 bits. */
const CALL_BYTES = 5
/** By the last three bytes that looked like opcodes: whether a call may follow, and how many bits they spoil. */
const MAY_FOLLOW = [true, true, true, false, true, false, false, false]
const SPOILED = [0, 1, 2, 2, 3, 3, 3, 3]

/** Targets of calls and jumps of x86 were made absolute (BCJ, xz-file-format.txt 5.3.2 and the LZMA SDK). */
class X86Filter {
  #position = 0
  #mask = 0
  #last = -CALL_BYTES

  /** Changes what is sure, and says how many bytes that is. */
  run(bytes: Uint8Array): number {
    let at = 0
    while (at + CALL_BYTES <= bytes.length) {
      if (((bytes[at] ?? 0) & 0xfe) !== 0xe8) {
        at += 1
        continue
      }
      const offset = this.#position + at - this.#last
      this.#last = this.#position + at
      if (offset > CALL_BYTES) this.#mask = 0
      else for (let i = 0; i < offset; i++) this.#mask = (this.#mask & 0x77) << 1
      at += this.#turn(bytes, at)
    }
    this.#position += at
    return at
  }

  #turn(bytes: Uint8Array, at: number): number {
    const top = bytes[at + 4] ?? 0
    const isFar = top === 0 || top === 0xff
    const mask = this.#mask
    if (!isFar || MAY_FOLLOW[(mask >> 1) & 7] !== true || mask >> 1 >= 0x10) {
      this.#mask |= isFar ? 0x11 : 1
      return 1
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, CALL_BYTES)
    let source = view.getUint32(1, true)
    let target = 0
    for (;;) {
      target = (source - (this.#position + at + CALL_BYTES)) >>> 0
      if (mask === 0) break
      const bits = 8 * (SPOILED[mask >> 1] ?? 0)
      const byte = (target >>> (24 - bits)) & 0xff
      if (byte !== 0 && byte !== 0xff) break
      source = (target ^ (2 ** (32 - bits) - 1)) >>> 0
    }
    view.setUint32(1, ((target & 0x00ff_ffff) | (target & 0x0100_0000 ? 0xff00_0000 : 0)) >>> 0, true)
    this.#mask = 0
    return CALL_BYTES
  }
}
