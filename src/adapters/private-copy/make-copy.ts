import { chmodSync, closeSync, fchmodSync, mkdirSync, openSync, statSync } from 'node:fs'
import { chmod, mkdtemp, readdir, realpath, rm, statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { ManifestEntry } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Place, PlacedFile, PrivateCopy } from '../../services/guard-load/index.ts'
import { openPlaced, readThrough } from './read-through.ts'

/** A copy that a loader keeps, and one that goes with the process whose number stands in its name. */
const KEPT = 'sallyport-load-'
const OURS = 'sallyport-exec-'
/** The bits of a mode that let others write; the sticky bit keeps them from renaming what is ours. */
const OTHERS_WRITE = 0o022
const STICKY = 0o1000

type OnBytes = (doneBytes: number, totalBytes: number, name: string) => void

/**
 * A real copy (never a link, never a shared extent that a hole in a file system could change) of what is read, in a fresh
 * folder of ours: 0500, its files 0400. The bytes that are hashed are the bytes that are written.
 */
export async function makeCopy(
  place: Place,
  options: { readonly into: string; readonly isOurs: boolean; readonly onBytes?: OnBytes },
): Promise<PrivateCopy> {
  const into = await safeFolder(options.into)
  await sweep(into)
  await mustFit(place, into)
  const root = await mkdtemp(join(into, options.isOurs ? `${OURS}${process.pid}-` : KEPT))
  const remove = () => removeCopy(root)
  try {
    const entries = await copyFiles(place, root, options.onBytes)
    closeFolders(place, root)
    const path = place.kind === 'file' ? join(root, place.files[0]?.name ?? '') : root
    return { entries, path, place: () => placeOfCopy(place, root, path), remove }
  } catch (cause) {
    await remove()
    throw cause
  }
}

async function copyFiles(
  place: Place,
  root: string,
  onBytes: OnBytes | undefined,
): Promise<readonly ManifestEntry[]> {
  const total = place.files.reduce((sum, { stamp }) => sum + stamp.size, 0)
  const entries: ManifestEntry[] = []
  let done = 0
  for (const file of place.files) {
    const before = done
    const sha256 = await copyFile(file, join(root, file.name), (bytes) =>
      onBytes?.(before + bytes, total, file.name),
    )
    done += file.stamp.size
    entries.push({ name: file.name, size: file.stamp.size, sha256 })
  }
  return entries
}

async function copyFile(file: PlacedFile, to: string, onBytes: (bytes: number) => void): Promise<string> {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
  const source = openPlaced(file)
  try {
    const target = openSync(to, 'wx', 0o600)
    try {
      const sha256 = await readThrough(file, source, { target, onBytes })
      fchmodSync(target, 0o400)
      return sha256
    } finally {
      closeSync(target)
    }
  } finally {
    closeSync(source)
  }
}

function foldersOf(place: Place): ReadonlySet<string> {
  const folders = new Set<string>([''])
  for (const { name } of place.files) {
    const parts = name.split('/')
    for (let i = 1; i < parts.length; i++) folders.add(parts.slice(0, i).join('/'))
  }
  return folders
}

function closeFolders(place: Place, root: string): void {
  for (const folder of foldersOf(place)) chmodSync(join(root, folder), 0o500)
}

/** The copy as a place: the same names, other files. */
async function placeOfCopy(place: Place, root: string, path: string): Promise<Place> {
  const files = place.files.map(({ name }): PlacedFile => {
    const info = statSync(join(root, name), { bigint: true })
    const stamp = {
      device: String(info.dev),
      inode: String(info.ino),
      modifiedNs: String(info.mtimeNs),
      changedNs: String(info.ctimeNs),
      size: Number(info.size),
    }
    return { name, path: join(root, name), stamp }
  })
  return { label: path, path, kind: place.kind === 'file' ? 'file' : 'folder', files }
}

/** Folders are opened again first: nothing can be removed from one that may not be written to. */
async function removeCopy(root: string): Promise<void> {
  const open = async (folder: string): Promise<void> => {
    await chmod(folder, 0o700)
    for (const entry of await readdir(folder, { withFileTypes: true }))
      if (entry.isDirectory()) await open(join(folder, entry.name))
  }
  try {
    await open(root)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return // Removed already.
    throw new SallyportError('STORE_FAILED', `cannot remove ${root}: ${(cause as Error).message}`, { cause })
  }
  await rm(root, { recursive: true, force: true })
}

/** @throws SallyportError `BAD_INPUT` for a folder in which others could put another folder in the place of the copy */
async function safeFolder(folder: string): Promise<string> {
  const path = await realpath(resolve(folder)).catch((cause) => {
    throw new SallyportError('BAD_INPUT', `there is no folder ${folder} to copy into`, { cause })
  })
  const info = statSync(path)
  const us = process.getuid?.()
  const isOwn = us === undefined || info.uid === us || info.uid === 0
  const isOpen = (info.mode & OTHERS_WRITE) !== 0 && (info.mode & STICKY) === 0
  if (info.isDirectory() && isOwn && !isOpen) return path
  throw new SallyportError(
    'BAD_INPUT',
    `${path} is no folder for a private copy: it must be a folder of yours, or of the system, in which others cannot rename (0700, or sticky as /tmp)`,
  )
}

async function mustFit(place: Place, into: string): Promise<void> {
  const bytes = place.files.reduce((sum, { stamp }) => sum + stamp.size, 0)
  const { bavail, bsize } = await statfs(into)
  if (bytes <= bavail * bsize) return
  throw new SallyportError(
    'STORE_FAILED',
    `a private copy of ${place.label} takes ${bytes} bytes, and ${into} has ${bavail * bsize} left; name another folder with --copy`,
  )
}

/** Removes what processes that are gone have left: a killed `--exec` takes its copy away no more. */
async function sweep(into: string): Promise<void> {
  for (const name of await readdir(into)) {
    const pid = new RegExp(`^${OURS}([1-9][0-9]{0,9})-`).exec(name)?.[1]
    if (pid === undefined || isAlive(Number(pid))) continue
    const left = join(into, name)
    if (process.getuid !== undefined && statSync(left, { throwIfNoEntry: false })?.uid !== process.getuid())
      continue
    await removeCopy(left)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // Another user's process lives; only the number of nobody is free.
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
