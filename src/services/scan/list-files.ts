import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { compareUtf8, SallyportError } from '../../ground/lang/index.ts'

/** Files of one scan; the limit of a manifest. */
const MAX_FILES = 200_000
/** Folders beside a model that are no part of it. */
const SKIPPED = ['.git']

export interface ListedFile {
  /** Relative to the root, with `/`. */
  readonly name: string
  readonly path: string
  readonly sizeBytes: number
}

/** Something that was not opened, and why. */
export interface Refusal {
  readonly name: string
  readonly reason: string
}

/** What a path holds. */
export interface Listing {
  /** Absolute, without links; the folder of the file when the path is a file. */
  readonly root: string
  readonly kind: 'file' | 'folder'
  readonly files: readonly ListedFile[]
  readonly refused: readonly Refusal[]
  /** Folders left out unopened. */
  readonly skipped: readonly string[]
}

export interface ListOptions {
  /** Names of folders to leave out; `.git` when not given. */
  readonly skipFolders?: readonly string[]
}

/**
 * The regular files of a folder, or the one file, sorted by the bytes of their names. Links that stay inside are followed
 * to files; links that lead out, and what is neither file nor folder, are refused with a reason.
 * @throws SallyportError `NOT_FOUND` when there is nothing, `TOO_LARGE` beyond 200,000 files
 */
export async function listFiles(path: string, options: ListOptions = {}): Promise<Listing> {
  const root = await realpath(path).catch((cause: unknown) => {
    throw new SallyportError('NOT_FOUND', `there is no file or folder at ${path}`, { cause })
  })
  const info = await stat(root)
  if (info.isFile()) {
    const name = root.split(sep).at(-1) ?? root
    const files = [{ name, path: root, sizeBytes: info.size }]
    return { root: resolve(root, '..'), kind: 'file', files, refused: [], skipped: [] }
  }
  if (!info.isDirectory()) throw new SallyportError('BAD_INPUT', `${path} is neither a file nor a folder`)
  return walkFolder(root, path, options.skipFolders ?? SKIPPED)
}

async function walkFolder(root: string, path: string, leftOut: readonly string[]): Promise<Listing> {
  const files: ListedFile[] = []
  const refused: Refusal[] = []
  const skipped: string[] = []
  const folders = [root]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(folder)) {
      const full = join(folder, entry)
      const name = relative(root, full).split(sep).join('/')
      if (leftOut.includes(entry)) {
        skipped.push(name)
        continue
      }
      const outcome = await lookAt(root, full)
      if (outcome.kind === 'folder') folders.push(full)
      else if (outcome.kind === 'file') files.push({ name, path: outcome.path, sizeBytes: outcome.sizeBytes })
      else refused.push({ name, reason: outcome.reason })
    }
    if (files.length + refused.length > MAX_FILES)
      throw new SallyportError('TOO_LARGE', `${path} holds more than ${MAX_FILES} files`)
  }
  files.sort((a, b) => compareUtf8(a.name, b.name))
  return { root, kind: 'folder', files, refused, skipped }
}

type Outcome =
  | { readonly kind: 'folder' }
  | { readonly kind: 'file'; readonly path: string; readonly sizeBytes: number }
  | { readonly kind: 'refused'; readonly reason: string }

async function lookAt(root: string, full: string): Promise<Outcome> {
  const info = await lstat(full)
  if (info.isDirectory()) return { kind: 'folder' }
  if (info.isFile()) return { kind: 'file', path: full, sizeBytes: info.size }
  if (!info.isSymbolicLink()) return { kind: 'refused', reason: 'it is neither a file nor a folder' }
  const target = await realpath(full).catch(() => undefined)
  if (target === undefined) return { kind: 'refused', reason: 'the link leads nowhere' }
  if (!target.startsWith(root + sep))
    return { kind: 'refused', reason: 'the link leads out of the scanned folder' }
  const aim = await stat(target)
  if (!aim.isFile()) return { kind: 'refused', reason: 'the link leads to a folder' }
  return { kind: 'file', path: target, sizeBytes: aim.size }
}
