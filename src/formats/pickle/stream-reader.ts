import { CONTAINER_OPCODES } from './container-opcodes.ts'
import { LITERAL_OPCODES } from './literal-opcodes.ts'
import { type Machine, TRAIL } from './machine.ts'
import { OBJECT_OPCODES } from './object-opcodes.ts'
import { type OpArguments, type Opcode, payloadLength } from './opcode.ts'
import { floatValue, KEPT_BYTES, type Value } from './value.ts'
import type { Window } from './window.ts'

/** Bytes of one line. A protocol 0 array is one line; beyond this it is skipped, not kept. */
const READ_AHEAD = 32 * 1024
const STOP = 0x2e
const FRAME = 0x95
const BUILD = 0x62
const BINFLOAT = 0x47
/** Bytes of a BINFLOAT, the opcode itself among them. */
const FLOAT_BYTES = 9

const table = new Map<number, Opcode>([...LITERAL_OPCODES, ...CONTAINER_OPCODES, ...OBJECT_OPCODES])
const OPCODES: readonly (Opcode | undefined)[] = Array.from({ length: 256 }, (_, code) => table.get(code))

/** Why reading paused. `built`: a BUILD was run, and what it built may read on from the file by itself (joblib). */
export type Pause =
  | { readonly kind: 'stop'; readonly value: Value | undefined }
  | { readonly kind: 'built'; readonly value: Value }
  | { readonly kind: 'broken'; readonly offset: number; readonly reason: string }
  | { readonly kind: 'steps' }

/** An argument that crosses the end of a frame: bytes `from` to `to` are dropped by a loader that reads from a file. */
export interface Crossing {
  readonly from: number
  readonly to: number
  /** Which FRAME of the stream it is, from 1. */
  readonly frame: number
}

/** Runs the opcodes of one stream over a window. Steps are shared with whoever made the counter. */
export class StreamReader {
  readonly #machine: Machine
  readonly #window: Window
  readonly #steps: { left: number }
  /** Frames whose end is no boundary: what they drop was taken out of the source. */
  readonly #openFrames: number
  #frames = 0
  #frameEnd = Number.POSITIVE_INFINITY
  /** Modules/_pickle.c breaks where a frame is longer than the source; Lib/pickle.py reads on. */
  #shortFrame: Pause | undefined
  /** The first argument that crosses the end of a frame. */
  crossing: Crossing | undefined
  readonly #args: OpArguments = {
    fixed: new DataView(new ArrayBuffer(8)),
    first: new Uint8Array(0),
    firstLength: 0,
    second: new Uint8Array(0),
    payload: new Uint8Array(0),
    seen: new Uint8Array(0),
    payloadOffset: 0,
    payloadLength: 0,
  }

  constructor(machine: Machine, window: Window, limits: { steps: { left: number }; openFrames: number }) {
    this.#machine = machine
    this.#window = window
    this.#steps = limits.steps
    this.#openFrames = limits.openFrames
  }

  /** Reads on until something other than an opcode decides. */
  async run(): Promise<Pause> {
    for (;;) {
      await this.#window.fill(READ_AHEAD)
      const pause = this.#runReady()
      if (pause !== undefined) return pause
      const slow = await this.#runSlow()
      if (slow !== undefined) return slow
    }
  }

  /** Runs opcodes whose bytes are all ready. Undefined when one is not. */
  #runReady(): Pause | undefined {
    const window = this.#window
    while (window.ready > 0) {
      if (this.#steps.left <= 0) return { kind: 'steps' }
      const code = window.peek(0)
      if (code === STOP) return this.#stop()
      if (code === BINFLOAT && this.#runFloats()) continue
      const outcome = code === FRAME ? this.#frame() : this.#runOne(code)
      if (outcome === 'wait') return undefined
      if (outcome !== undefined) return outcome
    }
    return undefined
  }

  /** Weights are long runs of one opcode: those that end inside window and frame are taken in one go. False when there is none. */
  #runFloats(): boolean {
    const window = this.#window
    const start = window.offset
    const most = Math.min(this.#steps.left, window.ready, this.#frameEnd - 1 - start)
    let length = 0
    while (length + FLOAT_BYTES <= most && window.peek(length) === BINFLOAT) {
      // A stack that is full is said of the opcode that does not fit, by the ordinary way.
      if (this.#machine.push(floatValue(window.float(length + 1))) !== undefined) break
      length += FLOAT_BYTES
    }
    if (length === 0) return false
    for (let at = Math.max(0, length - TRAIL * FLOAT_BYTES); at < length; at += FLOAT_BYTES)
      this.#machine.enter(start + at, 'BINFLOAT')
    this.#steps.left -= length / FLOAT_BYTES
    window.skip(length)
    return true
  }

  #runOne(code: number): Pause | 'wait' | undefined {
    const opcode = OPCODES[code]
    if (opcode === undefined) return this.#broken(`0x${code.toString(16).padStart(2, '0')} is no opcode`)
    return this.#takeReady(opcode) ? this.#perform(opcode, code) : 'wait'
  }

  #stop(): Pause {
    this.#machine.enter(this.#window.offset, 'STOP')
    const value = this.#machine.pop()
    if (value === undefined) return this.#broken('STOP without a value on the stack')
    this.#window.skip(1)
    return this.#shortFrame ?? { kind: 'stop', value }
  }

  /**
   * CPython's C unpickler asks only that the frame's bytes be there; opcodes may cross its end. From bytes it then reads
   * on; from a file it drops what is left of the frame before the argument that crosses (_Unpickler_ReadFromFile).
   */
  #frame(): Pause | 'wait' | undefined {
    if (this.#window.ready < 9) return 'wait'
    this.#machine.enter(this.#window.offset, 'FRAME')
    const head = this.#window.view(1, 8)
    const length = new DataView(head.buffer, head.byteOffset, 8).getBigUint64(0, true)
    const isOpen = ++this.#frames <= this.#openFrames
    if (!isOpen && length > BigInt(this.#window.left - 9))
      this.#shortFrame ??= this.#broken(`a FRAME of ${length} bytes goes beyond the end`)
    this.#steps.left -= 1
    this.#window.skip(9)
    if (isOpen) return undefined
    const end = this.#window.offset + Number(length)
    if (this.#window.offset < this.#frameEnd && this.#frameEnd < end)
      this.#cross(this.#window.offset, this.#frameEnd)
    this.#frameEnd = end
    return undefined
  }

  /** What is left of the frame that is being read. */
  restOfFrame(): Crossing | undefined {
    const from = this.#window.offset
    const to = this.#frameEnd
    return from < to && Number.isFinite(to) ? { from, to, frame: this.#frames } : undefined
  }

  #cross(from: number, to: number): void {
    if (from < to) this.crossing ??= { from, to, frame: this.#frames }
    this.#frameEnd = Number.POSITIVE_INFINITY
  }

  /** The opcode just read ends at or after the end of its frame. */
  #leaveFrame(opcode: Opcode): void {
    const end = this.#frameEnd
    const start = this.#machine.offset + 1
    if (this.#window.offset === end) this.#frameEnd = Number.POSITIVE_INFINITY
    else if (opcode.lines > 0) {
      const second = start + this.#args.firstLength + 1
      this.#cross(second > end ? start : second, end)
    } else this.#cross(start + opcode.fixedBytes > end ? start : start + opcode.fixedBytes, end)
  }

  #perform(opcode: Opcode, code: number): Pause | undefined {
    this.#steps.left -= 1
    if (this.#window.offset >= this.#frameEnd) this.#leaveFrame(opcode)
    const problem = opcode.run(this.#machine, this.#args)
    if (problem !== undefined) return this.#brokenAt(this.#machine.offset, problem)
    if (code !== BUILD) return undefined
    const value = this.#machine.top()
    return value?.kind === 'call' ? { kind: 'built', value } : undefined
  }

  /** Fills in the arguments when all are ready, and moves past the opcode. */
  #takeReady(opcode: Opcode): boolean {
    const window = this.#window
    if (opcode.lines > 0) return this.#takeLines(opcode)
    if (window.ready < 1 + opcode.fixedBytes) return false
    const offset = window.offset
    const args = this.#args
    let size = 1 + opcode.fixedBytes
    if (opcode.fixedBytes > 0) copyFixed(window, opcode.fixedBytes, args.fixed)
    if (opcode.payload !== undefined) {
      const length = payloadLength(opcode, args.fixed)
      if (length === undefined || window.ready < size + length) return false
      args.payloadOffset = offset + size
      args.payloadLength = length
      const kept = this.#machine.allowance(length, KEPT_BYTES)
      args.payload = window.view(size, kept)
      args.seen = kept === length ? args.payload : window.view(size, Math.min(length, KEPT_BYTES))
      size += length
    }
    this.#machine.enter(offset, opcode.name)
    window.skip(size)
    return true
  }

  #takeLines(opcode: Opcode): boolean {
    const window = this.#window
    const length = window.lineLength(1)
    if (length < 0) return false
    const second = opcode.lines === 2 ? window.lineLength(2 + length) : 0
    if (second < 0) return false
    this.#args.first = window.view(1, length)
    this.#args.firstLength = length
    if (opcode.lines === 2) this.#args.second = window.view(2 + length, second)
    this.#machine.enter(window.offset, opcode.name)
    window.skip(2 + length + (opcode.lines === 2 ? 1 + second : 0))
    return true
  }

  /** One opcode that reaches beyond what is ready: a long payload, a long line, or the end of the source. */
  async #runSlow(): Promise<Pause | undefined> {
    const window = this.#window
    if (window.left === 0) return this.#broken('the stream ends without STOP')
    const code = window.peek(0)
    await window.fill(READ_AHEAD)
    const opcode = OPCODES[code]
    if (code === FRAME || opcode === undefined) return this.#endsInside(9, 'FRAME')
    if (opcode.lines > 0) return this.#runLongLines(opcode, code)
    if (window.left < 1 + opcode.fixedBytes) return this.#broken(`the stream ends inside ${opcode.name}`)
    if (opcode.payload === undefined) return undefined
    return this.#runLongPayload(opcode, code)
  }

  #endsInside(size: number, name: string): Pause | undefined {
    return this.#window.left < size ? this.#broken(`the stream ends inside ${name}`) : undefined
  }

  async #runLongPayload(opcode: Opcode, code: number): Promise<Pause | undefined> {
    const window = this.#window
    const start = window.offset
    copyFixed(window, opcode.fixedBytes, this.#args.fixed)
    const length = payloadLength(opcode, this.#args.fixed)
    if (length === undefined) return this.#broken(`the length of ${opcode.name} is negative`)
    if (length > window.left - 1 - opcode.fixedBytes)
      return this.#broken(
        `${opcode.name} wants ${length} bytes, and ${window.left - 1 - opcode.fixedBytes} are left`,
      )
    const kept = this.#machine.allowance(length, KEPT_BYTES)
    this.#machine.enter(start, opcode.name)
    window.skip(1 + opcode.fixedBytes)
    const seen = Math.min(length, KEPT_BYTES)
    await window.fill(seen)
    this.#args.payloadOffset = window.offset
    this.#args.payloadLength = length
    this.#args.payload = window.view(0, kept)
    this.#args.seen = seen === kept ? this.#args.payload : window.view(0, seen)
    window.skip(length)
    return this.#perform(opcode, code)
  }

  async #runLongLines(opcode: Opcode, code: number): Promise<Pause | undefined> {
    const start = this.#window.offset
    this.#machine.enter(start, opcode.name)
    const window = this.#window
    window.skip(1)
    const first = await this.#readLongLine()
    this.#args.firstLength = window.offset - start - 2
    const second = opcode.lines === 2 ? await this.#readLongLine() : undefined
    if (first === undefined) return this.#brokenAt(start, `the stream ends inside ${opcode.name}`)
    this.#args.first = first
    this.#args.second = second ?? new Uint8Array(0)
    return this.#perform(opcode, code)
  }

  /** A line of any length; what is beyond the kept bytes is read to find its end, and dropped. */
  async #readLongLine(): Promise<Uint8Array | undefined> {
    const window = this.#window
    const kept: Uint8Array[] = []
    let keptBytes = 0
    while (window.left > 0) {
      await window.fill(READ_AHEAD)
      const length = window.lineLength(0)
      const take = length < 0 ? window.ready : length
      if (keptBytes < KEPT_BYTES) kept.push(window.view(0, take).slice())
      keptBytes += take
      window.skip(length < 0 ? take : take + 1)
      if (length >= 0) return Buffer.concat(kept)
    }
    // Lib/pickle.py takes the last byte off a line, whether it is a line feed or not.
    return keptBytes > 0 ? Buffer.concat(kept).subarray(0, -1) : undefined
  }

  #broken(reason: string): Pause {
    return this.#brokenAt(this.#window.offset, reason)
  }

  #brokenAt(offset: number, reason: string): Pause {
    return { kind: 'broken', offset, reason }
  }
}

function copyFixed(window: Window, length: number, into: DataView): void {
  for (let i = 0; i < length; i++) into.setUint8(i, window.peek(1 + i))
}
