import type { Digest } from '../../ground/domain/index.ts'
import {
  openStatement,
  PREDICATE_TYPES,
  type PredicateName,
  type Predicates,
  predicateOf,
  type Verified,
} from '../../trust/evidence/index.ts'
import type { StatementRow } from './ports.ts'
import type { Room } from './room.ts'
import { whenLogged } from './when-logged.ts'

/** A statement of the ledger, verified anew, with its row. */
export interface OpenedRow {
  readonly row: StatementRow
  readonly verified: Verified
}

/** Reads and verifies one statement of the view. @throws SallyportError `SIGNATURE_INVALID`, `LOG_CORRUPT` and others */
export async function openRow(room: Room, row: StatementRow): Promise<OpenedRow> {
  const { envelope } = await room.ledger.read(row.index)
  return { row, verified: openStatement(envelope, room.trusted, await whenLogged(room, row.index)) }
}

/** All statements about a subject, verified anew, in the log's order. */
export async function openRows(room: Room, subject: Digest): Promise<readonly OpenedRow[]> {
  const opened: OpenedRow[] = []
  for (const row of room.view.statements(subject)) opened.push(await openRow(room, row))
  return opened
}

/** The newest predicate of one name about a subject, or undefined when there is none. */
export async function latestPredicate<N extends PredicateName>(
  room: Room,
  subject: Digest,
  name: N,
): Promise<{ readonly predicate: Predicates[N]; readonly row: StatementRow } | undefined> {
  const row = room.view
    .statements(subject)
    .findLast((candidate) => candidate.predicateType === PREDICATE_TYPES[name])
  if (row === undefined) return undefined
  const predicate = predicateOf((await openRow(room, row)).verified, name)
  return predicate === undefined ? undefined : { predicate, row }
}
