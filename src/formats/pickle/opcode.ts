import type { Machine } from './machine.ts'

/** What an opcode reads from the stream after its own byte. */
export interface OpArguments {
  /** Fixed bytes; a view that the next opcode overwrites. */
  fixed: DataView
  /** Lines without their line feed. */
  first: Uint8Array
  /** Bytes of the first line in all, kept or not. */
  firstLength: number
  second: Uint8Array
  /** The part of the payload that is kept, its place and its whole length. */
  payload: Uint8Array
  /** The same with what is looked at now and not kept: much is kept of few texts, and little of each of very many. */
  seen: Uint8Array
  payloadOffset: number
  payloadLength: number
}

/** One opcode: what it reads, and what it does. `run` gives the reason when loading would break here. */
export interface Opcode {
  readonly name: string
  readonly fixedBytes: number
  readonly lines: 0 | 1 | 2
  /** Width of the length of a payload, which stands in the fixed bytes. */
  readonly payload?: 1 | 4 | 8 | undefined
  /** The length is a signed number; a negative one breaks the stream. */
  readonly isSigned?: boolean | undefined
  readonly run: (machine: Machine, args: OpArguments) => string | undefined
}

/** An opcode with fixed arguments. */
export function plain(name: string, fixedBytes: number, run: Opcode['run']): Opcode {
  return { name, fixedBytes, lines: 0, run }
}

/** An opcode followed by one or two lines of text. */
export function lined(name: string, lines: 1 | 2, run: Opcode['run']): Opcode {
  return { name, fixedBytes: 0, lines, run }
}

/** An opcode followed by a length and as many bytes. */
export function loaded(name: string, payload: 1 | 4 | 8, run: Opcode['run'], isSigned = false): Opcode {
  return { name, fixedBytes: payload, lines: 0, payload, isSigned, run }
}

/** Bytes that follow an opcode's length field. Undefined when it is negative. Lengths beyond 2^53 are cut there: no source is longer. */
export function payloadLength(opcode: Opcode, fixed: DataView): number | undefined {
  if (opcode.payload === 1) return fixed.getUint8(0)
  if (opcode.payload === 8) return Number(fixed.getBigUint64(0, true))
  const length = opcode.isSigned ? fixed.getInt32(0, true) : fixed.getUint32(0, true)
  return length < 0 ? undefined : length
}
