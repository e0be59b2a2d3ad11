import { SallyportError } from '../../ground/lang/index.ts'
import type { Actor } from '../registry/index.ts'
import type { FirewallDeps } from './firewall-deps.ts'
import type { HeldRevision } from './ports.ts'
import { pullRevision } from './pull-revision.ts'
import { nameOfRepo, type RepoAddress } from './repo-address.ts'

/** Revisions in work at the same time; the others wait their turn. Each has four files in flight. */
const PARALLEL_REVISIONS = 4

/** Work on one revision. */
export interface Job {
  /** Settles when the revision is searched, has failed, or waits for another attempt; never rejects. */
  readonly done: Promise<void>
  /** Bytes that have come, of all. */
  share(): number | undefined
}

/** Work on revisions, each once however many ask. */
export interface Jobs {
  /** The running work on a revision, or new work. */
  on(held: HeldRevision, asked: { readonly revision: string; readonly actor: Actor }): Job
  resume(): void
  close(): Promise<void>
}

/** Who goes on with work that a crash cut off: the one who had asked, as the book remembers. */
function actorOf(held: HeldRevision): Actor {
  return {
    principalId: held.askedBy,
    owner: held.askedOwner,
    authentication: 'local',
    requestDigest: held.requestDigest,
  }
}

/** The jobs of one firewall. */
export function createJobs(deps: FirewallDeps): Jobs {
  const running = new Map<string, Job>()
  const stop = new AbortController()
  const gate = turnstile(PARALLEL_REVISIONS)
  const on: Jobs['on'] = (held, asked) => {
    const key = keyOf(held.repo, held.commit)
    const known = running.get(key)
    if (known !== undefined) return known
    const total = held.files.reduce((sum, file) => sum + file.size, 0)
    let bytes = 0
    const done = gate(() => work(deps, held, { ...asked, onBytes: (n) => (bytes = n), signal: stop.signal }))
      .catch((cause: unknown) => giveUp(deps, held, cause))
      .finally(() => running.delete(key))
    const job: Job = { done, share: () => (total === 0 ? undefined : Math.min(1, bytes / total)) }
    running.set(key, job)
    return job
  }
  return {
    on,
    resume: () => {
      for (const held of deps.book.unfinished()) on(held, { revision: held.commit, actor: actorOf(held) })
    },
    close: async () => {
      stop.abort()
      await Promise.all([...running.values()].map(({ done }) => done))
    },
  }
}

interface Work {
  readonly revision: string
  readonly actor: Actor
  readonly onBytes: (bytes: number) => void
  readonly signal: AbortSignal
}

/** From the hub to a decision: pulled, taken in, where it came from sealed, searched, judged and the judgement sealed. */
async function work(deps: FirewallDeps, start: HeldRevision, { revision, actor, onBytes, signal }: Work) {
  let held = start
  if (held.state === 'pulling' || held.files.some(({ sha256 }) => sha256 === undefined))
    held = await pullRevision(deps, held, onBytes, signal)
  const digest = held.digest ?? (await takeIn(deps, held, actor))
  if (held.digest === undefined) {
    held = { ...held, digest }
    deps.book.save(held)
    await deps.registry.attestSource(digest, sourceOf(deps, held, revision))
  }
  if (signal.aborted) throw new SallyportError('ABORTED', 'the firewall is closing')
  await deps.registry.assess(digest, actor)
  await deps.registry.promote(digest, { stage: 'development' }, actor)
  const { problem: _settled, ...rest } = held
  deps.book.save({ ...rest, state: 'searched', changedAt: deps.now().toISOString() })
}

async function takeIn(deps: FirewallDeps, held: HeldRevision, actor: Actor) {
  const entries = held.files.map(({ path, size, sha256 }) => {
    if (sha256 === undefined) throw new SallyportError('STORE_FAILED', `"${path}" has not arrived`)
    return { name: path, size, sha256 }
  })
  const label = `${deps.upstream.label}/${nameOfRepo(held.repo)}@${held.commit}`
  return deps.registry.importStored({ name: nameOfRepo(held.repo), label, entries }, actor)
}

function sourceOf(deps: FirewallDeps, { repo, commit, facts }: HeldRevision, revision: string) {
  const { author, license, gated, lastModified } = facts
  return {
    at: deps.now().toISOString(),
    hub: deps.upstream.label,
    repoKind: repo.kind,
    repo: repo.id,
    revision,
    commit,
    ...(author === undefined ? {} : { author }),
    ...(license === undefined ? {} : { license }),
    ...(gated === undefined ? {} : { gated }),
    ...(lastModified === undefined ? {} : { lastModified }),
  }
}

/** Bytes that are not what the hub said are refused for good; whatever else went wrong is tried again when somebody asks. */
function giveUp(deps: FirewallDeps, start: HeldRevision, cause: unknown): void {
  const held = deps.book.revision(start.repo, start.commit) ?? start
  const isFinal =
    cause instanceof SallyportError && (cause.code === 'BAD_INPUT' || cause.code === 'TOO_LARGE')
  const problem = cause instanceof SallyportError ? cause.message : 'an error of Sallyport itself'
  const changedAt = deps.now().toISOString()
  deps.book.save({ ...held, state: isFinal ? 'failed' : held.state, problem, changedAt })
  if (!(cause instanceof SallyportError)) deps.report(cause)
}

function keyOf(repo: RepoAddress, commit: string): string {
  return `${nameOfRepo(repo)} ${commit}`
}

function turnstile(places: number): <T>(deed: () => Promise<T>) => Promise<T> {
  let free = places
  const waiting: (() => void)[] = []
  return async (deed) => {
    if (free === 0) await new Promise<void>((go) => waiting.push(go))
    else free -= 1
    try {
      return await deed()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
