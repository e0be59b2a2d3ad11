import type { Ledger } from '../../trust/ledger/index.ts'
import { hintOf, logTimes, markOf } from './log-times.ts'

/** Entries read at a time. */
const BATCH = 512

/** How many statements of a key a revocation leaves standing, and how many fall. */
export interface Effects {
  readonly stand: number
  readonly fall: number
}

/** Counts what a key signed by the times that the log vouches for; the newest, which no checkpoint covers yet, are not counted as standing. */
export async function weighRevocation(
  ledger: Pick<Ledger, 'entries' | 'size' | 'vkey'>,
  keyId: string,
  since: number,
): Promise<Effects> {
  const times = logTimes(ledger)
  let stand = 0
  let fall = 0
  for (let from = 0; from < ledger.size(); from += BATCH)
    for await (const entry of ledger.entries(from, BATCH)) {
      // A checkpoint that the log signed needs nobody's key beside the log's: it neither stands nor falls with this one.
      if (hintOf(entry.envelope) !== keyId || markOf(entry, ledger.vkey) !== undefined) continue
      const at = await times.loggedAt(entry.index)
      if (at !== undefined && at.getTime() < since) stand += 1
      else fall += 1
    }
  return { stand, fall }
}
