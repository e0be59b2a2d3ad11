import type { Signer } from '../../ground/crypto/index.ts'
import { type Digest, STATEMENT_TYPE, type Statement } from '../../ground/domain/index.ts'
import { descriptorSubject, PREDICATE_TYPES, sealStatement } from '../../trust/evidence/index.ts'
import { type Ledger, timeOfCheckpoint } from '../../trust/ledger/index.ts'
import { markOf } from './log-times.ts'

/** Milliseconds between two checkpoints that the log keeps of itself, while statements come. */
const MARK_EVERY_MS = 15 * 60 * 1000
/** Entries at the end of the log in which the last mark is looked for. */
const LOOK_BACK = 256

/** What puts checkpoints into the log. */
export interface MarkDeps {
  readonly ledger: Pick<Ledger, 'checkpoint' | 'size' | 'vkey' | 'origin' | 'entries' | 'read'>
  /** They seal the statement, and the log's key vouches for the time in it: the second where the first is lost. */
  readonly sealers: readonly [Signer, Signer]
  readonly logKeyId: string
  readonly tenant: string
  readonly now: () => Date
}

/** Puts the log's own time into the log, so that what stands before is known to be as old as it is. */
export interface TimeKeeper {
  /** What must be appended before anything else is, because a quarter of an hour has passed; usually nothing. */
  due(): Promise<readonly Uint8Array[]>
  /** A mark that covers everything logged so far. */
  mark(): Promise<Uint8Array>
}

/** The keeper of one log's time. */
export function timeKeeper(deps: MarkDeps): TimeKeeper {
  let lastAt: number | undefined
  const seal = async () => {
    const checkpoint = await deps.ledger.checkpoint()
    const at = deps.now()
    lastAt = at.getTime()
    const subject = descriptorSubject('key', `sha256:${deps.logKeyId}` as Digest, {
      ...{ name: deps.ledger.origin, tenant: deps.tenant },
    })
    const statement: Statement = {
      ...{ _type: STATEMENT_TYPE, subject: [subject], predicateType: PREDICATE_TYPES['log-time'] },
      predicate: { at: at.toISOString(), checkpoint },
    }
    const [first, second] = deps.sealers
    // A key that is lost or out of reach must not stand in the way of its own replacement; if neither signs, that throws.
    return sealStatement(statement, first).catch(() => sealStatement(statement, second))
  }
  return {
    mark: seal,
    due: async () => {
      if (deps.ledger.size() === 0) return []
      lastAt ??= await lastMark(deps)
      return deps.now().getTime() - lastAt < MARK_EVERY_MS ? [] : [await seal()]
    },
  }
}

/** When the log last noted its time; where it never did, when its first checkpoint of this session was signed. */
async function lastMark({ ledger, now }: MarkDeps): Promise<number> {
  let last: number | undefined
  for await (const entry of ledger.entries(Math.max(0, ledger.size() - LOOK_BACK), LOOK_BACK))
    last = markOf(entry, ledger.vkey)?.at ?? last
  if (last !== undefined) return last
  const current = timeOfCheckpoint(await ledger.checkpoint(), ledger.vkey)
  // A log without a time is marked at once.
  return current.ok && ledger.size() < LOOK_BACK ? Math.min(current.value.at, now().getTime()) : 0
}
