import { randomBytes } from 'node:crypto'
import { closeSync, constants, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'
import type { FileStamp, HashCache } from '../../services/signing/index.ts'

const FILE = 'hashes-1.json'
/** Files remembered; the oldest go. 100,000 make some 20 MB. */
const MAX_FILES = 100_000
/** Bytes of the cache itself. */
const MAX_CACHE_BYTES = 64 * 2 ** 20
/**
 * Milliseconds. A file that changed this shortly before it was hashed may change again within one tick of its clock, and
 * bear the same times: it is not remembered (git calls such files racily clean).
 */
const TOO_YOUNG_MS = 2000

/** Place, algorithm, device, inode, modified, changed, size, digest. */
type Line = readonly [string, string, string, string, string, string, number, string]

/**
 * Digests in a file of the user's cache folder, readable by nobody else. What is remembered counts only for a file with
 * exactly the same device, inode, times and size; a cache that others can write, or that cannot be read, is left aside.
 */
export function openHashCache(folder: string, now: () => Date): HashCache {
  const path = join(folder, FILE)
  const lines = new Map(read(path).map((line) => [keyOf(line[0], line[1]), line]))
  return {
    recall: (file, algorithm, stamp) => {
      const line = lines.get(keyOf(file, algorithm))
      return line !== undefined && isSame(line, stamp) ? line[7] : undefined
    },
    note: (file, algorithm, stamp, digest) => {
      const key = keyOf(file, algorithm)
      lines.delete(key)
      const changedMs = Number(BigInt(stamp.changedNs) / 1_000_000n)
      const modifiedMs = Number(BigInt(stamp.modifiedNs) / 1_000_000n)
      if (now().getTime() - Math.max(changedMs, modifiedMs) < TOO_YOUNG_MS) return
      const { device, inode, modifiedNs, changedNs, size } = stamp
      lines.set(key, [file, algorithm, device, inode, modifiedNs, changedNs, size, digest])
    },
    save: () => write(folder, path, [...lines.values()].slice(-MAX_FILES)),
  }
}

function keyOf(file: string, algorithm: string): string {
  return `${algorithm} ${file}`
}

function isSame(line: Line, stamp: FileStamp): boolean {
  const [, , device, inode, modifiedNs, changedNs, size] = line
  return (
    device === stamp.device &&
    inode === stamp.inode &&
    modifiedNs === stamp.modifiedNs &&
    changedNs === stamp.changedNs &&
    size === stamp.size
  )
}

/** An empty list means only that everything is hashed anew. */
function read(path: string): readonly Line[] {
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch {
    return [] // Information: there is no cache yet.
  }
  try {
    const info = fstatSync(file)
    const isOurs = process.getuid === undefined || info.uid === process.getuid()
    if (!isOurs || (info.mode & 0o077) !== 0 || info.size > MAX_CACHE_BYTES) return []
    const lines: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Array.isArray(lines) ? lines.filter(isLine) : []
  } catch {
    return [] // Information: a cache that was cut short is worth nothing, and costs nothing.
  } finally {
    closeSync(file)
  }
}

function isLine(value: unknown): value is Line {
  return (
    Array.isArray(value) &&
    value.length === 8 &&
    value.every((field, i) => typeof field === (i === 6 ? 'number' : 'string')) &&
    /^[0-9a-f]{64,128}$/.test(String(value[7]))
  )
}

async function write(folder: string, path: string, lines: readonly Line[]): Promise<void> {
  const draft = join(folder, `.${FILE}.${randomBytes(8).toString('hex')}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    await writeFile(draft, JSON.stringify(lines), { mode: 0o600, flag: 'wx' })
    await rename(draft, path)
  } catch (cause) {
    await unlink(draft).catch(() => undefined) // It may never have been made.
    throw new SallyportError('STORE_FAILED', `cannot write ${path}: ${(cause as Error).message}`, { cause })
  }
}
