import { SallyportError } from '../../ground/lang/index.ts'
import type { TrainingRunPredicate } from '../../trust/evidence/index.ts'
import { type SettleDeps, settleRun } from './settle-run.ts'

/** What settling all runs came to. */
export interface SettledRuns {
  readonly sealed: readonly TrainingRunPredicate[]
  /** Runs that cannot be settled, and why: damage that a person must look at. */
  readonly problems: readonly { readonly id: string; readonly message: string }[]
}

/** Seals every run that ended without a record: whoever comes by does it for those that were killed. */
export async function settleRuns(deps: SettleDeps): Promise<SettledRuns> {
  const sealed: TrainingRunPredicate[] = []
  const problems: { id: string; message: string }[] = []
  for (const id of await deps.store.list()) {
    try {
      const record = await settleRun(deps, id)
      if (record !== undefined) sealed.push(record)
    } catch (cause) {
      if (!(cause instanceof SallyportError)) throw cause
      problems.push({ id, message: cause.message })
    }
  }
  return { sealed, problems }
}
