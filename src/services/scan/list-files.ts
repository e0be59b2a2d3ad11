import { type Dirent, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { compareUtf8, SallyportError } from '../../ground/lang/index.ts'

/** Files of one scan; the limit of a manifest. */
const MAX_FILES = 200_000
/** Milliseconds of listing at once; then others may work. Asking through threads would cost ten times as much a file. */
const TURN_MS = 20
/** Entries between two looks at the clock. */
const PER_LOOK = 32
/** Folders beside a model that are no part of it. */
const SKIPPED = ['.git']
/** What Git runs, of the folder that came along. Samples are never run. */
const GIT_RUNS = /^(?:config(?:\.worktree)?|hooks\/(?![^/]+\.sample$)[^/]+)$/

export interface ListedFile {
  /** Relative to the root, with `/`. */
  readonly name: string
  readonly path: string
  /** Undefined where nobody asked for sizes. */
  readonly sizeBytes: number | undefined
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
  /** Leave out the sizes of files, which cost as much as all the rest of listing. */
  readonly withoutSizes?: boolean
}

/**
 * The regular files of a folder, or the one file, sorted by the bytes of their names. Links that stay inside are followed
 * to files; links that lead out, and what is neither file nor folder, are refused with a reason.
 * @throws SallyportError `NOT_FOUND` when there is nothing, `TOO_LARGE` beyond 200,000 files
 */
export async function listFiles(path: string, options: ListOptions = {}): Promise<Listing> {
  const root = realPath(path)
  const info = statSync(root)
  if (info.isFile()) {
    const name = root.split(sep).at(-1) ?? root
    const files = [{ name, path: root, sizeBytes: info.size }]
    return { root: resolve(root, '..'), kind: 'file', files, refused: [], skipped: [] }
  }
  if (!info.isDirectory()) throw new SallyportError('BAD_INPUT', `${path} is neither a file nor a folder`)
  return walkFolder(root, path, options)
}

function realPath(path: string): string {
  try {
    return realpathSync.native(path)
  } catch (cause) {
    throw new SallyportError('NOT_FOUND', `there is no file or folder at ${path}`, { cause })
  }
}

async function walkFolder(root: string, path: string, options: ListOptions): Promise<Listing> {
  const { skipFolders: leftOut = SKIPPED, withoutSizes = false } = options
  const listing = { root, files: [] as ListedFile[], refused: [] as Refusal[], skipped: [] as string[] }
  const folders = [root]
  const pause = pauser()
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const within = folder === root ? '' : `${relative(root, folder).split(sep).join('/')}/`
    // The root is a real path: nothing is to be tidied in what is put together of it.
    const start = join(folder, sep)
    for (const entry of entriesOf(folder, within, listing.refused)) {
      const full = start + entry.name
      if (leftOut.includes(entry.name)) skip(listing, entry, { full, name: within + entry.name })
      else if (take(listing, entry, { full, name: within + entry.name, withoutSizes })) folders.push(full)
      const rest = pause()
      if (rest !== undefined) await rest
    }
    mustBeFew(listing.files.length + listing.refused.length, path)
  }
  listing.files.sort((a, b) => compareUtf8(a.name, b.name))
  return { ...listing, kind: 'folder' }
}

/** Leaves a folder out, but for what Git would run by itself. */
function skip(
  listing: Parameters<typeof note>[0] & { readonly skipped: string[] },
  entry: Dirent,
  { full, name }: { readonly full: string; readonly name: string },
): void {
  listing.skipped.push(name)
  if (entry.name !== '.git' || !entry.isDirectory()) return
  for (const within of ['', 'hooks/'])
    for (const { name: inner } of entriesOf(join(full, within), `${name}/${within}`, []))
      if (GIT_RUNS.test(within + inner)) note(listing, join(full, within, inner), `${name}/${within}${inner}`)
}

/** Asked after every entry; every {@link TURN_MS} it lets others work. */
function pauser(): () => Promise<void> | undefined {
  let turn = process.uptime() * 1000
  let seen = 0
  return () => {
    seen += 1
    if (seen % PER_LOOK !== 0 || process.uptime() * 1000 - turn < TURN_MS) return undefined
    return new Promise((resume) => {
      setImmediate(() => {
        turn = process.uptime() * 1000
        resume()
      })
    })
  }
}

/** What a folder holds; one that cannot be opened is refused by name, so that nobody takes it for looked at. */
function entriesOf(folder: string, within: string, refused: Refusal[]): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    refused.push({
      name: within.slice(0, -1) || '.',
      reason: `the folder cannot be opened: ${reasonOf(error)}`,
    })
    return []
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function mustBeFew(count: number, path: string): void {
  if (count > MAX_FILES) throw new SallyportError('TOO_LARGE', `${path} holds more than ${MAX_FILES} files`)
}

/** Notes an entry of a folder; true for a folder, which is walked next. */
function take(
  listing: Parameters<typeof note>[0],
  entry: Dirent,
  {
    full,
    name,
    withoutSizes,
  }: { readonly full: string; readonly name: string; readonly withoutSizes: boolean },
): boolean {
  if (entry.isDirectory()) return true
  // What the folder says of its entries is as true as what each would say: both were so a moment ago.
  if (!withoutSizes || !entry.isFile()) return note(listing, full, name)
  listing.files.push({ name, path: full, sizeBytes: undefined })
  return false
}

/** Notes what stands at a place; true for a folder, which is walked next. Asked where the entry of its folder does not tell. */
function note(
  { root, files, refused }: { root: string; files: ListedFile[]; refused: Refusal[] },
  full: string,
  name: string,
): boolean {
  const outcome = lookSafely(root, full)
  if (outcome.kind === 'file') files.push({ name, path: outcome.path, sizeBytes: outcome.sizeBytes })
  else if (outcome.kind === 'refused') refused.push({ name, reason: outcome.reason })
  return outcome.kind === 'folder'
}

type Outcome =
  | { readonly kind: 'folder' }
  | { readonly kind: 'file'; readonly path: string; readonly sizeBytes: number }
  | { readonly kind: 'refused'; readonly reason: string }

/** What goes away or may not be asked while the folder is listed is refused by name. */
function lookSafely(root: string, full: string): Outcome {
  try {
    return lookAt(root, full)
  } catch (error) {
    return { kind: 'refused', reason: `it cannot be looked at: ${reasonOf(error)}` }
  }
}

function lookAt(root: string, full: string): Outcome {
  const info = lstatSync(full)
  if (info.isDirectory()) return { kind: 'folder' }
  if (info.isFile()) return { kind: 'file', path: full, sizeBytes: info.size }
  if (!info.isSymbolicLink()) return { kind: 'refused', reason: 'it is neither a file nor a folder' }
  const target = targetOf(full)
  if (target === undefined) return { kind: 'refused', reason: 'the link leads nowhere' }
  if (!target.startsWith(root + sep))
    return { kind: 'refused', reason: `the link leads out of the scanned folder, to ${target}` }
  const aim = statSync(target)
  if (!aim.isFile()) return { kind: 'refused', reason: 'the link leads to a folder' }
  return { kind: 'file', path: target, sizeBytes: aim.size }
}

function targetOf(link: string): string | undefined {
  try {
    return realpathSync.native(link)
  } catch {
    return undefined // Information: it leads nowhere.
  }
}
