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
import type { StatementRow, View, ViewChange } from './ports.ts'
import type { LineageEdge } from './registry-port.ts'

/** Entries read at a time: enough to keep the disk busy, few enough that memory does not grow with the log. */
const BATCH = 512

/** What the projection of the ledger needs. */
export interface ProjectDeps {
  readonly ledger: Pick<Ledger, 'entries' | 'size'>
  readonly view: View
  readonly trusted: TrustedKeys
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
      const change = changeOf(deps, entry)
      deps.view.apply(entry.index, change)
      folded += 1
      if (change === undefined) refused += 1
    }
    onProgress?.(deps.view.cursor(), deps.ledger.size())
  }
  return { folded, refused }
}

function changeOf(deps: ProjectDeps, entry: LedgerEntry): ViewChange | undefined {
  const verified = tryOpen(entry, deps.trusted)
  const subject = verified === undefined ? undefined : subjectsOf(verified)[0]
  if (verified === undefined || subject === undefined) return undefined
  const model = foldModel(deps.view.model(subject), verified)
  if (model === undefined) return undefined
  const decision = predicateOf(verified, 'decision')
  const edge = edgeOf(deps.view, verified, subject, model.name)
  return {
    statement: rowOf(entry, verified, subject),
    model,
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
    ...(edge === undefined ? {} : { edge }),
  }
}

/** A statement that does not verify is worth nothing to the view; `log fsck` and `rebuild` count and name it. */
function tryOpen(entry: LedgerEntry, trusted: TrustedKeys): Verified | undefined {
  try {
    return openStatement(entry.envelope, trusted)
  } catch {
    return undefined // Not "clean": what is left out of the view cannot allow anything, and the count is reported.
  }
}

function rowOf(entry: LedgerEntry, verified: Verified, subject: Digest): StatementRow {
  const { predicateType, predicate } = verified.statement
  const principalId = predicate.principalId
  return {
    index: entry.index,
    digest: entry.digest,
    subject,
    kind: verified.kind,
    predicateType,
    at: verified.at === undefined ? '' : new Date(verified.at).toISOString(),
    summary: describeStatement(verified),
    keyId: verified.signer.keyId,
    ...(typeof principalId === 'string' ? { principalId } : {}),
  }
}

function edgeOf(view: View, verified: Verified, to: Digest, toName: string): LineageEdge | undefined {
  const derivation = predicateOf(verified, 'derivation')
  if (derivation === undefined) return undefined
  const from = derivation.from.digest
  return {
    from,
    fromName: view.model(from)?.name ?? derivation.from.name ?? from,
    to,
    toName,
    relation: 'derived-from',
  }
}
