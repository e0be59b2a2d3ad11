import { closeSync, constants, existsSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Wanted } from '../../services/guard-load/index.ts'

// The cache of huggingface_hub (docs: "Understand caching"): models--org--name/{refs,blobs,snapshots}; a snapshot holds links
// to blobs, which are named by their digest, or the files themselves where the file system has no links.

/** Repositories, and snapshots of one: more than any cache holds (CWE-770). */
const MAX_REPOSITORIES = 10_000
const MAX_SNAPSHOTS = 1_000
/** Bytes. A ref is a commit of 40 hex digits, perhaps with a line feed. */
const MAX_REF_BYTES = 64
const COMMIT = /^[0-9a-f]{40}$/
/** A blob is named by git's SHA-1 or, kept in LFS, by its SHA-256. The name is nothing to rely on: the bytes are hashed. */
const BLOB = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/
const KINDS: Readonly<Record<string, string>> = { models: '', datasets: 'datasets/', spaces: 'spaces/' }

interface Snapshot {
  readonly path: string
  readonly repo: string
  readonly commit: string
}

/** The snapshots that are wanted. @throws SallyportError `NOT_FOUND`, `BAD_INPUT`, `TOO_LARGE` */
export function snapshotsIn({ folder, repo, revision }: Wanted & { kind: 'cache' }): readonly Snapshot[] {
  const root = resolve(folder)
  if (!existsSync(root))
    throw new SallyportError('NOT_FOUND', `there is no cache at ${root}; name its folder with --hf-cache=DIR`)
  if (repo === undefined) {
    if (revision !== undefined) throw new SallyportError('BAD_INPUT', '--revision goes with --repo')
    return allSnapshots(root)
  }
  const place = join(root, folderOf(repo))
  if (!existsSync(place)) throw new SallyportError('NOT_FOUND', `the cache ${root} holds nothing of ${repo}`)
  const commit = commitOf(place, repo, revision ?? 'main')
  const path = join(place, 'snapshots', commit)
  if (!existsSync(path))
    throw new SallyportError('NOT_FOUND', `the cache holds ${repo}, and not its revision ${commit}`)
  return [{ path, repo, commit }]
}

function allSnapshots(root: string): readonly Snapshot[] {
  const found: Snapshot[] = []
  for (const name of bounded(root, MAX_REPOSITORIES)) {
    const repo = repoOf(name)
    if (repo === undefined) continue
    const snapshots = join(root, name, 'snapshots')
    if (!existsSync(snapshots)) continue
    for (const commit of bounded(snapshots, MAX_SNAPSHOTS))
      if (COMMIT.test(commit)) found.push({ path: join(snapshots, commit), repo, commit })
  }
  if (found.length === 0) throw new SallyportError('NOT_FOUND', `the cache ${root} holds no model`)
  return found
}

function bounded(folder: string, most: number): readonly string[] {
  const names = readdirSync(folder).toSorted()
  if (names.length > most)
    throw new SallyportError('TOO_LARGE', `${folder} holds ${names.length} entries; the limit is ${most}`)
  return names
}

/** `models--org--name` of `org/name`. @throws SallyportError `BAD_INPUT` for what is no name of a repository */
function folderOf(repo: string): string {
  const kind = /^(datasets|spaces)\//.exec(repo)?.[1]
  const id = kind === undefined ? repo : repo.slice(kind.length + 1)
  if (!/^[\w.-]{1,96}(?:\/[\w.-]{1,96})?$/.test(id) || id.includes('..'))
    throw new SallyportError('BAD_INPUT', `"${repo.slice(0, 200)}" is no repository; write org/name`)
  return `${kind ?? 'models'}--${id.replace('/', '--')}`
}

function repoOf(folder: string): string | undefined {
  const [, kind = '', id] = /^(models|datasets|spaces)--(.+)$/.exec(folder) ?? []
  return id === undefined ? undefined : `${KINDS[kind] ?? ''}${id.replace('--', '/')}`
}

function commitOf(place: string, repo: string, revision: string): string {
  if (COMMIT.test(revision)) return revision
  if (revision.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw new SallyportError('BAD_INPUT', `"${revision.slice(0, 200)}" is no name of a branch or tag`)
  const path = join(place, 'refs', revision)
  const commit = existsSync(path) ? readRef(path) : undefined
  if (commit === undefined)
    throw new SallyportError('NOT_FOUND', `the cache does not know the revision "${revision}" of ${repo}`)
  if (!COMMIT.test(commit)) throw new SallyportError('BAD_INPUT', `${path} names no commit`)
  return commit
}

function readRef(path: string): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const bytes = Buffer.alloc(MAX_REF_BYTES)
    return bytes
      .subarray(0, readSync(file, bytes, 0, MAX_REF_BYTES, 0))
      .toString('latin1')
      .trim()
  } finally {
    closeSync(file)
  }
}

/** What repository and commit a folder is a snapshot of, when its path says so. */
export function isSnapshot(path: string): { readonly repo: string; readonly commit: string } | undefined {
  const commit = basename(path)
  const snapshots = dirname(path)
  const repo = repoOf(basename(dirname(snapshots)))
  if (basename(snapshots) !== 'snapshots' || repo === undefined || !COMMIT.test(commit)) return undefined
  return { repo, commit }
}

/**
 * The blob that a link of a snapshot leads to.
 * @param repository the repository's folder, without links
 * @throws SallyportError `BAD_INPUT` for a link that leads anywhere else
 */
export function blobBehind(link: string, repository: string): string {
  const target = resolve(dirname(link), readlinkSync(link))
  const name = basename(target)
  const blobs = join(repository, 'blobs')
  // The folder of the link may be reached through links above the cache; only the last three parts are compared by name.
  const own = dirname(target).endsWith(join(basename(repository), 'blobs'))
  if (own && BLOB.test(name)) return join(blobs, name)
  throw new SallyportError(
    'BAD_INPUT',
    `${link} leads to ${target.slice(0, 300)}, which is no blob of its own repository`,
  )
}
