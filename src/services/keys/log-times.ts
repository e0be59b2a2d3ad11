import { parseStrictJson } from '../../ground/crypto/index.ts'
import { PREDICATE_TYPES } from '../../trust/evidence/index.ts'
import {
  type CheckpointTime,
  type Ledger,
  type LedgerEntry,
  timeOfCheckpoint,
} from '../../trust/ledger/index.ts'

/** Bytes. A statement that carries a checkpoint has two thousand; larger ones need not be looked into. */
const MAX_MARK_BYTES = 40_000
/** Entries read at a time. */
const BATCH = 512

/** When entries were in the log at the latest, as the log's own key vouches for. */
export interface LogTimes {
  /** Undefined when no checkpoint with a time covers the entry yet. */
  loggedAt(index: number): Promise<Date | undefined>
}

/**
 * Times from the checkpoints that the log holds about itself (`log-time`). Each is believed for the log's signature on
 * the checkpoint, whoever sealed the statement: a stolen assessor's key can neither make one nor take one away. The
 * ledger is read when the first question comes, and from then on only what is new.
 */
export function logTimes(ledger: Pick<Ledger, 'entries' | 'size' | 'vkey'>): LogTimes {
  const marks: CheckpointTime[] = []
  let read = 0
  const catchUp = async () => {
    while (read < ledger.size()) {
      for await (const entry of ledger.entries(read, BATCH)) {
        const mark = markOf(entry, ledger.vkey)
        if (mark !== undefined) marks.push(mark)
        read = entry.index + 1
      }
    }
  }
  return {
    loggedAt: async (index) => {
      await catchUp()
      const times = marks.flatMap(({ size, at }) => (size > index ? [at] : []))
      return times.length === 0 ? undefined : new Date(times.reduce((a, b) => Math.min(a, b)))
    },
  }
}

/** The checkpoint in an entry. One that claims entries after itself is none. */
export function markOf(entry: LedgerEntry, vkey: string): CheckpointTime | undefined {
  if (entry.envelope.length > MAX_MARK_BYTES) return undefined
  const note = noteIn(entry.envelope)
  const time = note === undefined ? undefined : timeOfCheckpoint(note, vkey)
  return time?.ok === true && time.value.size <= entry.index ? time.value : undefined
}

/** The key id that a sealed statement names. A hint only: who signed is for the verifier to say. */
export function hintOf(envelope: Uint8Array): string | undefined {
  const hint = member(member(member(tryParse(envelope), 'verificationMaterial'), 'publicKey'), 'hint')
  return typeof hint === 'string' ? hint : undefined
}

function noteIn(envelope: Uint8Array): string | undefined {
  const payload = member(member(tryParse(envelope), 'dsseEnvelope'), 'payload')
  if (typeof payload !== 'string') return undefined
  const statement = tryParse(Buffer.from(payload, 'base64'))
  if (member(statement, 'predicateType') !== PREDICATE_TYPES['log-time']) return undefined
  const note = member(member(statement, 'predicate'), 'checkpoint')
  return typeof note === 'string' ? note : undefined
}

/** Entries may be anything; one that cannot be read vouches for nothing, and what nothing vouches for falls. */
function tryParse(bytes: Uint8Array): unknown {
  try {
    return parseStrictJson(bytes, 'the entry')
  } catch {
    return undefined
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined
}
