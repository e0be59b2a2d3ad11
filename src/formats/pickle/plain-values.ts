/** Bytes of a stream that is read at once. Below KEPT_BYTES (value.ts) no text is ever cut, and no stack or memo overflows. */
export const MAX_PLAIN_BYTES = 64 * 1024

// What is known of a value, in the low bits of a number; behind a text stands where it is, for names are made of texts.
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
export const START_SHIFT = 4
export const LENGTH_SHIFT = 21
/** Bytes of a text that a value can tell; a longer one is told as this long, and is no name. */
export const MAX_TOLD = 511

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
