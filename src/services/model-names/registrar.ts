import type { Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { sayWhyNot } from './judge.ts'
import { parseSource, type Source } from './parse-source.ts'
import type { BroughtFile, NamedVersion, NamesDeps } from './ports.ts'
import { digestOfPlace } from './served-place.ts'

/** Milliseconds that a client is kept for an answer; after that it asks again, which it does by itself. */
const WAIT_MS = 8_000
/** Milliseconds after which work that a peer broke off is begun again by the next question. */
const RETRY_MS = 3_000
/** Versions in work at the same time; the others wait their turn. */
const PARALLEL = 4

/** Brings the bytes of versions in, each once however many ask. */
export interface Registrar {
  /** Begins, or goes on, and waits a while. @returns the version as it stands then */
  on(version: NamedVersion): Promise<NamedVersion>
  /** Goes on with what the last process left unfinished. */
  resume(): void
  close(): Promise<void>
}

/** The registrar of one house. */
export function createRegistrar(deps: NamesDeps): Registrar {
  const running = new Map<string, Promise<void>>()
  const tried = new Map<string, number>()
  const stop = new AbortController()
  const queue: (() => void)[] = []
  let busy = 0
  const inTurn = async (deed: () => Promise<void>) => {
    if (busy >= PARALLEL) await new Promise<void>((go) => queue.push(go))
    else busy += 1
    try {
      await deed()
    } finally {
      const next = queue.shift()
      if (next === undefined) busy -= 1
      else next()
    }
  }
  const begin = (version: NamedVersion): Promise<void> => {
    const key = `${version.version} ${version.name}`
    const known = running.get(key)
    if (known !== undefined) return known
    if (deps.now().getTime() - (tried.get(key) ?? 0) < RETRY_MS) return Promise.resolve()
    const work = inTurn(() => register(deps, version, stop.signal))
      .catch((cause: unknown) => giveUp(deps, version, cause))
      .finally(() => {
        running.delete(key)
        tried.delete(key)
        if (deps.book.version(version.name, version.version)?.state === 'pending')
          tried.set(key, deps.now().getTime())
      })
    running.set(key, work)
    return work
  }
  return {
    on: async (version) => {
      if (version.state === 'pending') {
        const timer = new AbortController()
        await Promise.race([begin(version), pause(WAIT_MS, timer.signal)])
        timer.abort()
      }
      return deps.book.version(version.name, version.version) ?? version
    },
    resume: () => {
      for (const version of deps.book.pending()) void begin(version)
    },
    close: async () => {
      stop.abort()
      await Promise.all(running.values())
    },
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      done()
    })
  })
}

async function register(deps: NamesDeps, version: NamedVersion, signal: AbortSignal): Promise<void> {
  const digest = version.digest ?? (await bringIn(deps, version, signal))
  save(deps, version, { digest, tags: { 'sallyport.digest': digest } })
  if (signal.aborted) throw new SallyportError('ABORTED', 'the registry is closing')
  await deps.registry.assess(digest, version.asker)
  const decision = await deps.registry.promote(digest, { stage: 'development' }, version.asker)
  const problem = decision.outcome === 'allow' ? undefined : sayWhyNot(decision, deps.reviewUrl(digest))
  save(deps, version, {
    digest,
    state: decision.outcome === 'deny' ? 'failed' : 'registered',
    ...(problem === undefined ? {} : { problem }),
  })
  if (decision.outcome === 'allow') return
  const { principalId, owner } = version.asker
  const source = `models:/${version.name}/${version.version}`
  await deps.noteRequest?.({
    digest,
    stage: 'development',
    door: 'mlflow',
    principalId,
    owner,
    source,
    decision,
  })
}

/** Changes the row as it stands now: description and tags may have been set meanwhile, or the version deleted. */
function save(deps: NamesDeps, { name, version }: NamedVersion, change: Partial<NamedVersion>): void {
  deps.book.together(() => {
    const row = deps.book.version(name, version)
    if (row === undefined) return
    const { problem: _old, ...rest } = row
    const updatedMs = deps.now().getTime()
    deps.book.saveVersion({ ...rest, ...change, tags: { ...row.tags, ...change.tags }, updatedMs })
  })
}

async function bringIn(deps: NamesDeps, version: NamedVersion, signal: AbortSignal): Promise<Digest> {
  const source = parseSource(version.source)
  if (!source.ok) throw new SallyportError('BAD_INPUT', source.error)
  const { name, asker } = version
  const found = await followSource(deps, source.value, signal)
  if (found.kind === 'digest') return found.digest
  if (found.kind === 'folder')
    return (await deps.registry.importModel({ path: found.path, name }, asker)).digest
  const label = `mlflow ${version.source}`.slice(0, 400)
  return deps.registry.importStored({ name, label, entries: found.files }, asker)
}

type Found =
  | { readonly kind: 'digest'; readonly digest: Digest }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'files'; readonly files: readonly BroughtFile[] }

async function followSource(deps: NamesDeps, source: Source, signal: AbortSignal): Promise<Found> {
  const { sources, book } = deps
  const under = async (folder: string, path: string): Promise<Found> => {
    const place = path === '' ? folder : `${folder}/${path}`
    const files = await sources.artifacts(place, signal)
    if (files.length === 0)
      throw new SallyportError('NOT_FOUND', `no artifacts under "${place}"; log them first`)
    return { kind: 'files', files }
  }
  switch (source.kind) {
    case 'artifacts': {
      const digest = digestOfPlace(source.path)
      return digest === undefined
        ? under(source.path, '')
        : { kind: 'digest', digest: await here(deps, digest) }
    }
    case 'run':
      return under(await sources.placeOfRun(source.runId, signal), source.path)
    case 'logged-model':
      return under(await sources.placeOfLoggedModel(source.modelId, signal), '')
    case 'version':
      return { kind: 'digest', digest: digestOfVersion(book.version(source.name, source.version)) }
    case 'alias': {
      const version = book.model(source.name)?.aliases[source.alias]
      return {
        kind: 'digest',
        digest: digestOfVersion(version === undefined ? undefined : book.version(source.name, version)),
      }
    }
    case 'folder':
      return { kind: 'folder', path: await allowedFolder(deps, source.path) }
    case 'web':
      return { kind: 'files', files: [await sources.web(source.url, signal)] }
  }
}

function digestOfVersion(version: NamedVersion | undefined): Digest {
  if (version?.digest !== undefined) return version.digest
  throw new SallyportError('NOT_FOUND', 'the version that the source names is not registered here')
}

async function here(deps: NamesDeps, digest: Digest): Promise<Digest> {
  return (await deps.registry.get(digest)).digest
}

/** Links are followed before the folder is judged, so that none leads out of the roots. */
async function allowedFolder(deps: NamesDeps, path: string): Promise<string> {
  const refuse = (cause?: unknown) =>
    new SallyportError(
      'FORBIDDEN',
      "sources on the server's own disk are refused; log the model to this registry, or name a folder in importRoots",
      { cause },
    )
  if (deps.roots.length === 0) throw refuse()
  const real = await deps.realPath(path).catch((cause: unknown) => {
    throw refuse(cause)
  })
  if (!deps.roots.some((root) => real.startsWith(`${root}/`))) throw refuse()
  return real
}

/** What a peer broke off is tried again when somebody asks; everything else is final. */
function giveUp(deps: NamesDeps, version: NamedVersion, cause: unknown): void {
  const isKnown = cause instanceof SallyportError
  const isLater = isKnown && ['PEER_FAILED', 'ABORTED', 'LOG_LOCKED'].includes(cause.code)
  const problem = isKnown ? cause.message : 'an error of Sallyport itself; its log says more'
  save(deps, version, { state: isLater ? 'pending' : 'failed', problem })
  if (!isKnown) deps.report(cause)
}
