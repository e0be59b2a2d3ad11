import { SallyportError } from '../../ground/lang/index.ts'
import { type GuardDeps, type GuardedModel, type GuardOrder, questionOf } from './guard-model.ts'
import type { KnownHashes, Place, PlaceWatch, Standing } from './ports.ts'

/** Milliseconds between two attempts to ask somebody who does not answer. */
const RETRY_MS = 1_000
/** What may pass: the server is away, or another process holds the home for a while. */
const PASSING_CODES = ['PEER_FAILED', 'LOG_LOCKED', 'RATE_LIMITED']

/** Something that a watcher tells. */
export interface GuardEvent {
  readonly event: 'watching' | 'unreachable' | 'reachable' | 'changed' | 'revoked'
  /** RFC 3339. */
  readonly at: string
  readonly message: string
  readonly standing?: Standing
}

/** Why a watch ended; all but `stopped` mean that the model may not be used any longer. */
export interface WatchEnd {
  readonly why: 'revoked' | 'changed' | 'unreachable' | 'stopped'
  readonly message: string
}

/** What a watch stands on. */
export interface WatchDeps extends GuardDeps {
  readonly watch: (place: Place) => PlaceWatch
  readonly now: () => Date
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/** What is watched. */
export interface WatchOrder extends Pick<GuardOrder, 'stage' | 'allowPart' | 'of'> {
  /** Milliseconds for which the last answer is believed while nobody can be asked; never longer than the decision holds. */
  readonly maxStaleMs: number
  readonly onEvent: (event: GuardEvent) => void
  readonly signal: AbortSignal
}

/**
 * Watches a model in use until it may not be used any longer: its decision is withdrawn or runs out, its files change to
 * something else, or nobody has been there to ask for too long.
 * @param model what was loaded; its place is where its files stand now, of a copy the copy's
 */
export async function watchModel(deps: WatchDeps, model: GuardedModel, order: WatchOrder): Promise<WatchEnd> {
  const stop = new AbortController()
  const signal = AbortSignal.any([order.signal, stop.signal])
  const tell = (event: GuardEvent['event'], message: string, standing?: Standing) =>
    order.onEvent({
      event,
      at: deps.now().toISOString(),
      message,
      ...(standing === undefined ? {} : { standing }),
    })
  tell('watching', `${model.place.label} is watched`, model.standing)
  const inside = { ...order, signal }
  try {
    const end = await Promise.race([
      followDecision(deps, model, inside, tell),
      followFiles(deps, model, inside),
      untilStopped(order.signal),
    ])
    if (end.why !== 'stopped') tell(end.why, end.message)
    return end
  } finally {
    stop.abort()
  }
}

type Tell = (event: GuardEvent['event'], message: string, standing?: Standing) => void

async function followDecision(
  deps: WatchDeps,
  { standing: first }: GuardedModel,
  { stage, maxStaleMs, signal }: WatchOrder,
  tell: Tell,
): Promise<WatchEnd> {
  let seen: string | undefined
  const heard = { at: deps.now().getTime(), holdsUntil: endOf(first), isAway: false }
  while (!signal.aborted) {
    try {
      const { state, standing } = await deps.source.next({ digest: first.digest, stage }, seen, signal)
      if (standing.outcome !== 'allow') return { why: 'revoked', message: standing.message }
      if (heard.isAway) tell('reachable', 'decisions can be asked for again', standing)
      seen = state
      Object.assign(heard, { at: deps.now().getTime(), holdsUntil: endOf(standing), isAway: false })
    } catch (cause) {
      const why = passing(cause, signal)
      if (!heard.isAway) tell('unreachable', `nobody can be asked: ${why}`)
      heard.isAway = true
      if (deps.now().getTime() >= Math.min(heard.at + maxStaleMs, heard.holdsUntil))
        return {
          why: 'unreachable',
          message: `nobody could be asked since ${new Date(heard.at).toISOString()}, and the last answer is too old to rely on: ${why}`,
        }
      await deps.sleep(RETRY_MS, signal)
    }
  }
  return { why: 'stopped', message: 'the watch was ended' }
}

/** Why nobody could be asked for now; what does not pass by itself is thrown on. */
function passing(cause: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'the watch was ended'
  if (cause instanceof SallyportError && PASSING_CODES.includes(cause.code)) return cause.message
  throw cause
}

function endOf({ expiresAt }: Standing): number {
  return expiresAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(expiresAt)
}

async function followFiles(deps: WatchDeps, model: GuardedModel, order: WatchOrder): Promise<WatchEnd> {
  const { place, entries } = model
  const known: KnownHashes = new Map()
  const before = questionOf(order, place, entries).digest
  const watch = deps.watch(place)
  const close = () => watch.close()
  order.signal.addEventListener('abort', close, { once: true })
  try {
    while (!order.signal.aborted) {
      const changed = await lookAgain(deps, place, known, order)
      if (changed !== undefined && changed.digest !== before) {
        const message = changed.message ?? `${place.label} is no longer what was loaded`
        if (changed.isAllowed !== true) return { why: 'changed', message }
      }
      await watch.next()
    }
  } finally {
    close()
  }
  return { why: 'stopped', message: 'the watch was ended' }
}

interface Change {
  readonly digest?: string
  readonly isAllowed?: boolean
  readonly message?: string
}

/** What stands there now; more files of the same model may have come into a cache. */
async function lookAgain(
  deps: WatchDeps,
  place: Place,
  known: KnownHashes,
  order: WatchOrder,
): Promise<Change | undefined> {
  try {
    const [now] = await deps.places.find({ kind: 'path', path: place.path })
    if (now === undefined) return { message: `${place.label} is gone` }
    const question = questionOf(order, now, await deps.reader.hash(now, { known }))
    if (place.kind !== 'snapshot') return { digest: question.digest }
    const { outcome, message } = await deps.source.ask(question)
    return { digest: question.digest, isAllowed: outcome === 'allow', message }
  } catch (cause) {
    if (!(cause instanceof SallyportError)) throw cause
    // Nobody to ask: the decision's own watch says so, and ends it in time.
    if (PASSING_CODES.includes(cause.code)) return undefined
    return { message: `${place.label} cannot be checked any longer: ${cause.message}` }
  }
}

function untilStopped(signal: AbortSignal): Promise<WatchEnd> {
  const end: WatchEnd = { why: 'stopped', message: 'the watch was ended' }
  if (signal.aborted) return Promise.resolve(end)
  return new Promise((done) => signal.addEventListener('abort', () => done(end), { once: true }))
}
