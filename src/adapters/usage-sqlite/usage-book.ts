import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { SallyportError } from '../../ground/lang/index.ts'
import type { UsageBook } from '../../services/quota/index.ts'

/** A book that must be closed. */
export interface UsageBookFile extends UsageBook {
  close(): void
}

/** Days that are kept, for whoever asks who took how much. */
const KEPT_DAYS = 90
const DAY_MS = 86_400_000

/**
 * What went to whom by the day, in SQLite. Not waited for on its way to the disk (`synchronous=NORMAL`): a power cut may forget the
 * last moments, a killed process forgets nothing.
 * @throws SallyportError `STORE_FAILED`
 */
export function openUsageBook(file: string): UsageBookFile {
  const db = guarded(file, () => {
    const opened = new DatabaseSync(file, { timeout: 5000 })
    if (file !== ':memory:') chmodSync(file, 0o600)
    opened.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE IF NOT EXISTS used (principal TEXT NOT NULL, day TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (principal, day)) WITHOUT ROWID',
    )
    const oldest = new Date(Date.now() - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10)
    opened.prepare('DELETE FROM used WHERE day < ?').run(oldest)
    return opened
  })
  const used = db.prepare('SELECT bytes FROM used WHERE principal = ? AND day = ?')
  const add = db.prepare(
    'INSERT INTO used (principal, day, bytes) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes',
  )
  return {
    used: (principalId, day) => guarded(file, () => Number(used.get(principalId, day)?.bytes ?? 0)),
    add: (principalId, day, bytes) => guarded(file, () => void add.run(principalId, day, bytes)),
    close: () => db.close(),
  }
}

function guarded<T>(file: string, deed: () => T): T {
  try {
    return deed()
  } catch (cause) {
    throw new SallyportError('STORE_FAILED', `${file} failed: ${(cause as Error).message}`, { cause })
  }
}
