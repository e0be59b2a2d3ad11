import { assessRun } from '../../assessors/training/index.ts'
import type { Signer } from '../../ground/crypto/index.ts'
import { type Digest, digestOfBytes } from '../../ground/domain/index.ts'
import { SallyportError, utf8 } from '../../ground/lang/index.ts'
import type {
  RunCoverage,
  RunFiles,
  RunOutcome,
  TrainingRunPredicate,
  TrustedKeys,
} from '../../trust/evidence/index.ts'
import { gatherFiles } from './gather-files.ts'
import { NO_RESOURCES } from './no-resources.ts'
import type { FileHasher, ProcessTree, ProcessTrees, RunStore, StatementOutbox } from './ports.ts'
import { readHistory, readRun } from './read-runs.ts'
import { foldRunJournal, type RunJournalFacts, type StopReason } from './run-journal.ts'
import { runSeries } from './run-series.ts'
import { sealOfProducts, sealProvenance, sealRun } from './seal-run.ts'

/** What settling stands on. */
export interface SettleDeps {
  readonly store: RunStore
  readonly trees: Pick<ProcessTrees, 'find'>
  readonly files: FileHasher
  readonly outbox: StatementOutbox
  readonly signer: Signer
  readonly trusted: TrustedKeys
  readonly tenant: string
  readonly version: string
  readonly sleep: (ms: number) => Promise<void>
}

/** Milliseconds between two looks at a tree that was asked to end. */
const LOOK_MS = 100

/**
 * Makes the sealed record of a run from its journal, once: after its end, or when whoever watched it died. What is left
 * of a dead wrapper's tree is stopped first, for nobody holds it to its budget any more.
 * @returns undefined while somebody watches the run still
 * @throws SallyportError `LOG_CORRUPT` when not even the plan can be read, `STORE_FAILED`
 */
export async function settleRun(deps: SettleDeps, id: string): Promise<TrainingRunPredicate | undefined> {
  if ((await deps.store.read(id, 'delivered.txt')) !== undefined) return undefined
  const held = deps.store.hold(id)
  if (held === undefined) return undefined
  try {
    const text = await deps.store.journal(id)
    // A folder without a plan: whoever made it died before anything was started, or is at it now.
    if (text === '') return undefined
    const facts = foldRunJournal(text)
    if (facts === undefined)
      throw new SallyportError('LOG_CORRUPT', `the journal of run ${id} cannot be read, not even its plan`)
    const { record } = await readRun(deps, id)
    const complete = record ?? (await seal(deps, facts))
    await deliver(deps, complete)
    return complete
  } finally {
    held.release()
  }
}

/** Leaves the sealed statements of a run for the ledger, which knows each once however often it is brought. */
async function deliver(deps: SettleDeps, run: TrainingRunPredicate): Promise<void> {
  for (const name of ['provenance.bundle.json', 'run.bundle.json'] as const) {
    const bytes = await deps.store.read(run.run, name)
    if (bytes !== undefined) await deps.outbox.deliver(bytes)
  }
  for (const envelope of await sealOfProducts(deps, run)) await deps.outbox.deliver(envelope)
  await deps.store.write(run.run, 'delivered.txt', utf8('delivered\n'))
}

async function seal(deps: SettleDeps, facts: RunJournalFacts): Promise<TrainingRunPredicate> {
  const { id } = facts.plan
  const stopped = facts.end === undefined ? await stopOrphans(deps, facts) : []
  const points = runSeries(facts)
  const series = utf8(JSON.stringify({ schemaVersion: 1, points }))
  const predicate = await describe(deps, facts, {
    leftBehind: [...facts.leftBehind, ...stopped],
    series: { digest: digestOfBytes(series), points: points.length },
  })
  const provenance =
    predicate.outcome === 'denied' ? undefined : await sealProvenance(deps, facts.plan, predicate)
  const complete =
    provenance === undefined ? predicate : { ...predicate, provenance: digestOfBytes(provenance) }
  await deps.store.write(id, 'series.json', series)
  if (provenance !== undefined) await deps.store.write(id, 'provenance.bundle.json', provenance)
  // Last: a run with this file is sealed, and is never sealed a second time.
  await deps.store.write(id, 'run.bundle.json', await sealRun(deps, complete))
  return complete
}

/** Ends what a dead wrapper left running. @returns names of what was there */
async function stopOrphans(
  deps: SettleDeps,
  { plan, begun, samples }: RunJournalFacts,
): Promise<readonly string[]> {
  if (plan.admission?.outcome === 'deny') return []
  // A wrapper that died between starting the command and writing it down leaves the mark in its environment alone.
  const members = [...(begun === undefined ? [] : [begun.root]), ...(samples.at(-1)?.members ?? [])]
  const cgroup = begun?.cgroup === undefined ? {} : { cgroup: begun.cgroup }
  const tree = deps.trees.find({ runId: plan.id, members, boot: begun?.boot ?? '', ...cgroup })
  const names = tree.names()
  if (names.length > 0) await endTree(deps, tree, plan.graceMs)
  tree.close()
  return names
}

async function endTree(deps: SettleDeps, tree: ProcessTree, graceMs: number): Promise<void> {
  tree.signal('SIGTERM')
  for (let waited = 0; waited < graceMs && !tree.isEmpty(); waited += LOOK_MS) await deps.sleep(LOOK_MS)
  if (!tree.isEmpty()) tree.kill()
  for (let looks = 0; looks < 50 && !tree.isEmpty(); looks++) await deps.sleep(LOOK_MS)
}

async function describe(
  deps: SettleDeps,
  facts: RunJournalFacts,
  known: { readonly leftBehind: readonly string[]; readonly series: TrainingRunPredicate['series'] },
): Promise<TrainingRunPredicate> {
  const { plan, end } = facts
  const ended = endOf(facts)
  const startedAt = isoOf(facts.begun?.at ?? Date.parse(plan.plannedAt))
  const finishedAt = isoOf(Math.max(ended.at, Date.parse(startedAt)))
  const history = await readHistory(deps, { name: plan.name, before: plan.id })
  const gathered = await gatherFiles(deps, facts, ended.outcome === 'denied')
  const { products, metrics } = gathered
  const base = {
    ...{ at: finishedAt, run: plan.id, name: plan.name, outcome: ended.outcome, startedAt, finishedAt },
    ...(ended.reason === undefined ? {} : { reason: ended.reason }),
    ...(end === undefined ? {} : { exit: exitOf(end) }),
    ...{ command: plan.command, folder: plan.folder, host: plan.host, user: plan.user, budget: plan.budget },
    resources: end?.resources ?? facts.samples.at(-1)?.resources ?? NO_RESOURCES,
    inputs: plan.inputs,
    products,
    ...(metrics === undefined ? {} : { metrics }),
    egress: facts.egress,
    ...(known.series === undefined || known.series.points === 0 ? {} : { series: known.series }),
    ...(plan.admission === undefined ? {} : { admission: publicAdmission(plan.admission) }),
    historyRuns: history.runs.length,
  }
  const findings = assessRun({
    run: base,
    history: history.runs,
    unvetted: namesOf(plan.inputs.datasets, plan.admission?.unvetted ?? []),
    touched: gathered.touched,
    leftBehind: known.leftBehind,
    hadSecret: plan.isMasked,
    ...(ended.exceeded === undefined ? {} : { exceeded: ended.exceeded }),
  })
  const coverage = [...plan.coverage, ...coverageOf(facts), ...gathered.coverage, history.coverage]
  return { ...base, findings, coverage }
}

function publicAdmission({ outcome, reasons, policy }: NonNullable<RunJournalFacts['plan']['admission']>) {
  return { outcome, reasons, policy }
}

function namesOf(datasets: readonly RunFiles[], digests: readonly Digest[]): readonly string[] {
  return datasets.flatMap(({ name, digest }) => (digests.includes(digest) ? [name] : []))
}

interface Ended {
  readonly outcome: RunOutcome
  readonly at: number
  readonly reason?: string
  readonly exceeded?: string
}

function endOf(facts: RunJournalFacts): Ended {
  const { plan, begun, end, stopping, samples } = facts
  if (plan.admission?.outcome === 'deny')
    return {
      outcome: 'denied',
      at: Date.parse(plan.plannedAt),
      reason: plan.admission.reasons[0] ?? 'policy denied it',
    }
  if (end === undefined) {
    const last = Math.max(begun?.at ?? Date.parse(plan.plannedAt), samples.at(-1)?.at ?? 0)
    const reason =
      begun === undefined
        ? 'whoever was to watch it ended before the command began'
        : 'whoever watched it ended without a word: killed, or the machine stopped; its end was not seen'
    return { outcome: 'interrupted', at: last, reason }
  }
  if (stopping !== undefined) return { at: end.at, ...stoppedBy(stopping.why) }
  if (end.code === 0) return { outcome: 'finished', at: end.at }
  const how = end.signal === undefined ? `exit code ${end.code ?? 'unknown'}` : `signal ${end.signal}`
  return { outcome: 'failed', at: end.at, reason: `the command ended with ${how}` }
}

function stoppedBy(why: StopReason): Omit<Ended, 'at'> {
  return why.kind === 'budget'
    ? {
        outcome: 'stopped-by-budget',
        reason: `stopped at the hard limit of ${why.limit}`,
        exceeded: why.limit,
      }
    : { outcome: 'interrupted', reason: `somebody asked it to stop (${why.signal})` }
}

function exitOf({ code, signal }: NonNullable<RunJournalFacts['end']>) {
  return { ...(code === undefined ? {} : { code }), ...(signal === undefined ? {} : { signal }) }
}

function coverageOf(facts: RunJournalFacts): readonly RunCoverage[] {
  const seen = facts.end?.coverage ?? [
    { what: 'resources', status: 'partial', reason: 'its end was not seen: the last sample counts' } as const,
    { what: 'tree', status: 'partial', reason: 'its end was not seen' } as const,
  ]
  if (facts.brokenLines === 0) return seen
  const reason = `${facts.brokenLines} lines of its journal could not be read`
  return [...seen, { what: 'resources', status: 'partial', reason }]
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
