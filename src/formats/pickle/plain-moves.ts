import { ATOM, DICT, LIST, SET, TUPLE } from './plain-values.ts'

// What opcodes do to a state of which only the kinds of values are known. Opcodes without a move are for the machine.

/** Puts a value of the kind {@link GIVES} on the stack. */
export const PUSH = 1
/** The same, behind bytes whose number is the argument. */
export const PUSH_TEXT = 2
export const PUSH_DATA = 3
/** A run of floats. */
export const PUSH_FLOATS = 4
export const MEMOIZE = 5
export const PUT = 6
export const GET = 7
export const MARK = 8
/** Makes one value of the kind {@link GIVES} of all above the mark. */
export const GATHER = 9
/** Makes a tuple of as many values as {@link GIVES} says. */
export const SHORT_TUPLE = 10
/** Puts all above the mark into what stands below it. */
export const ADD_ALL = 11
/** Puts as many values as {@link GIVES} says into what stands below them. */
export const FILL = 12
export const IMPORT = 13
/** Takes a callee and what it is given off, and puts what that makes on the stack. */
export const CALL = 14
export const PROTO = 15
export const FRAME = 16
export const STOP = 17

// Opcodes that are told apart within their move.
export const GLOBAL = 0x63
export const REDUCE = 0x52
export const APPEND = 0x61
export const APPENDS = 0x65
export const ADDITEMS = 0x90
export const SETITEM = 0x73
export const SETITEMS = 0x75
export const BUILD = 0x62
export const DICT_OF_ITEMS = 0x64
export const BINFLOAT = 0x47

/** By opcode: move, bytes of the argument, and the kind of what it gives or a number of values. */
const OPCODES: readonly (readonly [code: number, move: number, argumentBytes?: number, gives?: number])[] = [
  [0x80, PROTO, 1],
  [0x95, FRAME, 8],
  [0x2e, STOP],
  [0x28, MARK],
  [0x4b, PUSH, 1, ATOM],
  [0x4d, PUSH, 2, ATOM],
  [0x4a, PUSH, 4, ATOM],
  [BINFLOAT, PUSH_FLOATS],
  [0x4e, PUSH, 0, ATOM],
  [0x88, PUSH, 0, ATOM],
  [0x89, PUSH, 0, ATOM],
  // The bytes of a number are no data that something else may stand in.
  [0x8a, PUSH_DATA, 1, ATOM],
  [0x8c, PUSH_TEXT, 1],
  [0x58, PUSH_TEXT, 4],
  [0x8d, PUSH_TEXT, 8],
  [0x43, PUSH_DATA, 1],
  [0x42, PUSH_DATA, 4],
  [0x8e, PUSH_DATA, 8],
  [0x96, PUSH_DATA, 8],
  [0x71, PUT, 1],
  [0x72, PUT, 4],
  [0x94, MEMOIZE],
  [0x68, GET, 1],
  [0x6a, GET, 4],
  [0x29, PUSH, 0, TUPLE],
  [0x5d, PUSH, 0, LIST],
  [0x7d, PUSH, 0, DICT],
  [0x8f, PUSH, 0, SET],
  [0x74, GATHER, 0, TUPLE],
  [0x6c, GATHER, 0, LIST],
  [0x91, GATHER, 0, ATOM],
  [DICT_OF_ITEMS, GATHER, 0, DICT],
  [0x85, SHORT_TUPLE, 0, 1],
  [0x86, SHORT_TUPLE, 0, 2],
  [0x87, SHORT_TUPLE, 0, 3],
  [APPEND, FILL, 0, 1],
  [SETITEM, FILL, 0, 2],
  [BUILD, FILL, 0, 1],
  [APPENDS, ADD_ALL],
  [ADDITEMS, ADD_ALL],
  [SETITEMS, ADD_ALL],
  [GLOBAL, IMPORT],
  [0x93, IMPORT],
  [REDUCE, CALL],
  [0x81, CALL],
]

/** The move of an opcode; 0 for one that is for the machine. */
export const MOVES = tableOf(1)
/** Bytes of the argument that stands behind an opcode. */
export const ARGUMENT_BYTES = tableOf(2)
export const GIVES = tableOf(3)

function tableOf(column: 1 | 2 | 3): Uint8Array {
  const table = new Uint8Array(256)
  for (const opcode of OPCODES) table[opcode[0]] = opcode[column] ?? 0
  return table
}
