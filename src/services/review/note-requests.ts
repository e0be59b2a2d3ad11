import type { Digest } from '../../ground/domain/index.ts'
import { GATED_STAGES } from '../../ground/domain/index.ts'
import type { RequestCount } from './ports.ts'
import type { QueueDeps } from './queue-deps.ts'
import type { GateDoor, GateRequest } from './review-port.ts'
import { noticesOf } from './say-notice.ts'
import { decisiveReason } from './settle-case.ts'

const DAY_MS = 86_400_000
/** Requests counted together, and milliseconds that one waits at most: a power cut may lose so many counts, never a case or who asked. */
const COUNTS_TOGETHER = 500
const COUNTS_MS = 200

/** Doors that do not hand bytes to whoever asks: who brought a model in is known from its quarantine, and who deploys receives nothing. */
const NOT_FOR_ONESELF: readonly GateDoor[] = ['import', 'promote']

/** What notes requests, and writes the counts that wait. */
export interface RequestNotes {
  note(request: GateRequest): void
  flush(): void
}

/** @param wake is called when there is something to seal or to settle */
export function createRequestNotes(deps: QueueDeps, wake: () => void): RequestNotes {
  const { book } = deps
  let waiting = new Map<string, RequestCount>()
  let noted = 0
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    const counts = [...waiting.values()]
    waiting = new Map()
    noted = 0
    if (counts.length > 0) book.count(counts)
  }
  const later = () => {
    timer = undefined
    try {
      flush()
    } catch (cause) {
      deps.report(cause)
    }
  }
  return {
    flush,
    note: (request) => {
      const { digest, principalId, door, decision } = request
      if (decision.outcome === 'allow') return
      const at = deps.now().toISOString()
      openCase(deps, request, at)
      const key = JSON.stringify([digest, principalId, door])
      const known = waiting.get(key)
      if (known === undefined && !book.hasAsked(digest, principalId, door)) {
        // Who asked decides who may approve, so the first time is written at once.
        book.count([countOf(request, 1, at)])
        wake()
        return
      }
      waiting.set(key, countOf(request, (known?.times ?? 0) + 1, at))
      noted += 1
      if (noted >= COUNTS_TOGETHER) flush()
      else timer ??= setTimeout(later, COUNTS_MS).unref()
    },
  }
}

function countOf({ digest, principalId, owner, door, stage }: GateRequest, times: number, at: string) {
  return { digest, principalId, owner, door, stage, times, at }
}

function openCase(deps: QueueDeps, request: GateRequest, at: string): void {
  const { digest, stage, principalId } = request
  const known = deps.book.case(digest)
  if (known === undefined || known.state === 'approved' || known.state === 'lapsed') {
    const deadline = new Date(Date.parse(at) + deps.reviewDays * DAY_MS).toISOString()
    const fresh = { state: 'open', openedAt: at, deadline, toldOverdue: false } as const
    const opened = { ...known, ...heldBack(deps, request), ...fresh }
    deps.book.save(opened, noticesOf(deps, opened, { event: 'review.opened', at, asker: principalId }))
    return
  }
  // A case that waits is for the highest stage that anybody wants.
  if (GATED_STAGES.indexOf(stage) > GATED_STAGES.indexOf(known.stage))
    deps.book.save({ ...known, ...heldBack(deps, request) }, [])
}

/** What a case takes from the request; it is settled anew at the next look. */
function heldBack({ policy }: QueueDeps, { digest, stage, source, decision }: GateRequest) {
  return {
    ...{ digest, stage, seenIndex: -1, reason: decisiveReason(decision) },
    outcome: decision.outcome === 'deny' ? ('deny' as const) : ('review' as const),
    approvals: { have: 0, need: policy.stages[stage]?.approvals.count ?? 0 },
    ...(source === undefined ? {} : { source }),
  }
}

/** Requests read at a time. */
const SEAL_TOGETHER = 100

/**
 * Seals who was held back, once a person and model: then whoever decides, wherever, knows who may not approve. What a crash
 * left unsealed is sealed by the next look.
 */
export async function sealRequests(deps: QueueDeps): Promise<void> {
  const done = new Set<string>()
  for (const one of deps.book.unsealed(SEAL_TOGETHER)) {
    const { digest, principalId, owner, door, stage, at } = one
    const key = `${digest} ${owner}`
    if (!NOT_FOR_ONESELF.includes(door) && !done.has(key) && !(await isSealed(deps, digest, owner)))
      await deps.registry.attestRequest(digest, { at, principalId, owner, door, stage })
    done.add(key)
    deps.book.markSealed(digest, principalId, door)
  }
}

/** A crash between the seal and the mark must not seal twice. */
async function isSealed({ registry }: QueueDeps, digest: Digest, owner: string): Promise<boolean> {
  const statements = await registry.about(digest)
  return statements.some(
    ({ verified }) => verified.name === 'access-request' && verified.statement.predicate.owner === owner,
  )
}
