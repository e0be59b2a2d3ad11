import { CostWatch } from './cost-watch.ts'
import { Evaluator } from './evaluator.ts'
import type { EventSink, PickleEvent, TextSink } from './pickle-event.ts'
import { KEPT_ITEMS, type Value } from './value.ts'

/** Values on the stack. A list of ten million numbers is appended a thousand at a time; more is an attack (CWE-770). */
const MAX_STACK = 1_000_000
/** Memo entries. The largest vocabulary seen has some hundred thousand words. */
const MAX_MEMO = 4_000_000
/** Bytes of text kept in all; afterwards only the start of each string is. */
const MAX_KEPT_TEXT = 16 * 1024 * 1024
/** Opcodes kept as the context of a finding. */
export const TRAIL = 8

export const UNDERFLOW = 'the stack is empty where a value is needed'

/** The state of one stream being read: stack, marks, memo, protocol. It holds values and never makes objects. */
export class Machine {
  readonly #stack: Value[] = []
  readonly #marks: number[] = []
  /** Memo entries in order, as picklers number them; those of far indices are in the map. */
  readonly #memo: (Value | undefined)[] = []
  readonly #farMemo = new Map<number, Value>()
  #memoSize = 0
  readonly #sink: EventSink
  readonly #trail: { offset: number; name: string }[] = []
  #trailAt = 0
  readonly #writeTrail = (): string[] => this.trail()
  /** Of the last PROTO opcode; 0 before. */
  proto = 0
  /** Offset of the opcode being run. */
  offset = 0
  keptText = 0
  /** Follows what calls do. */
  readonly evaluator: Evaluator
  /** Notes what costs the loader more than its bytes. */
  readonly costs: CostWatch
  /** Members of one container that are kept. */
  readonly kept: number
  /** Whoever wants the texts that the stream makes. */
  readonly onText: TextSink | undefined

  constructor(sink: EventSink, kept = KEPT_ITEMS, onText?: TextSink) {
    this.#sink = sink
    this.kept = kept
    this.onText = onText
    this.evaluator = new Evaluator(
      (event) => this.emit(event),
      () => this.offset,
    )
    this.costs = new CostWatch((what) => this.emit({ kind: 'costly', offset: this.offset, what }))
    for (let i = 0; i < TRAIL; i++) this.#trail.push({ offset: -1, name: '' })
  }

  /** Notes which opcode runs next, for the context of findings. */
  enter(offset: number, name: string): void {
    this.offset = offset
    const slot = this.#trail[this.#trailAt]
    if (slot !== undefined) {
      slot.offset = offset
      slot.name = name
    }
    this.#trailAt = (this.#trailAt + 1) % TRAIL
  }

  emit(event: PickleEvent): void {
    this.#sink(event, this.#writeTrail)
  }

  /** The opcodes up to now, oldest first. */
  trail(): string[] {
    const lines: string[] = []
    for (let i = 0; i < TRAIL; i++) {
      const slot = this.#trail[(this.#trailAt + i) % TRAIL]
      if (slot !== undefined && slot.offset >= 0) lines.push(`${slot.offset}: ${slot.name}`)
    }
    return lines
  }

  push(value: Value): string | undefined {
    if (this.#stack.length >= MAX_STACK) return `the stack grew beyond ${MAX_STACK} values`
    this.#stack.push(value)
    return undefined
  }

  /** The top value, above the last mark. */
  top(): Value | undefined {
    return this.#stack.length > this.#fence() ? this.#stack.at(-1) : undefined
  }

  pop(): Value | undefined {
    return this.#stack.length > this.#fence() ? this.#stack.pop() : undefined
  }

  mark(): string | undefined {
    if (this.#marks.length >= MAX_STACK) return `more than ${MAX_STACK} marks`
    this.#marks.push(this.#stack.length)
    return undefined
  }

  /** What stands above the last mark, taken off with it; undefined without a mark. */
  popMark(): Value[] | undefined {
    const at = this.#marks.pop()
    return at === undefined ? undefined : this.#stack.splice(at)
  }

  /** POP takes a mark away when nothing stands above it, as CPython does (load_pop in _pickle.c). */
  popAny(): string | undefined {
    if (this.#marks.length > 0 && this.#marks.at(-1) === this.#stack.length) {
      this.#marks.pop()
      return undefined
    }
    return this.pop() === undefined ? UNDERFLOW : undefined
  }

  put(index: number): string | undefined {
    const value = this.top()
    if (value === undefined) return UNDERFLOW
    if (this.#memoSize >= MAX_MEMO) return `the memo grew beyond ${MAX_MEMO} entries`
    if (this.#recall(index) === undefined) this.#memoSize += 1
    if (index === this.#memo.length) this.#memo.push(value)
    else if (index < this.#memo.length) this.#memo[index] = value
    else {
      this.#farMemo.set(index, value)
      this.costs.memoIndex(index)
    }
    return undefined
  }

  /** MEMOIZE uses the number of entries as index, not the highest index plus one. */
  memoize(): string | undefined {
    return this.put(this.#memoSize)
  }

  get(index: number): string | undefined {
    const value = this.#recall(index)
    if (value === undefined) return `memo entry ${index} is read but was never written`
    return this.push(value)
  }

  /** An entry may have been written far ahead before the list grew up to it. */
  #recall(index: number): Value | undefined {
    return this.#memo[index] ?? (this.#farMemo.size === 0 ? undefined : this.#farMemo.get(index))
  }

  /** How many bytes of a payload of `length` may be kept. */
  allowance(length: number, kept: number): number {
    const most = this.keptText > MAX_KEPT_TEXT ? 128 : kept
    const take = Math.min(length, most)
    this.keptText += take
    return take
  }

  #fence(): number {
    return this.#marks.at(-1) ?? 0
  }
}
