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

export interface ListOptions {
  /** Names of folders to leave out; `.git` when not given. */
  readonly skipFolders?: readonly string[]
}

/**
 * The regular files of a folder, or the one file, sorted by the bytes of their names. Links that stay inside are followed
 * to files; links that lead out, and what is neither file nor folder, are refused with a reason.
 * @throws SallyportError `NOT_FOUND` when there is nothing, `TOO_LARGE` beyond 200,000 files
 */
export async function listFiles(
  path: string,
  options: ListOptions = {},
): Promise<{ root: string; files: ListedFile[]; refused: Refusal[] }> {
  const root = await realpath(path).catch((cause: unknown) => {
    throw new SallyportError('NOT_FOUND', `there is no file or folder at ${path}`, { cause })
  })
  const info = await stat(root)
  if (info.isFile()) {
    const name = root.split(sep).at(-1) ?? root
    return { root: resolve(root, '..'), files: [{ name, path: root, sizeBytes: info.size }], refused: [] }
  }
  if (!info.isDirectory()) throw new SallyportError('BAD_INPUT', `${path} is neither a file nor a folder`)
  const files: ListedFile[] = []
  const refused: Refusal[] = []
  const folders = [root]
  const skipped = options.skipFolders ?? SKIPPED
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = (await readdir(folder)).filter((entry) => !skipped.includes(entry))
    for (const entry of entries) {
      const full = join(folder, entry)
      const name = relative(root, full).split(sep).join('/')
      const outcome = await lookAt(root, full)
      if (outcome.kind === 'folder') folders.push(full)
      else if (outcome.kind === 'file') files.push({ name, path: outcome.path, sizeBytes: outcome.sizeBytes })
      else refused.push({ name, reason: outcome.reason })
    }
    if (files.length + refused.length > MAX_FILES)
      throw new SallyportError('TOO_LARGE', `${path} holds more than ${MAX_FILES} files`)
  }
  return { root, files: files.sort((a, b) => compareUtf8(a.name, b.name)), refused }
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
