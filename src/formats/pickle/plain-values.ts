/** Bytes of a stream that is read at once. Below KEPT_BYTES (value.ts) no text is ever cut, and no stack or memo overflows. */
export const MAX_PLAIN_BYTES = 64 * 1024

// What is known of a value, in the low bits of a number; behind a text stands where it is, for names are made of texts.
// LIST, DICT and SET stand beside one another.
export const UNSET = 0
export const ATOM = 1
export const TEXT = 2
export const TUPLE = 3
/** A short tuple of which the first is a class. */
export const CLASS_TUPLE = 4
export const LIST = 5
export const DICT = 6
export const SET = 7
/** An import that may only be kept; one that may be made into objects; one that may be called; one that makes objects of a class. */
export const KEPT = 8
export const MAKEABLE = 9
export const CALLABLE = 10
export const REBUILDER = 11
/** What a call or NEWOBJ gave. */
export const MADE = 12

export const KIND_MASK = 0xf
/** Behind a tuple stands what hashing it visits, see `spreadOf`. */
export const VISITS_SHIFT = 4
/**
 * Visits up to which a tuple is plain: no stream of {@link MAX_PLAIN_BYTES} names enough of them to cost a second,
 * and none of them is nested deeper.
 */
export const MAX_PLAIN_VISITS = 4096
/** Uses of lists, dicts and sets that are there already. Each may double what there is to go through: two dozen make no bomb. */
export const MAX_SHARED = 24
export const START_SHIFT = 4
export const LENGTH_SHIFT = 21
/** Bytes of a text that a value can tell; a longer one is told as this long, and is no name. */
export const MAX_TOLD = 511

/** What hashing a value visits: itself, or all that a tuple leads to. */
function visitsOf(value: number): number {
  const kind = value & KIND_MASK
  return kind === TUPLE || kind === CLASS_TUPLE ? value >> VISITS_SHIFT : 1
}

/** What hashing a tuple of so many values from `start` on visits: the tuple itself and what its members lead to. */
export function visitsAmong(stack: Int32Array, start: number, count: number): number {
  let visits = 1
  for (let i = start; i < start + count; i++) visits += visitsOf(stack[i] ?? 0)
  return visits
}

/** A text of the bytes; `start` is at most {@link MAX_PLAIN_BYTES}. */
export function textValue(start: number, length: number): number {
  return TEXT | (start << START_SHIFT) | ((length < MAX_TOLD ? length : MAX_TOLD) << LENGTH_SHIFT)
}

export function startOf(text: number): number {
  return (text >> START_SHIFT) & 0x1_ffff
}

/** Bytes of a text, 511 for all that are longer. */
export function lengthOf(text: number): number {
  return text >> LENGTH_SHIFT
}
