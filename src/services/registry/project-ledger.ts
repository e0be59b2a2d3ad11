import type { Digest } from '../../ground/domain/index.ts'
import {
  openStatement,
  predicateOf,
  subjectsOf,
  type TrustedKeys,
  type Verified,
} from '../../trust/evidence/index.ts'
import type { Ledger, LedgerEntry } from '../../trust/ledger/index.ts'
import { describeStatement } from './describe-statement.ts'
import { foldModel } from './fold-model.ts'
import { lineageOf } from './lineage-of.ts'
import type { StatementRow, View, ViewChange } from './ports.ts'
import { whenLogged } from './when-logged.ts'

/** Entries read at a time: enough to keep the disk busy, few enough that memory does not grow with the log. */
const BATCH = 512

/** What the projection of the ledger needs. */
export interface ProjectDeps {
  readonly ledger: Pick<Ledger, 'entries' | 'size'>
  readonly view: View
  readonly trusted: TrustedKeys
  /** When an entry was in the log at the latest; asked for statements of revoked keys. */
  readonly loggedAt?: (index: number) => Promise<Date | undefined>
}

/**
 * Brings the view up to the ledger's end. Statements that do not verify stay in the ledger, and out of the view.
 * @returns how many entries were folded, and how many of them did not verify
 * @throws SallyportError `LOG_CORRUPT` when the ledger cannot be read
 */
export async function projectLedger(
  deps: ProjectDeps,
  onProgress?: (done: number, total: number) => void,
): Promise<{ folded: number; refused: number }> {
  let folded = 0
  let refused = 0
  for (let from = deps.view.cursor(); from < deps.ledger.size(); from = deps.view.cursor()) {
    for await (const entry of deps.ledger.entries(from, BATCH)) {
      const change = await changeOf(deps, entry)
      deps.view.apply(entry.index, change)
      folded += 1
      if (change === undefined) refused += 1
    }
    onProgress?.(deps.view.cursor(), deps.ledger.size())
  }
  return { folded, refused }
}

async function changeOf(deps: ProjectDeps, entry: LedgerEntry): Promise<ViewChange | undefined> {
  const verified = await tryOpen(entry, deps)
  if (verified === undefined) return undefined
  const subjects = [...new Set(subjectsOf(verified))]
  const [subject] = subjects
  if (subject === undefined) return undefined
  const models = subjects.flatMap((digest) => foldModel(deps.view.model(digest), verified) ?? [])
  const decision = predicateOf(verified, 'decision')
  const lineage = lineageOf(verified, deps.view)
  return {
    statement: rowOf(entry, verified, subjects),
    models,
    ...(decision === undefined
      ? {}
      : {
          decision: {
            id: decision.id,
            statement: entry.digest,
            subject,
            stage: decision.stage,
            outcome: decision.outcome,
          },
        }),
    ...(lineage === undefined ? {} : { lineage }),
  }
}

/** A statement that does not verify is worth nothing to the view; `log fsck` and `rebuild` count and name it. */
async function tryOpen(entry: LedgerEntry, deps: ProjectDeps): Promise<Verified | undefined> {
  const loggedAt = await whenLogged(deps, entry.index)
  try {
    return openStatement(entry.envelope, deps.trusted, loggedAt)
  } catch {
    return undefined // Not "clean": what is left out of the view cannot allow anything, and the count is reported.
  }
}

function rowOf(entry: LedgerEntry, verified: Verified, subjects: readonly Digest[]): StatementRow {
  const { predicateType, predicate } = verified.statement
  const principalId = predicate.principalId
  return {
    index: entry.index,
    digest: entry.digest,
    subject: subjects[0] ?? entry.digest,
    ...(subjects.length > 1 ? { subjects } : {}),
    kind: verified.kind,
    predicateType,
    at: verified.at === undefined ? '' : new Date(verified.at).toISOString(),
    summary: describeStatement(verified),
    keyId: verified.signer.keyId,
    ...(typeof principalId === 'string' ? { principalId } : {}),
  }
}
