import { type Digest, digestOfBytes } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type {
  RunBudget,
  RunOutcome,
  RunResources,
  TrainingRunPredicate,
  TrustedKeys,
} from '../../trust/evidence/index.ts'
import type { RunStore } from './ports.ts'
import { type KeptRun, readRun } from './read-runs.ts'
import { foldRunJournal } from './run-journal.ts'
import { type RunPoint, runSeries } from './run-series.ts'
import { runDigest } from './seal-run.ts'

/** A run in the list. */
export interface RunSummary {
  readonly id: string
  readonly name: string
  /** `running` until it is sealed; `unreadable` when its record does not verify. */
  readonly state: RunOutcome | 'running' | 'unreadable'
  readonly startedAt?: string
  readonly wallMs?: number
  readonly cpuMs?: number
  readonly gpuMs?: number
  readonly findings?: number
  /** Why it is unreadable. */
  readonly problem?: string
}

/** A run with its resource chart. */
export interface RunDetail extends RunSummary {
  /** The subject of statements about it. */
  readonly digest: Digest
  readonly budget?: RunBudget
  readonly resources?: RunResources
  /** The verified record; absent until it is sealed. */
  readonly record?: TrainingRunPredicate
  readonly points: readonly RunPoint[]
}

/** Reads runs; every record is verified anew. */
export interface RunReader {
  list(query: {
    readonly limit: number
    readonly cursor?: string
  }): Promise<{ readonly items: readonly RunSummary[]; readonly next?: string }>
  /** @throws SallyportError `NOT_FOUND`, and what a record that does not verify throws */
  get(id: string): Promise<RunDetail>
}

interface ReaderDeps {
  readonly store: RunStore
  readonly trusted: TrustedKeys
  readonly tenant: string
}

/** The reader of one home's runs. */
export function createRunReader(deps: ReaderDeps): RunReader {
  return {
    list: async ({ limit, cursor }) => {
      const ids = (await deps.store.list()).filter((id) => cursor === undefined || id < cursor)
      const items: RunSummary[] = []
      for (const id of ids.slice(0, limit)) items.push(await summaryOf(deps, id))
      const last = ids.length > limit ? ids[limit - 1] : undefined
      return { items, ...(last === undefined ? {} : { next: last }) }
    },
    get: async (id) => {
      const kept = await readRun(deps, id)
      const { budget, resources } = kept.record ?? {}
      const planned = kept.journal?.plan.budget
      const now = kept.journal?.samples.at(-1)?.resources
      const known = { budget: budget ?? planned, resources: resources ?? now, record: kept.record }
      return {
        ...describe(kept),
        digest: runDigest(deps.tenant, id),
        ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
        points: await pointsOf(deps, kept),
      }
    },
  }
}

async function summaryOf(deps: ReaderDeps, id: string): Promise<RunSummary> {
  try {
    return describe(await readRun(deps, id))
  } catch (cause) {
    if (!(cause instanceof SallyportError)) throw cause
    // A run whose record does not verify is shown as that, and hides no other.
    return { id, name: '', state: 'unreadable', problem: cause.message }
  }
}

function describe({ id, record, journal }: KeptRun): RunSummary {
  if (record !== undefined) {
    const { name, outcome, startedAt, findings, resources } = record
    return { id, name, state: outcome, startedAt, findings: findings.length, ...usedBy(resources) }
  }
  if (journal === undefined)
    return { id, name: '', state: 'unreadable', problem: 'its journal cannot be read' }
  const { name, plannedAt } = journal.plan
  const resources = journal.samples.at(-1)?.resources
  return {
    id,
    name,
    state: 'running',
    startedAt: plannedAt,
    ...(resources === undefined ? {} : usedBy(resources)),
  }
}

function usedBy({ wallMs, gpuMs, cpuUserMs, cpuSystemMs }: RunResources) {
  return { wallMs, gpuMs, cpuMs: cpuUserMs + cpuSystemMs }
}

/** The chart as it was sealed, or as it is so far. */
async function pointsOf(deps: ReaderDeps, { id, record, journal }: KeptRun): Promise<readonly RunPoint[]> {
  if (journal !== undefined) return runSeries(journal)
  const series = record?.series
  if (series === undefined) return []
  const bytes = await deps.store.read(id, 'series.json')
  if (bytes !== undefined && digestOfBytes(bytes) === series.digest)
    return (JSON.parse(new TextDecoder().decode(bytes)) as { readonly points: readonly RunPoint[] }).points
  // Lost or changed: the journal says the same, unless that was changed too.
  const facts = foldRunJournal(await deps.store.journal(id))
  const points = facts === undefined ? [] : runSeries(facts)
  const text = JSON.stringify({ schemaVersion: 1, points })
  if (digestOfBytes(new TextEncoder().encode(text)) === series.digest) return points
  throw new SallyportError('STORE_FAILED', `the resource chart of run ${id} is not the one that was sealed`)
}
