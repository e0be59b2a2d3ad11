import { mayHideBytes, mayHideText } from './hidden-start.ts'
import {
  ATOM,
  CALLABLE,
  DICT,
  LIST,
  MADE,
  MAKEABLE,
  type PlainState,
  SET,
  TUPLE,
  UNSET,
} from './plain-state.ts'

/** Does to the state what an opcode does, and moves past its arguments. False when the stream is not plain, or may be broken. */
type PlainOpcode = (state: PlainState) => boolean

const LINE_END = 10

function uint32(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
  return low + (bytes[at + 3] ?? 0) * 0x100_0000
}

function atom(argumentBytes: number): PlainOpcode {
  return (state) => {
    state.at += argumentBytes
    return state.push(ATOM)
  }
}

/** The length of a payload, and moves to its first byte. */
function lengthOf(state: PlainState, width: 1 | 4 | 8): number {
  const { bytes, at } = state
  state.at += width
  if (width === 1) return bytes[at] ?? 0
  const low = uint32(bytes, at)
  return width === 4 ? low : low + uint32(bytes, at + 4) * 0x1_0000_0000
}

/** A text that begins like something else is decided by the machine, and so is a word that changes what a state does. */
function isPlainText({ bytes, words }: PlainState, start: number, length: number): boolean {
  const first = bytes[start]
  if (first === 0xc2 || first === 0x67 || first === 0x38)
    return !mayHideText(Buffer.from(bytes.subarray(start, start + length)).toString('utf8'))
  if (first !== 0x5f) return true
  const text = bytes.subarray(start, start + length)
  return words.get(length)?.some((word) => Buffer.compare(word, text) === 0) !== true
}

function text(width: 1 | 4 | 8): PlainOpcode {
  return (state) => {
    const length = lengthOf(state, width)
    const start = state.at
    state.at += length
    return (
      state.at <= state.bytes.length && isPlainText(state, start, length) && state.pushText(start, length)
    )
  }
}

function binary(width: 1 | 4 | 8): PlainOpcode {
  return (state) => {
    const length = lengthOf(state, width)
    const start = state.at
    state.at += length
    if (state.at > state.bytes.length || mayHideBytes(state.bytes.subarray(start, state.at))) return false
    return state.push(ATOM)
  }
}

function fixedTuple(length: number): PlainOpcode {
  return (state) => {
    for (let i = 0; i < length; i++) if (state.pop() === UNSET) return false
    return state.push(TUPLE)
  }
}

function marked(kind: number): PlainOpcode {
  return (state) => state.popMark() >= 0 && state.push(kind)
}

function isHolder(kind: number): boolean {
  return kind === LIST || kind === SET
}

/** What a call made may be a dict by its class, such as OrderedDict. */
function isMapping(kind: number): boolean {
  return kind === DICT || kind === MADE
}

const addAll: PlainOpcode = (state) => state.popMark() >= 0 && isHolder(state.top())
const setAll: PlainOpcode = (state) => {
  const count = state.popMark()
  return count >= 0 && count % 2 === 0 && isMapping(state.top())
}
const dict: PlainOpcode = (state) => {
  const count = state.popMark()
  return count >= 0 && count % 2 === 0 && state.push(DICT)
}

const global: PlainOpcode = (state) => {
  const { bytes, at } = state
  const middle = bytes.indexOf(LINE_END, at)
  const end = middle < 0 ? -1 : bytes.indexOf(LINE_END, middle + 1)
  if (end < 0) return false
  state.at = end + 1
  const name = { start: middle + 1, length: end - middle - 1 }
  return state.pushImport(
    state.names.roleOf(bytes, { start: at, length: middle - at }, name, state.proto < 3),
  )
}

const reduce: PlainOpcode = (state) => state.pop() !== UNSET && state.pop() === CALLABLE && state.push(MADE)

const newObject: PlainOpcode = (state) => {
  if (state.pop() === UNSET) return false
  const callee = state.pop()
  return (callee === CALLABLE || callee === MAKEABLE) && state.push(MADE)
}

/** A second PROTO, or one of no pickler, is left to the machine. */
const protocol: PlainOpcode = (state) => {
  if (state.at !== 1) return false
  state.proto = state.bytes[state.at] ?? 0
  state.at += 1
  return state.proto >= 2 && state.proto <= 5
}

/** One frame at a time, which ends inside the file; the reader sees to it that no opcode crosses its end. */
const frame: PlainOpcode = (state) => {
  if (Number.isFinite(state.frameEnd)) return false
  const end = lengthOf(state, 8) + state.at
  state.frameEnd = end
  return end > state.at && end <= state.bytes.length
}

/** What a stream may do that only makes values, by the byte of its opcode; what is not here is for the machine. */
export const PLAIN_OPCODES: readonly (PlainOpcode | undefined)[] = tableOf([
  [0x80, protocol],
  [0x95, frame],
  [0x28, (state) => state.mark()],
  [0x4b, atom(1)],
  [0x4d, atom(2)],
  [0x4a, atom(4)],
  [0x47, atom(8)],
  [0x4e, atom(0)],
  [0x88, atom(0)],
  [0x89, atom(0)],
  [
    0x8a,
    (state) => {
      const length = lengthOf(state, 1)
      state.at += length
      return state.push(ATOM)
    },
  ],
  [0x8c, text(1)],
  [0x58, text(4)],
  [0x8d, text(8)],
  [0x43, binary(1)],
  [0x42, binary(4)],
  [0x8e, binary(8)],
  [0x96, binary(8)],
  [0x71, (state) => state.put(state.bytes[state.at++] ?? 0)],
  [0x72, (state) => state.put(lengthOf(state, 4))],
  [0x94, (state) => state.memoize()],
  [0x68, (state) => state.get(state.bytes[state.at++] ?? 0)],
  [0x6a, (state) => state.get(lengthOf(state, 4))],
  [0x29, (state) => state.push(TUPLE)],
  [0x74, marked(TUPLE)],
  [0x85, fixedTuple(1)],
  [0x86, fixedTuple(2)],
  [0x87, fixedTuple(3)],
  [0x5d, (state) => state.push(LIST)],
  [0x6c, marked(LIST)],
  [0x61, (state) => state.pop() !== UNSET && isHolder(state.top())],
  [0x65, addAll],
  [0x8f, (state) => state.push(SET)],
  [0x90, addAll],
  [0x91, marked(ATOM)],
  [0x7d, (state) => state.push(DICT)],
  [0x64, dict],
  [0x73, (state) => state.pop() !== UNSET && state.pop() !== UNSET && isMapping(state.top())],
  [0x75, setAll],
  [0x63, global],
  [0x93, (state) => state.pushImport(state.popName())],
  [0x52, reduce],
  [0x81, newObject],
  [0x62, (state) => state.pop() !== UNSET && state.top() === MADE],
])

function tableOf(entries: readonly (readonly [number, PlainOpcode])[]): readonly (PlainOpcode | undefined)[] {
  const table = new Map(entries)
  return Array.from({ length: 256 }, (_, code) => table.get(code))
}
