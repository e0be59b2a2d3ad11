import type { Decision, Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { MIRROR_TAGS } from './check-words.ts'
import type { Judge } from './judge.ts'
import type { NameBook } from './ports.ts'

/** Milliseconds between two looks: a revocation reaches a mirror within a second and the time of one call. */
const LOOK_MS = 1_000
/** Milliseconds before a place that failed is told again. */
const RETRY_MS = 15_000
/** Milliseconds for one call. */
const CALL_MS = 20_000

/** What another registry is told of a version. */
export interface MirrorNews {
  readonly digest: Digest
  readonly decision: Decision
}

/** Another registry that shows our decisions. */
export interface MirrorPeer {
  /** What stands in the tag `mirror.<kind>`, whose value names the place there. */
  readonly kind: string
  /** Why a value names no place there, or undefined. */
  problemOf(place: string): string | undefined
  /** @throws SallyportError `PEER_FAILED`, `BAD_CONFIG` */
  tell(place: string, news: MirrorNews, signal: AbortSignal): Promise<void>
}

/** What mirrors need. */
export interface MirrorDeps {
  readonly book: Pick<NameBook, 'versions' | 'mirrored' | 'saveMirrored'>
  readonly judge: Judge
  readonly peers: readonly MirrorPeer[]
  readonly now: () => Date
  readonly report: (problem: unknown) => void
}

/** Other registries that follow our decisions for production. */
export interface Mirrors {
  /** Tells every place what it was not told yet. What was told is written down after, so a crash tells it twice, never not at all. */
  look(): Promise<void>
  start(): void
  close(): Promise<void>
}

/** The mirrors of one registry of names. */
export function createMirrors(deps: MirrorDeps): Mirrors {
  const stop = new AbortController()
  const failedMs = new Map<string, number>()
  let timer: NodeJS.Timeout | undefined
  let round: Promise<void> | undefined
  const look = async () => {
    const nowMs = deps.now().getTime()
    for (const version of deps.book.versions())
      for (const peer of deps.peers) {
        const place = version.tags[`${MIRROR_TAGS}${peer.kind}`]
        if (place === undefined || version.digest === undefined || stop.signal.aborted) continue
        const target = `${peer.kind} ${place}`
        if (nowMs - (failedMs.get(target) ?? 0) < RETRY_MS) continue
        failedMs.delete(target)
        await follow(deps, peer, { place, digest: version.digest }, stop.signal).catch((cause: unknown) => {
          failedMs.set(target, nowMs)
          if (!stop.signal.aborted) deps.report(cause)
        })
      }
  }
  const tick = () => {
    // Tags change without a statement, so every look reads them; a decision that is kept costs nothing.
    round ??= look()
      .catch(deps.report)
      .finally(() => {
        round = undefined
      })
  }
  return {
    look,
    start: () => {
      if (deps.peers.length > 0) timer = setInterval(tick, LOOK_MS).unref()
    },
    close: async () => {
      clearInterval(timer)
      stop.abort()
      await round
    },
  }
}

async function follow(
  { book, judge }: MirrorDeps,
  peer: MirrorPeer,
  { place, digest }: { readonly place: string; readonly digest: Digest },
  stop: AbortSignal,
): Promise<void> {
  const problem = peer.problemOf(place)
  if (problem !== undefined) throw new SallyportError('BAD_INPUT', `${MIRROR_TAGS}${peer.kind}: ${problem}`)
  const decision = await judge(digest, 'production')
  const target = `${peer.kind} ${place}`
  const told = `${digest} ${decision.outcome} ${decision.reasons.map(({ code }) => code).join(' ')}`
  if (book.mirrored(target)?.told === told) return
  await peer.tell(place, { digest, decision }, AbortSignal.any([stop, AbortSignal.timeout(CALL_MS)]))
  book.saveMirrored({ target, told })
}
