import { digestOfJson, hexOfDigest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Download, HubFacts, HubFile, HubUpstream } from '../firewall/index.ts'

/** Versions remembered between the look at a file and its transfer. One that was forgotten is looked at again. */
const MAX_REMEMBERED = 1_000

/** A file as a web server or bucket describes it. What it says together is the file's version. */
export interface StampedFile {
  /** Within the model. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly etag?: string
  readonly versionId?: string
  /** RFC 3339. */
  readonly lastModified?: string
  /** Hex, where the source states one. */
  readonly sha256?: string
}

/** A source without commits: it says of each file what it looks like now. */
export interface StampedSource {
  /** For people. */
  readonly label: string
  /**
   * What lies under a name now; each file has an ETag, a version or a time of change.
   * @param revision a version that the client asked for, or `latest`
   * @throws SallyportError `NOT_FOUND`, `FORBIDDEN`, `PEER_FAILED`, `TOO_LARGE`
   */
  look(id: string, revision: string, signal: AbortSignal): Promise<readonly StampedFile[]>
  /** The bytes of one file from `from` on. @throws SallyportError `BAD_INPUT` when it is no longer the one of the stamp */
  open(id: string, file: StampedFile, from: number, signal: AbortSignal): Promise<Download>
}

/** What is asked for when no version is. */
export const LATEST = 'latest'

/**
 * A source without commits, so that a firewall can stand before it: a commit is the digest of what the source says of all files.
 * What changed at the source is another commit, so another model, judged anew.
 */
export function stampedUpstream(source: StampedSource): HubUpstream {
  const known = new Map<string, { readonly files: readonly StampedFile[]; readonly revision: string }>()
  const look = async (id: string, revision: string, signal: AbortSignal) => {
    const files = await source.look(id, revision, signal)
    for (const file of files)
      if (file.etag === undefined && file.versionId === undefined && file.lastModified === undefined)
        throw new SallyportError(
          'FORBIDDEN',
          `${source.label} gives neither ETag nor Last-Modified for "${file.path.slice(0, 120)}", so nobody can tell its versions apart; serve it from a place that does`,
        )
    const commit = hexOfDigest(digestOfJson(files))
    known.delete(`${id} ${commit}`)
    known.set(`${id} ${commit}`, { files, revision })
    const [oldest] = known.keys()
    if (known.size > MAX_REMEMBERED && oldest !== undefined) known.delete(oldest)
    return { commit, files }
  }
  const filesOf = async (id: string, commit: string, signal: AbortSignal) => {
    const remembered = known.get(`${id} ${commit}`)
    if (remembered !== undefined) return remembered.files
    const now = await look(id, LATEST, signal)
    if (now.commit === commit) return now.files
    throw changed(source.label, id)
  }
  return {
    label: source.label,
    commitOf: async ({ id }, revision, signal) => (await look(id, revision, signal)).commit,
    revision: async ({ id }, commit, signal) => {
      const files = await filesOf(id, commit, signal)
      return { commit, files: files.map(statedOf), facts: factsOf(files) }
    },
    refs: async () => ({ branches: [], tags: [] }),
    download: async ({ id }, commit, { path, from }, signal) => {
      const file = (await filesOf(id, commit, signal)).find((one) => one.path === path)
      if (file === undefined) throw changed(source.label, id)
      return source.open(id, file, from, signal)
    },
  }
}

/** What was looked at is no longer there: the next question finds what is. */
export function changed(label: string, id: string): SallyportError {
  return new SallyportError(
    'BAD_INPUT',
    `"${id.slice(0, 200)}" changed at ${label} while it was fetched; ask again in a minute for what lies there now`,
  )
}

function statedOf({ path, size, sha256 }: StampedFile): HubFile {
  return { path, size, ...(sha256 === undefined ? {} : { lfsSha256: sha256 }) }
}

function factsOf(files: readonly StampedFile[]): HubFacts {
  const times = files.flatMap(({ lastModified }) => lastModified ?? []).sort()
  const newest = times.at(-1)
  const only = files.length === 1 ? files[0] : undefined
  return {
    ...(newest === undefined ? {} : { lastModified: newest }),
    ...(only?.etag === undefined ? {} : { etag: only.etag }),
    ...(only?.versionId === undefined ? {} : { versionId: only.versionId }),
  }
}
