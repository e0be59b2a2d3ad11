import { SallyportError } from '../../ground/lang/index.ts'
import {
  openStatement,
  predicateOf,
  type RunCoverage,
  type TrainingRunPredicate,
  type TrustedKeys,
} from '../../trust/evidence/index.ts'
import type { RunStore } from './ports.ts'
import { foldRunJournal, type RunJournalFacts } from './run-journal.ts'

/** Earlier runs that a run is held against: the habits of last year are not those of today. */
const MAX_HISTORY = 50
/** Folders looked through for them. */
const MAX_LOOKED = 2000

interface ReadDeps {
  readonly store: Pick<RunStore, 'list' | 'read' | 'journal'>
  readonly trusted: TrustedKeys
}

/** A run as it is kept here: sealed, or still to be sealed. */
export interface KeptRun {
  readonly id: string
  /** The verified record; absent until it is sealed. */
  readonly record?: TrainingRunPredicate
  /** The journal, where there is no record yet. */
  readonly journal?: RunJournalFacts
}

/**
 * One run, with its record verified anew.
 * @throws SallyportError `NOT_FOUND`, `SIGNATURE_INVALID`, `SIGNER_UNTRUSTED` for a record that nobody of this house sealed
 */
export async function readRun(deps: ReadDeps, id: string): Promise<KeptRun> {
  const bytes = await deps.store.read(id, 'run.bundle.json')
  if (bytes === undefined) {
    const journal = foldRunJournal(await deps.store.journal(id))
    return journal === undefined ? { id } : { id, journal }
  }
  const record = predicateOf(openStatement(bytes, deps.trusted), 'training-run')
  if (record?.run !== id)
    throw new SallyportError(
      'SIGNATURE_INVALID',
      `what is kept as the record of run ${id} is another statement`,
    )
  return { id, record }
}

/** Earlier runs of a name whose records verify, oldest first. */
export async function readHistory(
  deps: ReadDeps,
  of: { readonly name: string; readonly before: string },
): Promise<{ readonly runs: readonly TrainingRunPredicate[]; readonly coverage: RunCoverage }> {
  const runs: TrainingRunPredicate[] = []
  const broken: string[] = []
  for (const id of (await deps.store.list()).filter((one) => one < of.before).slice(0, MAX_LOOKED)) {
    if (runs.length >= MAX_HISTORY) break
    try {
      const { record } = await readRun(deps, id)
      if (record !== undefined && record.name === of.name && record.outcome !== 'denied') runs.push(record)
    } catch (cause) {
      if (!(cause instanceof SallyportError) || cause.code === 'STORE_FAILED') throw cause
      broken.push(id) // Not history: a record that does not verify teaches no habit, and the coverage says so.
    }
  }
  return { runs: runs.reverse(), coverage: coverageOf(runs.length, broken) }
}

function coverageOf(count: number, broken: readonly string[]): RunCoverage {
  if (broken.length > 0)
    return {
      what: 'history',
      status: 'partial',
      reason: `records that do not verify: ${broken.slice(0, 5).join(', ')}`,
    }
  if (count === 0)
    return { what: 'history', status: 'none', reason: 'no earlier run of this name is known here' }
  return { what: 'history', status: 'full', reason: `${count} earlier runs` }
}
