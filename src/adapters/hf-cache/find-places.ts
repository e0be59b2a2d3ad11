import { type BigIntStats, lstatSync, readdirSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { problemOfName } from '../../ground/domain/index.ts'
import { compareUtf8, SallyportError } from '../../ground/lang/index.ts'
import type { Place, PlacedFile, PlacedStamp, Wanted } from '../../services/guard-load/index.ts'
import { blobBehind, isSnapshot, snapshotsIn } from './hub-cache.ts'

/** Files of one model; the limit of a manifest (CWE-770). */
const MAX_FILES = 200_000
/** Levels of folders. No model repository comes near this. */
const MAX_DEPTH = 64
/** What version control keeps for itself; `import` leaves it out too, so both speak of the same files. */
const NOT_PART_OF_A_MODEL = '.git'

/**
 * The files of a folder, of one file, or of snapshots in a cache of the Hugging Face client. In a folder no link is followed; in
 * a snapshot a link may only lead to a blob of its own repository.
 * @throws SallyportError `NOT_FOUND`, `BAD_INPUT` naming what cannot be guarded, `TOO_LARGE`
 */
export async function findPlaces(wanted: Wanted): Promise<readonly Place[]> {
  if (wanted.kind === 'path') return [placeAt(wanted.path)]
  return snapshotsIn(wanted).map(({ path, repo, commit }) => snapshotAt(path, repo, commit))
}

function placeAt(path: string): Place {
  const root = resolve(path)
  const info = look(root)
  if (info.isSymbolicLink())
    throw new SallyportError('BAD_INPUT', `${path} is a symbolic link; give the real path`)
  const snapshot = isSnapshot(root)
  if (snapshot !== undefined && info.isDirectory()) return snapshotAt(root, snapshot.repo, snapshot.commit)
  if (info.isFile()) {
    const name = basename(root)
    return { label: path, path: root, kind: 'file', files: [{ name, path: root, stamp: stampOf(info) }] }
  }
  if (!info.isDirectory()) throw new SallyportError('BAD_INPUT', `${path} is neither a file nor a folder`)
  return { label: path, path: root, kind: 'folder', files: filesOf(root, refuseLink) }
}

function snapshotAt(path: string, repo: string, commit: string): Place {
  const repository = realpathSync(dirname(dirname(path)))
  const files = filesOf(path, (link) => blobBehind(link, repository))
  return { label: `${repo}@${commit}`, path, kind: 'snapshot', files, repo, commit }
}

function refuseLink(link: string): string {
  throw new SallyportError('BAD_INPUT', `${link} is a symbolic link: what it leads to can change unseen`)
}

/** @param follow the file behind a link, or a refusal */
function filesOf(root: string, follow: (link: string) => string): readonly PlacedFile[] {
  const files: PlacedFile[] = []
  walk({ folder: root, prefix: '', depth: 0 }, follow, files)
  return files.sort((a, b) => compareUtf8(a.name, b.name))
}

function walk(
  at: { readonly folder: string; readonly prefix: string; readonly depth: number },
  follow: (link: string) => string,
  files: PlacedFile[],
): void {
  if (at.depth > MAX_DEPTH)
    throw new SallyportError('BAD_INPUT', `${at.folder} lies deeper than ${MAX_DEPTH} folders`)
  for (const part of namesIn(at.folder)) {
    if (at.depth === 0 && part === NOT_PART_OF_A_MODEL) continue
    const name = at.prefix + part
    const found = join(at.folder, part)
    const info = look(found)
    if (info.isDirectory()) {
      walk({ folder: found, prefix: `${name}/`, depth: at.depth + 1 }, follow, files)
      continue
    }
    files.push(fileAt(name, found, info.isSymbolicLink() ? follow(found) : found))
    if (files.length > MAX_FILES)
      throw new SallyportError('TOO_LARGE', `the model holds more than ${MAX_FILES} files`)
  }
}

function fileAt(name: string, found: string, path: string): PlacedFile {
  const problem = problemOfName(name)
  if (problem !== undefined) throw new SallyportError('BAD_INPUT', `cannot guard ${found}: ${problem}`)
  const info = look(path)
  if (!info.isFile()) throw new SallyportError('BAD_INPUT', `${found} is no file`)
  return { name, path, stamp: stampOf(info) }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { encoding: 'buffer' }).map((raw) => {
      const name = raw.toString('utf8')
      if (Buffer.from(name, 'utf8').equals(raw)) return name
      throw new SallyportError(
        'BAD_INPUT',
        `${folder} holds a name that is no UTF-8: ${JSON.stringify(name)}`,
      )
    })
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause
    throw new SallyportError('BAD_INPUT', `cannot open ${folder}: ${(cause as Error).message}`, { cause })
  }
}

function look(path: string): BigIntStats {
  try {
    return lstatSync(path, { bigint: true })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw new SallyportError('NOT_FOUND', `there is no file or folder at ${path}`, { cause })
    throw new SallyportError('BAD_INPUT', `cannot look at ${path}: ${(cause as Error).message}`, { cause })
  }
}

function stampOf(info: BigIntStats): PlacedStamp {
  return {
    device: String(info.dev),
    inode: String(info.ino),
    modifiedNs: String(info.mtimeNs),
    changedNs: String(info.ctimeNs),
    size: Number(info.size),
  }
}
