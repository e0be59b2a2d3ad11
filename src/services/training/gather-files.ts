import { digestOfBytes } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { RunCoverage, RunFiles, TrainingRunPredicate } from '../../trust/evidence/index.ts'
import type { FileHasher } from './ports.ts'
import { describeFiles, resolveIn } from './run-files.ts'
import type { RunJournalFacts } from './run-journal.ts'

/** Bytes of a metrics file: numbers, not data. */
const MAX_METRICS_BYTES = 2 ** 20
/** Characters of metrics that are repeated in the statement; longer ones stand by their digest alone. */
const MAX_METRICS_TEXT = 64 * 1024
/** Characters of one reason in a statement. */
const MAX_REASON = 1000

interface GatherDeps {
  readonly files: FileHasher
}

interface Gathered {
  readonly products: readonly RunFiles[]
  readonly metrics?: TrainingRunPredicate['metrics']
  /** Names of data sets that were written to. */
  readonly touched: readonly string[]
  readonly coverage: readonly RunCoverage[]
}

/** What can be seen of files once a run has ended. What cannot be looked at is told, and ends nothing: the record must come. */
export async function gatherFiles(
  deps: GatherDeps,
  facts: RunJournalFacts,
  isDenied: boolean,
): Promise<Gathered> {
  const problems: string[] = []
  const { plan, begun } = facts
  const trying: Trying = async (what, work) => {
    try {
      return await work()
    } catch (cause) {
      if (!(cause instanceof SallyportError)) throw cause
      problems.push(`${what}: ${cause.message}`)
      return undefined
    }
  }
  const products: RunFiles[] = []
  for (const path of isDenied ? [] : plan.outputs) {
    const product = await trying(`output ${path}`, () => readProduct(deps, plan.folder, path))
    if (product !== undefined) products.push(product)
  }
  const metrics = isDenied
    ? undefined
    : await trying('metrics', () => readMetrics(deps, plan.folder, plan.metrics))
  const data = begun === undefined ? [] : plan.inputs.datasets
  const states = await Promise.all(
    data.map((one) => trying(`data ${one.name}`, () => stateOfData(deps, plan.dataStamps, one))),
  )
  const named = (state: 'touched' | 'unknown') =>
    data.filter((_, i) => states[i] === state).map(({ name }) => name)
  for (const name of named('unknown'))
    problems.push(`${name} was named by its digest, so nobody saw whether it changed`)
  const coverage = coverageOf(problems)
  return { products, touched: named('touched'), coverage, ...(metrics === undefined ? {} : { metrics }) }
}

type Trying = <T>(what: string, work: () => Promise<T>) => Promise<T | undefined>

function coverageOf(problems: readonly string[]): readonly RunCoverage[] {
  if (problems.length === 0) return [{ what: 'data', status: 'full' }]
  return [{ what: 'data', status: 'partial', reason: problems.join('; ').slice(0, MAX_REASON) }]
}

async function readProduct(deps: GatherDeps, folder: string, path: string): Promise<RunFiles | undefined> {
  const at = resolveIn(folder, path)
  return (await deps.files.exists(at)) ? describeFiles(path, await deps.files.hash(at)) : undefined
}

async function stateOfData(
  deps: GatherDeps,
  stamps: Readonly<Record<string, string>>,
  { path }: RunFiles,
): Promise<'same' | 'touched' | 'unknown'> {
  const before = path === undefined ? undefined : stamps[path]
  if (path === undefined || before === undefined) return 'unknown'
  return (await deps.files.exists(path)) && (await deps.files.stamp(path)) === before ? 'same' : 'touched'
}

async function readMetrics(
  deps: GatherDeps,
  folder: string,
  path: string | undefined,
): Promise<TrainingRunPredicate['metrics']> {
  const at = path === undefined ? undefined : resolveIn(folder, path)
  if (path === undefined || at === undefined || !(await deps.files.exists(at))) return undefined
  const bytes = await deps.files.read(at, MAX_METRICS_BYTES)
  const values = parseMetrics(new TextDecoder().decode(bytes))
  return { path, digest: digestOfBytes(bytes), ...(values === undefined ? {} : { values }) }
}

/** One JSON value, or the last line of a file with one a line; what is neither stands by its digest alone. */
function parseMetrics(text: string): unknown {
  const last = text.trimEnd().split('\n').at(-1) ?? ''
  for (const candidate of [text, last]) {
    if (candidate.length > MAX_METRICS_TEXT) continue
    try {
      return JSON.parse(candidate)
    } catch {
      // The next form; a file of another kind is recorded by its digest.
    }
  }
  return undefined
}
