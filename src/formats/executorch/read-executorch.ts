import { type ByteSource, FlatReader, type FlatTable } from '../../ground/lang/index.ts'

/** Reads of tables, numbers and texts; a large program has some ten thousand operators. */
const MAX_READS = 5_000_000
const MAX_PLANS = 1000
const MAX_OPERATORS = 100_000
const MAX_SEGMENTS = 100_000
const MAX_NAME_BYTES = 1024

/** An operator or a backend that a program names. */
export interface ExecuTorchName {
  readonly name: string
  readonly offset: number
}

/** A program of ExecuTorch without its constants. */
export interface ExecuTorchView {
  readonly methods: readonly string[]
  readonly operators: readonly ExecuTorchName[]
  /** Backends to which parts of the program were given. */
  readonly delegates: readonly ExecuTorchName[]
  /** Places that lead outside of the file. */
  readonly faults: readonly { readonly message: string; readonly offset: number }[]
  readonly problem: { readonly message: string; readonly offset: number } | undefined
  readonly readBytes: number
}

/** Whether bytes begin as a program does: `ET` and two digits at 4 (schema/program.fbs of ExecuTorch). */
export function looksLikeExecuTorch(head: Uint8Array): boolean {
  const digit = (at: number): boolean => (head[at] ?? 0) >= 0x30 && (head[at] ?? 0) <= 0x39
  return head[4] === 0x45 && head[5] === 0x54 && digit(6) && digit(7)
}

/**
 * Reads the plans of a program (`.pte`): its operators, its backends, and whether its segments lie in the file.
 * @throws SallyportError what the source throws
 */
export async function readExecuTorch(source: ByteSource, signal?: AbortSignal): Promise<ExecuTorchView> {
  const reader = new ProgramReader(source, signal)
  const problem = await reader.read()
  return {
    methods: reader.methods,
    operators: [...reader.operators.values()],
    delegates: [...reader.delegates.values()],
    faults: reader.faults,
    problem: problem ?? reader.flat.problems[0],
    readBytes: reader.flat.readBytes,
  }
}

class ProgramReader {
  readonly flat: FlatReader
  readonly #source: ByteSource
  readonly methods: string[] = []
  readonly operators = new Map<string, ExecuTorchName>()
  readonly delegates = new Map<string, ExecuTorchName>()
  readonly faults: { message: string; offset: number }[] = []

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.#source = source
    this.flat = new FlatReader(source, { maxReads: MAX_READS, signal })
  }

  async read(): Promise<{ message: string; offset: number } | undefined> {
    const program = await this.flat.root()
    const plans = program === undefined ? undefined : await this.flat.vector(program, 1, 4)
    if (program === undefined || plans === undefined) return { message: 'there is no program', offset: 0 }
    if (plans.count > MAX_PLANS) return { message: `there are ${plans.count} methods`, offset: plans.offset }
    for (let i = 0; i < plans.count; i++) {
      const plan = await this.flat.tableOf(plans, i)
      if (plan === undefined) return { message: 'a method cannot be read', offset: plans.offset }
      await this.#plan(plan)
    }
    await this.#segments(program)
    return undefined
  }

  async #plan(plan: FlatTable): Promise<void> {
    this.methods.push((await this.flat.text(plan, 0, MAX_NAME_BYTES)) ?? '')
    await this.#names(plan, 6, this.operators)
    await this.#names(plan, 7, this.delegates)
  }

  /** Names that are the first field of the tables of a vector. */
  async #names(plan: FlatTable, field: number, into: Map<string, ExecuTorchName>): Promise<void> {
    const vector = await this.flat.vector(plan, field, 4)
    for (let i = 0; i < Math.min(vector?.count ?? 0, MAX_OPERATORS); i++) {
      const table = vector === undefined ? undefined : await this.flat.tableOf(vector, i)
      if (table === undefined) return
      const name = (await this.flat.text(table, 0, MAX_NAME_BYTES)) ?? ''
      if (!into.has(name)) into.set(name, { name, offset: table.offset })
    }
  }

  /** Segments count from a base that the header after the identifier gives (`eh00`). */
  async #segments(program: FlatTable): Promise<void> {
    const segments = await this.flat.vector(program, 4, 4)
    if (segments === undefined || segments.count === 0) return
    const head = await this.#source.read(0, 40)
    const view = new DataView(head.buffer, head.byteOffset, head.length)
    const isExtended = head.length >= 32 && String.fromCharCode(...head.subarray(8, 10)) === 'eh'
    const base = isExtended ? Number(view.getBigUint64(24, true)) : 0
    for (let i = 0; i < Math.min(segments.count, MAX_SEGMENTS); i++) {
      const segment = await this.flat.tableOf(segments, i)
      if (segment === undefined) return
      const start = base + (await this.flat.scalar(segment, 0, 'u64'))
      const size = await this.flat.scalar(segment, 1, 'u64')
      if (start + size > this.#source.size)
        this.faults.push({
          message: `segment ${i} of ${size} bytes at ${start} leads outside of the file`,
          offset: segment.offset,
        })
    }
  }
}
