import type { CallValue, Value } from './value.ts'

/** How a stream asks for a call: `newobj` makes an object without calling its `__init__`. */
export type CallWay = 'reduce' | 'newobj' | 'inst' | 'obj'

/** One thing that loading the stream would do; `offset` is that of the opcode, in bytes of the source. */
export type PickleEvent =
  | { readonly kind: 'global'; readonly offset: number; readonly module: string; readonly name: string }
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
  | { readonly kind: 'ext'; readonly offset: number; readonly code: number }

/** Takes events as they happen; `trail` writes the opcodes before it, one a line, when asked. */
export type EventSink = (event: PickleEvent, trail: () => string[]) => void
