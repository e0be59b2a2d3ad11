import { createReadStream } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { extract, type Header } from 'tar-stream'
import { problemOfName } from '../../ground/domain/index.ts'
import { compareUtf8, SallyportError } from '../../ground/lang/index.ts'
import type { Intake, IntakeFile } from '../../services/registry/index.ts'
import { unpackInWorker } from './unpack-in-worker.ts'

/** Files. Ten times the largest repository seen; a deeper or wider tree is an attack on memory (CWE-770). */
const MAX_FILES = 200_000
/** Levels of folders. No model repository comes near this. */
const MAX_DEPTH = 64
/** Folders that version control and tools keep for themselves; loaders never look there. */
const NOT_PART_OF_A_MODEL = new Set(['.git'])

type PathFile = IntakeFile & { readonly kind: 'path' }

/** Milliseconds for the next piece of an archive: a slow disk gives one in a second. */
const UNPACK_TIMEOUT_MS = 30_000

/** Opens folders, files and archives on this machine. Symbolic links, devices and sockets are refused, by name. */
export function fileIntake(options: {
  readonly unpackWorkerUrl: URL
  readonly unpackTimeoutMs?: number
}): Intake {
  const unpack = {
    workerUrl: options.unpackWorkerUrl,
    timeoutMs: options.unpackTimeoutMs ?? UNPACK_TIMEOUT_MS,
  }
  return { kindOf, list, unpack: (path, kind) => unpackInWorker(unpack, path, kind) }
}

async function kindOf(path: string): ReturnType<Intake['kindOf']> {
  const info = await look(path)
  if (info.isDirectory()) return 'folder'
  const name = path.toLowerCase()
  if (name.endsWith('.tar') || name.endsWith('.tar.gz') || name.endsWith('.tgz')) return 'tar'
  return name.endsWith('.zip') ? 'zip' : 'file'
}

async function list(path: string): Promise<readonly PathFile[]> {
  const info = await look(path)
  if (!info.isDirectory())
    return [
      {
        kind: 'path',
        name: checkedName(basename(resolve(path)), path),
        path: resolve(path),
        size: info.size,
      },
    ]
  const files: PathFile[] = []
  await walk({ root: resolve(path), prefix: '', depth: 0 }, files)
  return files.sort((a, b) => compareUtf8(a.name, b.name))
}

async function look(path: string) {
  const info = await lstat(path).catch((cause) => {
    throw new SallyportError('BAD_INPUT', `cannot import ${path}: ${(cause as Error).message}`, { cause })
  })
  if (info.isSymbolicLink())
    throw new SallyportError(
      'BAD_INPUT',
      `${path} is a symbolic link; give the real path, links are not imported`,
    )
  if (!info.isFile() && !info.isDirectory())
    throw new SallyportError('BAD_INPUT', `${path} is neither a file nor a folder`)
  return info
}

async function walk(at: { root: string; prefix: string; depth: number }, files: PathFile[]): Promise<void> {
  if (at.depth > MAX_DEPTH)
    throw new SallyportError('BAD_INPUT', `${join(at.root, at.prefix)} lies deeper than ${MAX_DEPTH} folders`)
  for (const name of await readdir(join(at.root, at.prefix))) {
    if (at.depth === 0 && NOT_PART_OF_A_MODEL.has(name)) continue
    const relative = at.prefix === '' ? name : `${at.prefix}/${name}`
    const path = join(at.root, relative)
    const info = await look(path)
    if (info.isDirectory()) await walk({ root: at.root, prefix: relative, depth: at.depth + 1 }, files)
    else files.push({ kind: 'path', name: checkedName(relative, path), path, size: info.size })
    if (files.length > MAX_FILES)
      throw new SallyportError('TOO_LARGE', `${at.root} holds more than ${MAX_FILES} files`)
  }
}

function checkedName(name: string, where: string): string {
  const problem = problemOfName(name)
  if (problem !== undefined) throw new SallyportError('BAD_INPUT', `cannot import ${where}: ${problem}`)
  return name
}

/** How a tar is packed, where that is known otherwise than by its name. */
type TarPacking = 'none' | 'gzip' | 'zstd'

/**
 * The files of a tar; each must be read before the next is asked for.
 * @param packing unset: gzip, unless the name ends in `.tar`
 * @throws SallyportError `BAD_INPUT`, `TOO_LARGE`
 */
export async function* tarMembers(
  path: string,
  packing: TarPacking = path.toLowerCase().endsWith('.tar') ? 'none' : 'gzip',
): AsyncIterable<IntakeFile> {
  const raw = createReadStream(path)
  const tar = extract()
  const fail = (cause: Error) => tar.destroy(cause)
  raw.on('error', fail)
  if (packing === 'none') raw.pipe(tar)
  else raw.pipe((packing === 'gzip' ? createGunzip() : createZstdDecompress()).on('error', fail)).pipe(tar)
  let count = 0
  try {
    for await (const entry of tar) {
      count += 1
      if (count > MAX_FILES)
        throw new SallyportError('TOO_LARGE', `${path} holds more than ${MAX_FILES} members`)
      const name = memberName(entry.header, path)
      if (name === undefined) entry.resume()
      else yield { kind: 'stream', name, size: entry.header.size ?? 0, chunks: named(entry, path) }
    }
  } catch (cause) {
    throw notWhole(path, cause)
  } finally {
    raw.destroy()
    tar.destroy()
  }
}

/** The name of a file member, undefined for what is no file and does no harm. */
function memberName(header: Header, path: string): string | undefined {
  if (header.type === 'directory') return undefined
  if (header.type !== 'file' && header.type !== 'contiguous-file')
    throw new SallyportError(
      'BAD_INPUT',
      `${path}: the member "${header.name}" is a ${header.type}, not a file`,
    )
  // GNU tar and Go would build another file out of these bytes than stands here (GNU tar manual, "Sparse Formats").
  const { pax } = header as { readonly pax?: Readonly<Record<string, string>> | null }
  if (Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse')))
    throw new SallyportError(
      'BAD_INPUT',
      `${path}: the member "${header.name}" is sparse; tar it without holes`,
    )
  return checkedName(header.name.replace(/^(\.\/)+/, ''), `${path}: member "${header.name.slice(0, 120)}"`)
}

/** The bytes of a member; what breaks in the archive is said with its path. */
async function* named(entry: AsyncIterable<unknown>, path: string): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of entry) if (chunk instanceof Uint8Array) yield chunk
  } catch (cause) {
    throw notWhole(path, cause)
  }
}

function notWhole(path: string, cause: unknown): SallyportError {
  if (cause instanceof SallyportError) return cause
  return new SallyportError('BAD_INPUT', `${path} is not a whole tar: ${(cause as Error).message}`, { cause })
}
