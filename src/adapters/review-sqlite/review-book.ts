import type { Digest, GatedStage } from '../../ground/domain/index.ts'
import type {
  GateDoor,
  ModelFacts,
  Notice,
  NoticeBody,
  Requester,
  ReviewBook,
  StoredCase,
} from '../../services/review/index.ts'
import { openTables, type Row, type Tables } from './open-database.ts'

/** A book that must be closed. */
export interface ReviewBookFile extends ReviewBook {
  close(): void
}

/** Notices that were delivered or given up are kept so long, for whoever asks whether they were told. */
const KEPT_NOTICES = 10_000

/**
 * The queue's memory in SQLite.
 * @throws SallyportError `STORE_FAILED` when the file cannot be opened or was written by a later version
 */
export function openReviewBook(file: string): ReviewBookFile {
  const tables = openTables(file)
  return {
    close: () => tables.close(),
    ...factsPart(tables),
    ...casePart(tables),
    ...askedPart(tables),
    ...outboxPart(tables),
  }
}

function factsPart({
  run,
  all,
  together,
}: Tables): Pick<ReviewBook, 'cursor' | 'fold' | 'facts' | 'ofLine' | 'publisher'> {
  return {
    cursor: () => Number(all('SELECT next FROM folded')[0]?.next ?? 0),
    fold: (next, facts) =>
      together(() => {
        for (const one of facts)
          run(
            'INSERT OR REPLACE INTO model (digest, line, publisher, first_seen, approved, refused, signed, last_index, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
            ...[one.digest, one.line, one.publisher ?? null, one.firstSeen],
            ...[Number(one.approvedAt !== undefined), Number(one.refused), Number(one.signed)],
            ...[one.lastIndex, JSON.stringify(one)],
          )
        run('UPDATE folded SET next = ?', next)
      }),
    facts: (digest) => bodies<ModelFacts>(all('SELECT body FROM model WHERE digest = ?', digest))[0],
    ofLine: (line, limit) =>
      bodies(all('SELECT body FROM model WHERE line = ? ORDER BY first_seen DESC LIMIT ?', line, limit)),
    publisher: (name) => {
      const [row] = all(
        'SELECT min(first_seen) AS first_seen, count(*) AS models, sum(approved) AS approved, sum(refused) AS refused, max(signed) AS signed FROM model WHERE publisher = ?',
        name,
      )
      if (row === undefined || row.first_seen === null) return undefined
      return {
        name,
        firstSeen: String(row.first_seen),
        models: Number(row.models),
        approved: Number(row.approved),
        refused: Number(row.refused),
        signedBefore: Number(row.signed) === 1,
      }
    },
  }
}

function casePart({
  run,
  all,
  together,
}: Tables): Pick<ReviewBook, 'case' | 'save' | 'cases' | 'unsettled' | 'overdue'> {
  return {
    case: (digest) => bodies<StoredCase>(all('SELECT body FROM review_case WHERE digest = ?', digest))[0],
    save: (kase, notices) =>
      together(() => {
        run(
          'INSERT OR REPLACE INTO review_case (digest, state, owner, opened_at, deadline, told_overdue, seen_index, valid_until, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
          ...[kase.digest, kase.state, kase.owner ?? null, kase.openedAt, kase.deadline],
          ...[Number(kase.toldOverdue), kase.seenIndex, kase.validUntil ?? null, JSON.stringify(kase)],
        )
        for (const { id, channel, body } of notices)
          run(
            'INSERT INTO notice (id, channel, body, attempts, next_at) VALUES (?, ?, ?, 0, ?)',
            ...[id, channel, JSON.stringify(body), body.at],
          )
      }),
    cases: ({ state, owner, after, limit }) => {
      const wheres = [
        ...(state === undefined ? [] : [{ sql: 'state = ?', values: [state] }]),
        ...(owner === undefined ? [] : [{ sql: 'owner = ?', values: [owner] }]),
        ...(after === undefined
          ? []
          : [
              {
                sql: '(opened_at < ? OR (opened_at = ? AND digest > ?))',
                values: [after.openedAt, after.openedAt, after.digest],
              },
            ]),
      ]
      const where = wheres.length === 0 ? '' : `WHERE ${wheres.map(({ sql }) => sql).join(' AND ')}`
      const sql = `SELECT body FROM review_case ${where} ORDER BY opened_at DESC, digest LIMIT ?`
      return bodies(all(sql, ...wheres.flatMap(({ values }) => values), limit))
    },
    unsettled: (now, limit) =>
      all(
        'SELECT digest FROM review_case JOIN model USING (digest) WHERE last_index > seen_index OR valid_until <= ? LIMIT ?',
        ...[now, limit],
      ).map((row) => String(row.digest) as Digest),
    overdue: (now, limit) =>
      bodies(
        all(
          "SELECT body FROM review_case WHERE deadline < ? AND told_overdue = 0 AND state IN ('open', 'changes-asked') LIMIT ?",
          ...[now, limit],
        ),
      ),
  }
}

function askedPart({
  run,
  all,
  together,
}: Tables): Pick<ReviewBook, 'count' | 'hasAsked' | 'requesters' | 'requests' | 'unsealed' | 'markSealed'> {
  return {
    count: (requests) =>
      together(() => {
        for (const { digest, principalId, door, owner, stage, times, at } of requests)
          run(
            'INSERT INTO asked (digest, principal, door, owner, stage, times, first_at, last_at, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO UPDATE SET times = times + excluded.times, last_at = excluded.last_at',
            ...[digest, principalId, door, owner, stage, times, at, at],
          )
      }),
    hasAsked: (digest, principalId, door) =>
      all('SELECT 1 FROM asked WHERE digest = ? AND principal = ? AND door = ?', digest, principalId, door)
        .length > 0,
    requesters: (digest, limit) =>
      all('SELECT * FROM asked WHERE digest = ? ORDER BY last_at DESC, principal LIMIT ?', digest, limit).map(
        requesterOf,
      ),
    requests: (digest) =>
      Number(all('SELECT sum(times) AS times FROM asked WHERE digest = ?', digest)[0]?.times ?? 0),
    unsealed: (limit) =>
      all('SELECT * FROM asked WHERE sealed = 0 ORDER BY first_at LIMIT ?', limit).map((row) => ({
        digest: String(row.digest) as Digest,
        principalId: String(row.principal),
        owner: String(row.owner),
        door: String(row.door) as GateDoor,
        stage: String(row.stage) as GatedStage,
        at: String(row.first_at),
      })),
    markSealed: (digest, principalId, door) =>
      run(
        'UPDATE asked SET sealed = 1 WHERE digest = ? AND principal = ? AND door = ?',
        ...[digest, principalId, door],
      ),
  }
}

function outboxPart({ run, all, together }: Tables): Pick<ReviewBook, 'dueNotices' | 'settleNotice'> {
  return {
    dueNotices: (now, limit) =>
      all('SELECT * FROM notice WHERE next_at <= ? ORDER BY next_at, id LIMIT ?', now, limit).map(noticeOf),
    settleNotice: (id, channel, next) => {
      if (typeof next === 'object') {
        run(
          'UPDATE notice SET attempts = attempts + 1, next_at = ? WHERE id = ? AND channel = ?',
          ...[next.at, id, channel],
        )
        return
      }
      together(() => {
        run(
          'UPDATE notice SET attempts = attempts + 1, next_at = NULL, outcome = ? WHERE id = ? AND channel = ?',
          ...[next, id, channel],
        )
        // Ids are in the order of time (UUIDv7).
        run(
          'DELETE FROM notice WHERE next_at IS NULL AND id < (SELECT id FROM notice WHERE next_at IS NULL ORDER BY id DESC LIMIT 1 OFFSET ?)',
          KEPT_NOTICES,
        )
      })
    },
  }
}

function bodies<T>(rows: readonly Row[]): readonly T[] {
  return rows.map((row) => JSON.parse(String(row.body)) as T)
}

function requesterOf(row: Row): Requester {
  return {
    principalId: String(row.principal),
    times: Number(row.times),
    firstAt: String(row.first_at),
    lastAt: String(row.last_at),
    door: String(row.door) as GateDoor,
  }
}

function noticeOf(row: Row): Notice & { readonly attempts: number } {
  return {
    id: String(row.id),
    channel: String(row.channel),
    body: JSON.parse(String(row.body)) as NoticeBody,
    attempts: Number(row.attempts),
  }
}
