import type { Decision, Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Actor } from '../registry/index.ts'
import type { FirewallDeps } from './firewall-deps.ts'
import type { Firewall, HubAnswer, HubQuestion, OpenFile, OpenRevision } from './firewall-port.ts'
import type { Jobs } from './jobs.ts'
import { createJudge } from './judge.ts'
import type { Asked, HeldRevision } from './ports.ts'
import { isCommit, nameOfRepo, type RepoAddress } from './repo-address.ts'
import { sayFailure, sayRefusal, sayWaiting, shown } from './say-refusal.ts'

/** Milliseconds for which a branch is believed to stand where it stood: a moved tag is seen within a minute. */
const REF_TTL_MS = 60_000
/** Milliseconds for a question to the hub that a client waits behind. */
const UPSTREAM_MS = 20_000
/** Seconds until a client should ask again, at least and at most. */
const RETRY_S = { least: 2, most: 30 } as const
/** Milliseconds after which a broken transfer is begun again by the next question. */
const RETRY_BROKEN_MS = 3_000

/** Why a decision may be old: the assessor has to look again before anybody can say more. */
const STALE_CODES = ['evidence.stale', 'evidence.undated', 'evidence.missing']

/** The answers of one firewall. */
export function createAnswers(deps: FirewallDeps, jobs: Jobs): Pick<Firewall, 'ask'> {
  const judge = createJudge(deps)
  const answer = async (question: HubQuestion, actor: Actor, waitMs: number): Promise<HubAnswer> => {
    const found = await findRevision(deps, question, actor)
    if ('kind' in found) return found
    const held = await settle(deps, jobs, found, { revision: question.revision, actor, waitMs })
    if ('kind' in held) return held
    if (held.state === 'failed' || held.digest === undefined)
      return { kind: 'refused', commit: held.commit, message: sayFailure(held) }
    const decision = await judge(held.digest, actor)
    const open = openOf(held, held.digest)
    if (decision.outcome === 'allow') return { kind: 'open', revision: open }
    if (isStale(decision)) return reassess(deps, jobs, held, { revision: question.revision, actor, waitMs })
    const source = `${deps.upstream.label}/${nameOfRepo(held.repo)}@${held.commit}`
    deps.heldBack?.({ digest: held.digest, decision, actor, source })
    const message = sayRefusal(held, decision, deps.reviewUrl(held.digest))
    if (deps.mode === 'warn') return { kind: 'open', revision: open, warning: message }
    if (deps.mode === 'observe') return { kind: 'open', revision: open }
    return { kind: 'refused', commit: held.commit, message, decision }
  }
  return {
    ask: async (question, actor, waitMs) => {
      try {
        const given = await answer(question, actor, waitMs)
        deps.book.note(askedOf(deps, question, actor, given))
        return given
      } catch (cause) {
        deps.book.note(askedOf(deps, question, actor, undefined))
        throw cause
      }
    },
  }
}

const OUTCOME_OF = { open: 'served', refused: 'refused', waiting: 'waiting', missing: 'failed' } as const

function askedOf(
  deps: FirewallDeps,
  { repo, revision, path }: HubQuestion,
  { principalId }: Actor,
  given: HubAnswer | undefined,
): Asked {
  const commit =
    given?.kind === 'open' ? given.revision.commit : given?.kind === 'refused' ? given.commit : undefined
  return {
    at: deps.now().toISOString(),
    principalId,
    repo,
    revision,
    outcome: given === undefined ? 'failed' : OUTCOME_OF[given.kind],
    ...(commit === undefined ? {} : { commit }),
    ...(path === undefined ? {} : { path }),
  }
}

function isStale({ reasons, outcome }: Decision): boolean {
  const against = reasons.filter((reason) => reason.outcome !== 'allow')
  return outcome === 'deny' && against.length > 0 && against.every(({ code }) => STALE_CODES.includes(code))
}

/** The revision in the book, or fresh from the hub. */
async function findRevision(
  deps: FirewallDeps,
  { repo, revision }: HubQuestion,
  actor: Actor,
): Promise<HeldRevision | HubAnswer> {
  try {
    const commit = (deps.isPinned ?? isCommit)(revision) ? revision : await commitOf(deps, repo, revision)
    return deps.book.revision(repo, commit) ?? (await bringIn(deps, repo, commit, actor))
  } catch (cause) {
    if (!(cause instanceof SallyportError)) throw cause
    if (cause.code === 'NOT_FOUND')
      return { kind: 'missing', what: 'revision', message: `Sallyport: ${cause.message}` }
    if (cause.code === 'FORBIDDEN')
      return { kind: 'missing', what: 'repository', message: `Sallyport: ${cause.message}` }
    if (cause.code !== 'PEER_FAILED') throw cause
    const message = `Sallyport: the hub does not answer for ${nameOfRepo(repo)}: ${cause.message}`
    return { kind: 'waiting', message, retryAfterS: RETRY_S.least }
  }
}

async function commitOf(deps: FirewallDeps, repo: RepoAddress, name: string): Promise<string> {
  const at = deps.now()
  const known = deps.book.ref(repo, name)
  if (known !== undefined && at.getTime() - Date.parse(known.checkedAt) < REF_TTL_MS) return known.commit
  try {
    const commit = await deps.upstream.commitOf(repo, name, AbortSignal.timeout(UPSTREAM_MS))
    deps.book.setRef(repo, name, { commit, checkedAt: at.toISOString() })
    return commit
  } catch (cause) {
    // A hub that is down must not stop work on what is held: the branch stands where it was seen last.
    if (known !== undefined && cause instanceof SallyportError && cause.code === 'PEER_FAILED')
      return known.commit
    throw cause
  }
}

async function bringIn(
  deps: FirewallDeps,
  repo: RepoAddress,
  commit: string,
  actor: Actor,
): Promise<HeldRevision> {
  const stated = await deps.upstream.revision(repo, commit, AbortSignal.timeout(UPSTREAM_MS))
  if (stated.commit !== commit)
    throw new SallyportError('PEER_FAILED', `asked for ${commit}, the hub answered with ${stated.commit}`)
  const already = deps.book.revision(repo, commit)
  if (already !== undefined) return already // Somebody else asked meanwhile.
  const at = deps.now().toISOString()
  const { principalId, owner, requestDigest } = actor
  const held: HeldRevision = {
    ...{ repo, commit, state: 'pulling', files: stated.files, facts: stated.facts },
    ...{ askedAt: at, changedAt: at, askedBy: principalId, askedOwner: owner, requestDigest },
  }
  deps.book.save(held)
  return held
}

interface Patience {
  readonly revision: string
  readonly actor: Actor
  readonly waitMs: number
}

/** Waits for the work on a revision as long as the client can be kept. */
async function settle(
  deps: FirewallDeps,
  jobs: Jobs,
  held: HeldRevision,
  patience: Patience,
): Promise<HeldRevision | HubAnswer> {
  if (held.state === 'searched' || held.state === 'failed') return held
  const isBroken = held.problem !== undefined
  if (isBroken && deps.now().getTime() - Date.parse(held.changedAt) < RETRY_BROKEN_MS)
    return waiting(held, undefined)
  return work(deps, jobs, held, patience)
}

async function reassess(
  deps: FirewallDeps,
  jobs: Jobs,
  held: HeldRevision,
  patience: Patience,
): Promise<HubAnswer> {
  const again: HeldRevision = { ...held, state: 'searching', changedAt: deps.now().toISOString() }
  deps.book.save(again)
  void jobs.on(again, patience)
  return waiting(again, undefined)
}

async function work(
  deps: FirewallDeps,
  jobs: Jobs,
  held: HeldRevision,
  patience: Patience,
): Promise<HeldRevision | HubAnswer> {
  const job = jobs.on(held, patience)
  const timer = new AbortController()
  const pause = deps.sleep(patience.waitMs, timer.signal)
  await Promise.race([job.done, pause])
  timer.abort()
  const now = deps.book.revision(held.repo, held.commit) ?? held
  return now.state === 'searched' || now.state === 'failed' ? now : waiting(now, job.share())
}

function waiting(held: HeldRevision, share: number | undefined): HubAnswer {
  const bytes = held.files.reduce((sum, file) => sum + file.size, 0)
  // A guess from the size: 100 MB/s and a search; a wrong one costs one more question.
  const guess = Math.ceil((bytes * (1 - (share ?? 0))) / 1e8)
  const retryAfterS = Math.min(RETRY_S.most, Math.max(RETRY_S.least, guess))
  return { kind: 'waiting', message: sayWaiting(held, share), retryAfterS }
}

function openOf(held: HeldRevision, digest: Digest): OpenRevision {
  const files = held.files.map((file): OpenFile => {
    if (file.sha256 === undefined)
      throw new SallyportError('STORE_FAILED', `"${file.path}" of ${shown(held)} has no bytes in the store`)
    return { ...file, sha256: file.sha256 }
  })
  return { ...held, digest, files }
}
