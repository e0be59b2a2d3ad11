import type { CallValue, Value } from './value.ts'

/**
 * How a stream asks for a call: `newobj` makes an object without calling its `__init__`; `derived` is a call that another
 * call makes, as `functools.reduce`, `map` or a planted `__setstate__` do.
 */
export type CallWay = 'reduce' | 'newobj' | 'inst' | 'obj' | 'derived'

/** One thing that loading the stream would do; `offset` is that of the opcode, in bytes of the source. */
export type PickleEvent =
  | {
      readonly kind: 'global'
      readonly offset: number
      readonly module: string
      readonly name: string
      /** It was reached by a call, such as `getattr(module, 'name')`, not by an import of the stream's own. */
      readonly isDerived?: true
    }
  /** An attribute is read of something; a `name` that is no text was made at run time. */
  | { readonly kind: 'attribute'; readonly offset: number; readonly of: Value; readonly name: Value }
  /** A text or bytes object that begins as a pickle does, plainly or in base64 or hex. */
  | { readonly kind: 'nested'; readonly offset: number; readonly value: Value }
  | { readonly kind: 'unresolved'; readonly offset: number; readonly module: Value; readonly name: Value }
  | { readonly kind: 'call'; readonly offset: number; readonly way: CallWay; readonly call: CallValue }
  | { readonly kind: 'build'; readonly offset: number; readonly target: Value; readonly state: Value }
  | {
      readonly kind: 'mutate'
      readonly offset: number
      readonly target: Value
      readonly items: readonly Value[]
    }
  | { readonly kind: 'persistent'; readonly offset: number; readonly id: Value }
  /** A few bytes that cost far more than they are: memory, time or the stack of the loader. `what` says it in words. */
  | { readonly kind: 'costly'; readonly offset: number; readonly what: string }
  | { readonly kind: 'ext'; readonly offset: number; readonly code: number }

/** Takes every text, and bytes that begin as a text does, as they are made; what is cut is given as far as it is kept. */
export type TextSink = (text: string, offset: number) => void

/** Takes events as they happen; `trail` writes the opcodes before it, one a line, when asked. */
export type EventSink = (event: PickleEvent, trail: () => string[]) => void
