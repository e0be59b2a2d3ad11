import {
  ADD_ALL,
  ADDITEMS,
  APPEND,
  APPENDS,
  ARGUMENT_BYTES,
  BINFLOAT,
  BUILD,
  CALL,
  DICT_OF_ITEMS,
  FILL,
  FRAME,
  GATHER,
  GET,
  GIVES,
  GLOBAL,
  IMPORT,
  MARK,
  MEMOIZE,
  MOVES,
  PROTO,
  PUSH,
  PUSH_DATA,
  PUSH_FLOATS,
  PUSH_TEXT,
  PUT,
  REDUCE,
  SETITEM,
  SETITEMS,
  SHORT_TUPLE,
  STOP,
} from './plain-moves.ts'
import { type JudgeName, PlainNames } from './plain-names.ts'
import { type IsTelling, PlainTexts } from './plain-texts.ts'
import {
  ATOM,
  CALLABLE,
  CLASS_TUPLE,
  DICT,
  KIND_MASK,
  LENGTH_SHIFT,
  LIST,
  MADE,
  MAKEABLE,
  MAX_PLAIN_BYTES,
  MAX_PLAIN_VISITS,
  MAX_SHARED,
  MAX_TOLD,
  REBUILDER,
  SET,
  START_SHIFT,
  TEXT,
  TUPLE,
  textValue,
  UNSET,
  VISITS_SHIFT,
  visitsAmong,
} from './plain-values.ts'

const LINE_END = 10
/** Bytes of a BINFLOAT, the opcode itself among them. */
const FLOAT_BYTES = 9
/** Where a frame ends that there is not, and a length that no small file has. */
const NO_FRAME = 0x3fff_ffff
/** Imports of one stream. Real ones have fewer than a hundred; the machine counts different ones, and says when they are many. */
const MAX_IMPORTS = 1000

/** What makes a stream more than plain. */
interface PlainLimits {
  readonly judge: JudgeName
  /** Texts, each beginning with `_`, that change what a state does. */
  readonly words: readonly string[]
  readonly isTelling: IsTelling
}

/**
 * Tells at once of small streams whether the machine (see `runPickle`) would find nothing to say: one stream from the first
 * byte to the last, of opcodes that make values, with only imports and calls that `judge` takes for ordinary. It keeps the kinds
 * of values, not the values, and says no wherever it would have to know more. Its time is bounded by the bytes: no clock is needed.
 */
export class PlainReader {
  readonly #names: PlainNames
  readonly #texts: PlainTexts
  // One set for all streams: what the last one left is overwritten. An opcode of one byte at least pushes one value at most.
  readonly #stack = new Int32Array(MAX_PLAIN_BYTES)
  readonly #marks = new Int32Array(MAX_PLAIN_BYTES)
  readonly #memo = new Int32Array(MAX_PLAIN_BYTES)
  #memoEnd = 0

  constructor({ judge, words, isTelling }: PlainLimits) {
    this.#names = new PlainNames(judge)
    this.#texts = new PlainTexts(words, isTelling)
  }

  isPlain(bytes: Uint8Array): boolean {
    if (bytes.length > MAX_PLAIN_BYTES || bytes[0] !== 0x80) return false
    this.#memo.fill(UNSET, 0, this.#memoEnd)
    this.#memoEnd = 0
    return this.#read(bytes)
  }

  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one loop with its state in variables: methods with fields, as it was before, are what this spares (ADR 0014).
  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: the same.
  #read(bytes: Uint8Array): boolean {
    const [stack, marks, memo, texts] = [this.#stack, this.#marks, this.#memo, this.#texts]
    const [moves, widths, gives] = [MOVES, ARGUMENT_BYTES, GIVES]
    const end = bytes.length
    let at = 0
    let depth = 0
    let markCount = 0
    /** The depth at the last mark: nothing takes off what stands below. */
    let fence = 0
    let memoSize = 0
    let memoEnd = 0
    let imports = 0
    let shared = 0
    let isOld = false
    let frameEnd = NO_FRAME
    while (at < end) {
      const code = bytes[at] ?? 0
      const width = widths[code] ?? 0
      const argument = at + 1
      const start = argument + width
      at = start
      switch (moves[code]) {
        case PUSH:
          stack[depth++] = gives[code] ?? 0
          break
        case MEMOIZE:
        case PUT: {
          // MEMOIZE takes the number of entries for index, not the highest index plus one.
          const index = width === 0 ? memoSize : numberAt(bytes, argument, width)
          if (depth === fence || index >= MAX_PLAIN_BYTES) return false
          if (memo[index] === UNSET) memoSize++
          memo[index] = stack[depth - 1] ?? 0
          if (index >= memoEnd) this.#memoEnd = memoEnd = index + 1
          break
        }
        case PUSH_TEXT: {
          const length = numberAt(bytes, argument, width)
          at = start + length
          if (at > end || !texts.isPlainText(bytes, start, length)) return false
          stack[depth++] =
            TEXT | (start << START_SHIFT) | ((length < MAX_TOLD ? length : MAX_TOLD) << LENGTH_SHIFT)
          break
        }
        case GET: {
          const index = numberAt(bytes, argument, width)
          const value = index < memoEnd ? (memo[index] ?? 0) : UNSET
          const kind = value & KIND_MASK
          if (value === UNSET || (kind >= LIST && kind <= SET && ++shared > MAX_SHARED)) return false
          stack[depth++] = value
          break
        }
        case PUSH_FLOATS:
          // Weights are long runs of one opcode. One that is cut ends behind the file, and the loop with it.
          for (at = argument - 1; bytes[at] === BINFLOAT; at += FLOAT_BYTES) stack[depth++] = ATOM
          break
        case PUSH_DATA:
          at = start + numberAt(bytes, argument, width)
          if (at > end || (gives[code] === 0 && !texts.isPlainData(bytes, start, at))) return false
          stack[depth++] = ATOM
          break
        case SHORT_TUPLE: {
          depth -= gives[code] ?? 0
          if (depth < fence) return false
          const first = (stack[depth] ?? 0) & KIND_MASK
          const visits = visitsAmong(stack, depth, gives[code] ?? 0)
          if (visits > MAX_PLAIN_VISITS) return false
          const kind = first === CALLABLE || first === MAKEABLE ? CLASS_TUPLE : TUPLE
          stack[depth++] = kind | (visits << VISITS_SHIFT)
          break
        }
        case MARK:
          marks[markCount++] = fence = depth
          break
        case GATHER:
        case ADD_ALL: {
          if (markCount === 0) return false
          const count = depth - fence
          depth = fence
          markCount--
          fence = markCount === 0 ? 0 : (marks[markCount - 1] ?? 0)
          const top = depth > fence ? (stack[depth - 1] ?? 0) & KIND_MASK : UNSET
          if (!isFilled(code, top, count)) return false
          if (moves[code] !== GATHER) break
          const given = gives[code] ?? 0
          const visits = given === TUPLE ? visitsAmong(stack, depth, count) : 0
          if (visits > MAX_PLAIN_VISITS) return false
          stack[depth++] = given | (visits << VISITS_SHIFT)
          break
        }
        case FILL: {
          // APPEND, SETITEM, BUILD: they take one or two values off, and leave what they were put into.
          depth -= gives[code] ?? 0
          const top = depth > fence ? (stack[depth - 1] ?? 0) & KIND_MASK : UNSET
          if (!isFilled(code, top, 0)) return false
          break
        }
        case IMPORT: {
          imports++
          if (code === GLOBAL) at = twoLinesEnd(bytes, argument)
          else depth -= 2
          if (at < 0 || depth < fence || imports > MAX_IMPORTS) return false
          const kind =
            code === GLOBAL
              ? this.#importOfLines(bytes, argument, isOld)
              : this.#importOfTexts(bytes, stack[depth] ?? 0, stack[depth + 1] ?? 0, isOld)
          if (kind === UNSET) return false
          stack[depth++] = kind
          break
        }
        case CALL: {
          depth -= 2
          if (
            depth < fence ||
            !isCall(code, (stack[depth] ?? 0) & KIND_MASK, (stack[depth + 1] ?? 0) & KIND_MASK)
          )
            return false
          stack[depth++] = MADE
          break
        }
        case PROTO:
          // A second one, or one of no pickler, is left to the machine.
          if (argument !== 1 || (bytes[argument] ?? 0) < 2 || (bytes[argument] ?? 9) > 5) return false
          isOld = bytes[argument] === 2
          break
        case FRAME:
          // One frame at a time, which ends inside the file; no opcode crosses its end.
          if (frameEnd !== NO_FRAME) return false
          frameEnd = start + numberAt(bytes, argument, width)
          if (frameEnd <= start || frameEnd > end) return false
          break
        case STOP: {
          // The stream is the whole file. A tuple at its root may be bytecode of TorchScript, whose names count.
          const root = depth > fence ? (stack[depth - 1] ?? 0) & KIND_MASK : UNSET
          return at === end && root !== UNSET && root !== TUPLE && root !== CLASS_TUPLE
        }
        default:
          return false
      }
      if (at < frameEnd) continue
      if (at > frameEnd) return false
      frameEnd = NO_FRAME
    }
    return false
  }

  #importOfTexts(bytes: Uint8Array, module: number, name: number, isOld: boolean): number {
    if ((module & KIND_MASK) !== TEXT || (name & KIND_MASK) !== TEXT) return UNSET
    return this.#names.kindOf(bytes, module, name, isOld)
  }

  #importOfLines(bytes: Uint8Array, start: number, isOld: boolean): number {
    const middle = bytes.indexOf(LINE_END, start)
    const end = bytes.indexOf(LINE_END, middle + 1)
    const module = textValue(start, middle - start)
    return this.#names.kindOf(bytes, module, textValue(middle + 1, end - middle - 1), isOld)
  }
}

/** Behind two lines; -1 when they do not end. */
function twoLinesEnd(bytes: Uint8Array, start: number): number {
  const middle = bytes.indexOf(LINE_END, start)
  const end = middle < 0 ? -1 : bytes.indexOf(LINE_END, middle + 1)
  return end < 0 ? -1 : end + 1
}

/** A little-endian number of 0, 1, 4 or 8 bytes; one that no small file has is told as {@link NO_FRAME}. */
function numberAt(bytes: Uint8Array, at: number, width: number): number {
  const first = bytes[at] ?? 0
  if (width === 1) return first
  const low = first | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
  if ((bytes[at + 3] ?? 0) !== 0) return NO_FRAME
  for (let i = 4; i < width; i++) if ((bytes[at + i] ?? 0) !== 0) return NO_FRAME
  return low
}

/** Whether what stands on top now may be filled so; for what makes a value of its own it does not matter. */
function isFilled(code: number, top: number, count: number): boolean {
  switch (code) {
    case APPEND:
    case APPENDS:
    case ADDITEMS:
      return top === LIST || top === SET
    case SETITEM:
    case SETITEMS:
      // What a call made may be a dict by its class, such as OrderedDict.
      return count % 2 === 0 && (top === DICT || top === MADE)
    case BUILD:
      return top === MADE
    case DICT_OF_ITEMS:
      return count % 2 === 0
    default:
      return true
  }
}

/** Whether a callee may be called so; a class may only be made into an object. */
function isCall(code: number, callee: number, given: number): boolean {
  if (callee === CALLABLE) return true
  if (code === REDUCE) return callee === REBUILDER && given === CLASS_TUPLE
  return callee === MAKEABLE
}
