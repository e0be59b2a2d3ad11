import { open, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'
import type { DependencyFolder, FoundFile, OpenDependencies } from '../../services/dependencies/index.ts'

/** Names looked at. A project with its environment has some 100,000. */
const MAX_ENTRIES = 2_000_000
const MAX_DEPTH = 40
/** Folders whose lists are those of others: what they install stands in the lock file. */
const PASSED_OVER = new Set(['.git', 'node_modules', '__pycache__'])

/** The folder of a path, or the folder of a file with its name. @throws SallyportError `BAD_INPUT` */
export const openDependencies: OpenDependencies = async (path) => {
  const found = await stat(path).catch((cause) => {
    throw new SallyportError('BAD_INPUT', `cannot read ${path}: ${(cause as Error).message}`, { cause })
  })
  if (!found.isDirectory()) return { folder: await folderAt(dirname(resolve(path))), only: basename(path) }
  return { folder: await folderAt(resolve(path)) }
}

async function folderAt(folder: string): Promise<DependencyFolder> {
  const root = await realpath(folder)
  return {
    find: async (wanted) => {
      const found: FoundFile[] = []
      await walk({ root, wanted, found, seen: { count: 0 } }, '', 0)
      return found.sort((a, b) => (a.path < b.path ? -1 : 1))
    },
    read: (path, maxBytes) => readInside(root, path, maxBytes),
  }
}

interface Walk {
  readonly root: string
  readonly wanted: (path: string) => boolean
  readonly found: FoundFile[]
  readonly seen: { count: number }
}

async function walk(state: Walk, below: string, depth: number): Promise<void> {
  if (depth > MAX_DEPTH)
    throw new SallyportError('TOO_LARGE', `${below} is nested deeper than ${MAX_DEPTH} folders`)
  for (const entry of await readdir(join(state.root, below), { withFileTypes: true })) {
    if (++state.seen.count > MAX_ENTRIES)
      throw new SallyportError('TOO_LARGE', `there are more than ${MAX_ENTRIES} files; name a smaller folder`)
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) await walk(state, path, depth + 1)
    else if (entry.isFile() && state.wanted(path))
      state.found.push({ path, sizeBytes: (await stat(join(state.root, path))).size })
  }
}

async function readInside(root: string, path: string, maxBytes: number): Promise<string | undefined> {
  const real = await realpath(join(root, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw new SallyportError('BAD_INPUT', `cannot read ${path}: ${error.message}`, { cause: error })
  })
  if (real === undefined) return undefined
  // A link, or `..`, may not lead to what was not named (CWE-22, CWE-59).
  if (!real.startsWith(root.endsWith(sep) ? root : root + sep))
    throw new SallyportError('BAD_INPUT', `${path} leads out of the folder; it is not read`)
  const file = await open(real, 'r')
  try {
    const { size } = await file.stat()
    if (size > maxBytes)
      throw new SallyportError('TOO_LARGE', `${path} has ${size} bytes; ${maxBytes} are read`)
    const bytes = await file.readFile()
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause
    throw new SallyportError('BAD_INPUT', `${path} is no text in UTF-8`, { cause })
  } finally {
    await file.close()
  }
}
