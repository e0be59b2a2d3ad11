import {
  type Digest,
  digestOfJson,
  type GatedStage,
  type ManifestEntry,
  makeManifest,
} from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { ModelDetail, ModelSummary, Registry } from '../registry/index.ts'
import type { FollowedStanding, Standing, StandingQuestion } from './ports.ts'
import { createTicker } from './ticker.ts'

/** Models whose files are compared with a part. Each costs reading its statements; a name finds the right one first. */
const MAX_COMPARED = 200
/** Models that are listed to choose those from. */
const MAX_LISTED = 20_000
/** Models of one page of the list. */
const PAGE = 200
/** Standings kept; each has some hundred bytes. */
const MAX_KEPT = 2_000
/** Milliseconds for which a standing is kept at most: evidence grows too old with no statement saying so. */
const MAX_AGE_MS = 5_000
/** Questions that wait for a change at the same time; more would be held open for nobody (CWE-770). */
const MAX_WAITING = 4_000

/** What the standings of a house are read from. */
export interface StandingsDeps {
  readonly registry: Pick<Registry, 'get' | 'list' | 'verify'>
  /** The place up to which statements are folded: moves with every statement, and not before it counts. */
  readonly cursor: () => number
  readonly now: () => Date
}

/** How models stand now, for whoever loads or serves them. */
export interface Standings {
  ask(question: StandingQuestion): Promise<Standing>
  /**
   * Answers as soon as a standing is another than `seen`, or when the time is over.
   * @throws SallyportError `RATE_LIMITED` when too many wait
   */
  follow(request: {
    readonly digests: readonly Digest[]
    readonly stage: GatedStage
    readonly seen?: string
    readonly waitMs: number
    readonly signal?: AbortSignal
  }): Promise<{ readonly state: string; readonly standings: readonly Standing[] }>
  /** Lets everybody go who waits. */
  close(): void
}

/** The standings of one house. */
export function createStandings(deps: StandingsDeps): Standings {
  const ticker = createTicker(deps.cursor)
  const standingOf = keeper(deps)
  return {
    ask: async (question) => {
      const whole = await standingOf(question.digest, question.stage)
      if (whole !== undefined) return whole
      return (await standingOfPart(deps, standingOf, question)) ?? unknown(question)
    },
    follow: async ({ digests, stage, seen, waitMs, signal }) => {
      if (ticker.waiting() >= MAX_WAITING)
        throw new SallyportError(
          'RATE_LIMITED',
          `${MAX_WAITING} already wait for decisions to change; ask again`,
        )
      const end = deps.now().getTime() + waitMs
      for (;;) {
        // Before the question: what comes in while it is answered wakes us.
        const before = deps.cursor()
        const standings = await Promise.all(
          digests.map(async (digest) => (await standingOf(digest, stage)) ?? unknown({ digest, stage })),
        )
        const state = stateOf(standings)
        const left = end - deps.now().getTime()
        if (state !== seen || left <= 0 || ticker.isClosed() || signal?.aborted) return { state, standings }
        await ticker.moved(before, Math.min(left, MAX_AGE_MS))
      }
    },
    close: ticker.close,
  }
}

/** One followed standing out of an answer of {@link Standings.follow}. */
export function followedOne(answer: {
  readonly state: string
  readonly standings: readonly Standing[]
}): FollowedStanding {
  const [standing] = answer.standings
  if (standing === undefined) throw new SallyportError('PEER_FAILED', 'the answer tells of no model')
  return { state: answer.state, standing }
}

function stateOf(standings: readonly Standing[]): string {
  return digestOfJson(standings.map(({ digest, stage, outcome }) => ({ digest, stage, outcome })))
}

type StandingOf = (digest: Digest, stage: GatedStage) => Promise<Standing | undefined>

/** Standings, each kept until a statement comes in, it expires, or it is some seconds old; computed once for all who ask. */
function keeper(deps: StandingsDeps): StandingOf {
  interface Kept {
    readonly cursor: number
    readonly until: number
    readonly standing: Promise<Standing | undefined>
  }
  const kept = new Map<string, Kept>()
  return (digest, stage) => {
    const key = `${stage} ${digest}`
    const at = deps.now().getTime()
    const cursor = deps.cursor()
    const known = kept.get(key)
    if (known !== undefined && known.cursor === cursor && at < known.until) return known.standing
    const standing = standingNow(deps, digest, stage)
    kept.delete(key)
    kept.set(key, { cursor, until: at + MAX_AGE_MS, standing })
    const shorten = (given: Standing | undefined) => {
      const until = Math.min(at + MAX_AGE_MS, Date.parse(given?.expiresAt ?? '') || Number.POSITIVE_INFINITY)
      if (kept.get(key)?.standing === standing) kept.set(key, { cursor, until, standing })
    }
    // What could not be answered is asked anew by the next.
    standing.then(shorten, () => kept.delete(key))
    const [oldest] = kept.keys()
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
    return standing
  }
}

async function standingNow(
  { registry }: StandingsDeps,
  digest: Digest,
  stage: GatedStage,
): Promise<Standing | undefined> {
  const model = await findModel(registry, digest)
  if (model === undefined) return undefined
  const manifest = makeManifest(model.files)
  if (!manifest.ok) throw new SallyportError('LOG_CORRUPT', `the files of ${digest}: ${manifest.error}`)
  const { outcome, message, nextStep, name, decision } = await registry.verify(
    { path: model.name, manifests: [manifest.value] },
    stage,
  )
  const promoted = model.decisions.findLast((sealed) => sealed.stage === stage)
  const ends = [decision?.expiresAt, promoted?.expiresAt].filter((time) => time !== undefined).toSorted()
  const [expiresAt] = outcome === 'allow' ? ends : []
  return {
    ...{ digest, stage, outcome, message },
    ...(nextStep === undefined ? {} : { nextStep }),
    ...(name === undefined ? {} : { name }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
}

async function findModel(registry: Pick<Registry, 'get'>, digest: Digest): Promise<ModelDetail | undefined> {
  try {
    return await registry.get(digest)
  } catch (cause) {
    if (cause instanceof SallyportError && cause.code === 'NOT_FOUND') return undefined // Unknown: the caller denies.
    throw cause
  }
}

/** A part stands as the one model that holds every file of it, under the same name and with the same bytes. */
async function standingOfPart(
  deps: StandingsDeps,
  standingOf: StandingOf,
  { stage, part }: StandingQuestion,
): Promise<Standing | undefined> {
  if (part === undefined || part.files.length === 0) return undefined
  let best: Standing | undefined
  for (const candidate of await candidatesOf(deps, part)) {
    const model = await findModel(deps.registry, candidate.digest)
    if (model === undefined || !holdsAll(model, part.files)) continue
    const standing = await standingOf(candidate.digest, stage)
    if (standing === undefined) continue
    const found = { ...standing, partOf: model.files.length }
    if (found.outcome === 'allow') return found
    best ??= found
  }
  return best
}

function holdsAll(model: ModelDetail, files: readonly ManifestEntry[]): boolean {
  const held = new Map(model.files.map((file) => [file.name, file]))
  return files.every(({ name, size, sha256 }) => {
    const file = held.get(name)
    return file?.sha256 === sha256 && file.size === size
  })
}

async function candidatesOf(
  { registry }: StandingsDeps,
  { files, of }: NonNullable<StandingQuestion['part']>,
): Promise<readonly ModelSummary[]> {
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  const found: ModelSummary[] = []
  let cursor: string | undefined
  let listed = 0
  do {
    const page = await registry.list({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
    listed += page.items.length
    found.push(...page.items.filter((model) => model.fileCount >= files.length && model.sizeBytes >= bytes))
    cursor = page.next
  } while (cursor !== undefined && listed < MAX_LISTED)
  const isNamed = (model: ModelSummary) => Number(model.name === of || model.digest === of)
  return found.toSorted((a, b) => isNamed(b) - isNamed(a)).slice(0, MAX_COMPARED)
}

function unknown({ digest, stage, part }: StandingQuestion): Standing {
  return {
    digest,
    stage,
    outcome: 'deny',
    message:
      part === undefined
        ? 'these bytes were never imported here, or have changed since'
        : 'no model here holds all of these files: they were never imported, or have changed since',
    nextStep: 'import them, have them assessed and approved, or fetch them through the hub firewall',
  }
}
