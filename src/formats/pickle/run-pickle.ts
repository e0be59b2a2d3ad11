import type { ByteSource } from '../../ground/lang/index.ts'
import { type InlineArray, inlineArray } from './joblib-array.ts'
import { Machine } from './machine.ts'
import type { EventSink, TextSink } from './pickle-event.ts'
import { type Crossing, type Pause, StreamReader } from './stream-reader.ts'
import { ALL_ITEMS, type Value } from './value.ts'
import { Window } from './window.ts'

/** Streams within streams: an array of objects inside an array of objects. Real files have one level. */
const MAX_NESTED = 16

export interface PickleOptions {
  readonly sink: EventSink
  readonly onText?: TextSink
  /** Opcodes that may run, shared by all who hold it; it is counted down. */
  readonly steps: { left: number }
  /** Where the stream starts, in bytes. */
  readonly start?: number
  /**
   * `skipped`: NumPy arrays of joblib are skipped by structure, as joblib.load reads them.
   * `opcodes`: their bytes are taken for opcodes, as pickle.load would take them.
   */
  readonly arrays?: 'skipped' | 'opcodes'
  /** The first so many frames have no end: see {@link PickleRun.crossing}. */
  readonly openFrames?: number
  /** Keep every member of lists and dicts, for a reader that wants what they hold; else the start of each. */
  readonly keepsAll?: true
  readonly signal?: AbortSignal | undefined
}

/** How one stream ended, and what was read of it. */
export interface PickleRun {
  readonly end: 'stop' | 'broken' | 'steps'
  /** Why it did not end with STOP. */
  readonly reason?: string
  /** Offset after STOP, or of the opcode where it broke. */
  readonly endOffset: number
  readonly readBytes: number
  /** The value that loading gives, when it came so far. */
  readonly value?: Value
  /** Bytes of inline arrays that were skipped, and how many arrays. */
  readonly arrayBytes: number
  readonly arrayCount: number
  /** Loaders disagree about what follows the end of a frame; no pickler writes that. */
  readonly crossing?: Crossing
}

/**
 * Runs one pickle stream of a source as an abstract machine: every opcode of protocols 0 to 5 does to abstract values
 * what CPython's unpickler does to real ones (Modules/_pickle.c), and nothing is ever imported or called.
 * What was seen before a break stays seen: it went to `options.sink`.
 * @throws SallyportError what the source throws
 */
export async function runPickle(source: ByteSource, options: PickleOptions): Promise<PickleRun> {
  const window = new Window(source, options.start ?? 0, options.signal)
  const run = new Run(window, options)
  const last = await run.finish()
  return {
    end: last.kind === 'built' ? 'broken' : last.kind,
    ...(last.kind === 'broken' ? { reason: last.reason } : {}),
    ...(last.kind === 'steps' ? { reason: 'the limit of opcodes was reached' } : {}),
    ...(last.kind === 'stop' && last.value !== undefined ? { value: last.value } : {}),
    endOffset: last.kind === 'broken' ? last.offset : window.offset,
    readBytes: window.readBytes,
    arrayBytes: run.arrayBytes,
    arrayCount: run.arrayCount,
    ...(run.crossing === undefined ? {} : { crossing: run.crossing }),
  }
}

/** One stream with the streams inside its arrays, kept on a list of our own so that no nesting overflows a stack. */
class Run {
  readonly #window: Window
  readonly #options: PickleOptions
  readonly #readers: StreamReader[] = []
  arrayBytes = 0
  arrayCount = 0
  crossing: Crossing | undefined

  constructor(window: Window, options: PickleOptions) {
    this.#window = window
    this.#options = options
    this.#enterStream()
  }

  async finish(): Promise<Pause> {
    for (;;) {
      const reader = this.#readers.at(-1)
      if (reader === undefined) return { kind: 'stop', value: undefined }
      const pause = await reader.run()
      this.crossing ??= reader.crossing
      if (pause.kind === 'broken' || pause.kind === 'steps') return pause
      if (pause.kind === 'stop') {
        this.#readers.pop()
        if (this.#readers.length === 0) return pause
        continue
      }
      const problem = await this.#afterBuild(pause.value)
      if (problem !== undefined) return { kind: 'broken', offset: this.#window.offset, reason: problem }
    }
  }

  #enterStream(): void {
    const { steps, openFrames = 0, sink, onText, keepsAll } = this.#options
    const machine = new Machine(sink, keepsAll === true ? ALL_ITEMS : undefined, onText)
    this.#readers.push(new StreamReader(machine, this.#window, { steps, openFrames }))
  }

  async #afterBuild(built: Value): Promise<string | undefined> {
    if (this.#options.arrays === 'opcodes') return undefined
    const array = inlineArray(built)
    if (array === undefined) return undefined
    if (array.kind === 'unreadable') return array.reason
    this.arrayCount += 1
    // The unpickler of joblib reads the array after the frame, and what is left of the frame after the array.
    this.crossing ??= this.#readers.at(-1)?.restOfFrame()
    return (await this.#skipPadding(array)) ?? this.#takeArray(array, built)
  }

  async #skipPadding(array: InlineArray & { isPadded: boolean }): Promise<string | undefined> {
    // Arrays of objects are written without padding (NumpyArrayWrapper.write_array).
    if (!array.isPadded || array.kind === 'pickle') return undefined
    await this.#window.fill(1)
    const length = this.#window.peek(0)
    if (this.#window.left < 1 + length) return 'the padding of an inline array goes beyond the end'
    this.#window.skip(1 + length)
    return undefined
  }

  #takeArray(array: InlineArray, built: Value): string | undefined {
    if (array.kind === 'pickle') {
      if (this.#readers.length >= MAX_NESTED) return `arrays of objects are nested deeper than ${MAX_NESTED}`
      this.#enterStream()
    }
    if (array.kind !== 'raw') return undefined
    if (array.sizeBytes > this.#window.left)
      return `an inline array of ${array.sizeBytes} bytes goes beyond the end, ${this.#window.left} are left`
    this.arrayBytes += array.sizeBytes
    const { offset } = this.#window
    if (built.kind === 'call')
      built.payload = { kind: 'bytes', bytes: new Uint8Array(0), offset, length: array.sizeBytes }
    this.#window.skip(array.sizeBytes)
    return undefined
  }
}
