import { SallyportError } from '../../ground/lang/index.ts'
import type { BlobStore } from '../registry/index.ts'
import type { Gates, NamesCaller } from './gates.ts'
import { sayWhyNot } from './judge.ts'
import { parseArtifactPath } from './parse-source.ts'
import type { ArtifactEntry, NamesDeps } from './ports.ts'
import { SERVED_FOLDER, type ServedPlace, servedPlace } from './served-place.ts'

/** Entries of one listing. */
const MAX_LISTED = 50_000

/** A file that may be handed out. */
export interface OpenArtifact {
  /** Absolute path of its bytes. */
  readonly path: string
  readonly size: number
  readonly sha256: string
}

/** The artifact store as clients see it: what they uploaded, and registered bytes by their digest. */
export interface Artifacts {
  /** @throws SallyportError `FORBIDDEN` where registered bytes stand, `TOO_LARGE` */
  upload(path: string, chunks: AsyncIterable<Uint8Array>, caller: NamesCaller): Promise<void>
  /** @throws SallyportError `FORBIDDEN` with the reason, `NOT_FOUND` */
  open(path: string, caller: NamesCaller): Promise<OpenArtifact>
  list(path: string, caller: NamesCaller): Promise<readonly ArtifactEntry[]>
  delete(path: string, caller: NamesCaller): void
  /** Whether a path is one of those where registered bytes stand by their digest. */
  isServed(path: string): boolean
  /** What stands behind a guard, in the store of the server there: the path, when it goes back to whoever uploaded it. @throws SallyportError `FORBIDDEN` */
  behind(path: string, caller: NamesCaller): string
  /** Writes down whose upload went through to the server behind. */
  noteBehind(path: string, caller: NamesCaller): void
}

/** What the store needs. */
export interface ArtifactDeps extends NamesDeps {
  readonly store: Pick<BlobStore, 'putStream'>
}

/** The artifact store of a registry that stands alone. */
export function createArtifacts(deps: ArtifactDeps, gates: Gates): Artifacts {
  const { book } = deps
  const served = servedFiles(deps, gates)
  return {
    upload: async (text, chunks, { actor }) => {
      const path = writable(text)
      const { sha256, size } = await deps.store.putStream(chunks)
      book.saveArtifact({ path, size, sha256, principalId: actor.principalId })
    },
    open: async (text, caller) => {
      const path = pathOf(text)
      const place = servedPlace(path)
      if (place !== undefined) return served.open(place, caller)
      const file = book.artifact(path)
      if (file === undefined) throw missing(path)
      if (file.principalId !== caller.actor.principalId) throw notYours(path)
      return { path: deps.blobs.pathOf(file.sha256), size: file.size, sha256: file.sha256 }
    },
    list: async (text, caller) => {
      const path = pathOf(text)
      const place = servedPlace(path)
      const files = place === undefined ? book.artifactsUnder(path) : await served.list(place, caller)
      return entriesOf(path, files)
    },
    isServed: (text) => servedPlace(pathOf(text)) !== undefined,
    behind: (text, { actor }) => {
      const path = writable(text)
      if (book.artifact(path)?.principalId !== actor.principalId) throw notYours(path)
      return path
    },
    noteBehind: (text, { actor }) =>
      book.saveArtifact({ path: writable(text), size: 0, sha256: '', principalId: actor.principalId }),
    delete: (text, { actor }) => {
      const path = writable(text)
      const files = book.artifactsUnder(path)
      const one = book.artifact(path)
      const strange = [...files, ...(one === undefined ? [] : [one])].some(
        ({ principalId }) => principalId !== actor.principalId,
      )
      if (strange) throw notYours(path)
      book.deleteArtifactsUnder(path)
    },
  }
}

/** Registered bytes by their digest: never what somebody uploaded since, and only while the policy allows them. */
function servedFiles(deps: Pick<NamesDeps, 'registry' | 'blobs' | 'reviewUrl'>, gates: Gates) {
  const filesOf = async ({ digest, stage }: ServedPlace) => {
    const decision = await gates.judge(digest, stage)
    if (decision.outcome !== 'allow')
      throw new SallyportError(
        'FORBIDDEN',
        `Sallyport refuses to hand out ${digest} for ${stage}: ${sayWhyNot(decision, deps.reviewUrl(digest))}`,
      )
    return (await deps.registry.get(digest)).files
  }
  return {
    open: async (place: ServedPlace, _caller: NamesCaller): Promise<OpenArtifact> => {
      const file = (await filesOf(place)).find(({ name }) => name === place.file)
      if (file === undefined) throw missing(place.file)
      return { path: deps.blobs.pathOf(file.sha256), size: file.size, sha256: file.sha256 }
    },
    list: async (place: ServedPlace, _caller: NamesCaller) => {
      const { stage, digest, file } = place
      const root = `${SERVED_FOLDER}/${stage}/${digest.replace(':', '-')}`
      const inside = file === '' ? '' : `${file}/`
      return (await filesOf(place))
        .filter(({ name }) => name.startsWith(inside))
        .map(({ name, size }) => ({ path: `${root}/${name}`, size }))
    },
  }
}

/** What stands right beneath a folder, names relative to it, as MLflow's proxy lists it. */
function entriesOf(
  folder: string,
  files: readonly { readonly path: string; readonly size: number }[],
): readonly ArtifactEntry[] {
  const prefix = folder === '' ? '' : `${folder}/`
  const found = new Map<string, ArtifactEntry>()
  for (const { path, size } of files) {
    const [name = '', ...rest] = path.slice(prefix.length).split('/')
    if (rest.length > 0) found.set(name, { path: name, isFolder: true })
    else found.set(name, { path: name, isFolder: false, size })
    if (found.size > MAX_LISTED)
      throw new SallyportError('TOO_LARGE', `"${folder}" has more than ${MAX_LISTED} entries`)
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

function pathOf(text: string): string {
  const path = parseArtifactPath(text)
  if (!path.ok) throw new SallyportError('BAD_INPUT', `Invalid path: ${path.error}`)
  return path.value
}

function writable(text: string): string {
  const path = pathOf(text)
  if (path === '') throw new SallyportError('BAD_INPUT', 'Invalid path: it is empty')
  if (path === SERVED_FOLDER || path.startsWith(`${SERVED_FOLDER}/`))
    throw new SallyportError('FORBIDDEN', 'registered bytes are never changed; register a new version')
  return path
}

function missing(path: string): SallyportError {
  return new SallyportError('NOT_FOUND', `there is no artifact "${path.slice(0, 200)}"`)
}

function notYours(path: string): SallyportError {
  return new SallyportError(
    'FORBIDDEN',
    `Sallyport: "${path.slice(0, 200)}" was searched by nobody, so it goes back to whoever uploaded it and to nobody else. Next: register it as a model version`,
  )
}
