import { type BigIntStats, constants, lstatSync, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { compareUtf8, SallyportError } from '../../ground/lang/index.ts'
import type { FileStamp, ModelEntry, ModelFiles, ModelListing } from '../../services/signing/index.ts'
import { hashJobs } from './hash-pool.ts'

/** Files; the limit of a manifest. A deeper or wider tree is an attack on memory (CWE-770). */
const MAX_ENTRIES = 200_000
/** Levels of folders. No model repository comes near this. */
const MAX_DEPTH = 64

/** Models on this machine's disks. Nothing is followed: links are listed as links. */
export function openModelFiles(options: { readonly workerUrl: URL }): ModelFiles {
  return {
    list: async (path) => list(path),
    head: (entry, length) => readHead(entry, length),
    hash: (jobs, how) => hashJobs(options.workerUrl, jobs, how),
  }
}

function list(path: string): ModelListing {
  const root = resolve(path)
  const name = basename(root)
  const info = look(root)
  if (info.isSymbolicLink())
    throw new SallyportError('BAD_INPUT', `${path} is a symbolic link; give the real path`)
  if (info.isFile())
    return { kind: 'file', root, name, entries: [{ name, kind: 'file', path: root, stamp: stampOf(info) }] }
  if (!info.isDirectory()) throw new SallyportError('BAD_INPUT', `${path} is neither a file nor a folder`)
  const entries: ModelEntry[] = []
  walk({ folder: root, prefix: '', depth: 0 }, entries)
  entries.sort((a, b) => compareUtf8(a.name, b.name))
  return { kind: 'folder', root, name, entries }
}

function walk(at: { folder: string; prefix: string; depth: number }, entries: ModelEntry[]): void {
  if (at.depth > MAX_DEPTH)
    throw new SallyportError('BAD_INPUT', `${at.folder} lies deeper than ${MAX_DEPTH} folders`)
  for (const raw of namesIn(at.folder)) {
    const part = raw.toString('utf8')
    // A name that is no UTF-8 cannot be written in a statement without becoming another (OMS v1.0 section 6.1.2).
    if (!Buffer.from(part, 'utf8').equals(raw))
      throw new SallyportError(
        'BAD_INPUT',
        `${at.folder} holds a name that is no UTF-8: ${JSON.stringify(part)}`,
      )
    const path = join(at.folder, part)
    const name = at.prefix + part
    const info = look(path)
    if (info.isDirectory()) walk({ folder: path, prefix: `${name}/`, depth: at.depth + 1 }, entries)
    else entries.push({ name, path, kind: kindOf(info), stamp: stampOf(info) })
    if (entries.length > MAX_ENTRIES)
      throw new SallyportError('TOO_LARGE', `the model holds more than ${MAX_ENTRIES} files`)
  }
}

function kindOf(info: BigIntStats): ModelEntry['kind'] {
  if (info.isSymbolicLink()) return 'link'
  return info.isFile() ? 'file' : 'other'
}

function namesIn(folder: string): readonly Buffer[] {
  try {
    return readdirSync(folder, { encoding: 'buffer' })
  } catch (cause) {
    throw new SallyportError('BAD_INPUT', `cannot open the folder ${folder}: ${(cause as Error).message}`, {
      cause,
    })
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

function stampOf(info: BigIntStats): FileStamp {
  return {
    device: String(info.dev),
    inode: String(info.ino),
    modifiedNs: String(info.mtimeNs),
    changedNs: String(info.ctimeNs),
    size: Number(info.size),
  }
}

async function readHead(entry: ModelEntry, length: number): Promise<Uint8Array> {
  const file = await open(entry.path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (cause) => {
      throw new SallyportError('BAD_INPUT', `cannot read ${entry.path}: ${(cause as Error).message}`, {
        cause,
      })
    },
  )
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
