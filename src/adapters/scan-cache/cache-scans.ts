import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileAssessment, VERDICTS, type Verdict } from '../../ground/domain/index.ts'
import type { ScanJob, ScanPool } from '../../services/scan/index.ts'

/** Bytes. Smaller files are looked at faster than a cache. */
const MIN_BYTES = 256 * 1024
/** Milliseconds. A file changed so lately may change again within one tick of its clock, unseen. */
const SETTLED_MS = 2000
/** Answers kept in one of 256 folders; the oldest go. */
const MAX_KEPT = 200
/** Bytes of one kept answer that are read. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

export interface ScanCacheOptions {
  /** Of the user alone. */
  readonly folder: string
  /** Of the assessor and its rules: another version never reads these answers. */
  readonly version: () => string
  readonly pool: ScanPool
}

interface Kept {
  readonly key: string
  readonly file: FileAssessment
}

/**
 * A pool that remembers. A file is known by device, inode, size, times of change of content and of entry, its name, and the
 * version of the rules (DECISIONS.md): it is not read. For a command line; what is imported is always looked at.
 */
export function cacheScans({ folder, version, pool }: ScanCacheOptions): ScanPool {
  return {
    async assess(job) {
      const keys = new Map<string, string>()
      const known = new Map<string, FileAssessment>()
      for (const file of job.files) {
        const key = keyOf(file, version)
        if (key === undefined) continue
        const kept = await readKept(folder, key, file.name)
        if (kept === undefined) keys.set(file.name, key)
        else known.set(file.name, kept)
      }
      const fresh: FileAssessment[] = []
      const assessment = await pool.assess({
        ...job,
        known: new Map([...(job.known ?? []), ...known]),
        onFile: (file) => {
          if (keys.has(file.path)) fresh.push(file)
          job.onFile?.(file)
        },
      })
      await keepAll(folder, keys, fresh)
      return assessment
    },
    close: () => pool.close(),
  }
}

function keyOf(
  { name, path, bytes, sizeBytes = MIN_BYTES }: ScanJob['files'][number],
  version: () => string,
): string | undefined {
  if (bytes !== undefined || sizeBytes < MIN_BYTES) return undefined
  const info = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (info === undefined || !info.isFile() || info.size < MIN_BYTES) return undefined
  if (BigInt(Date.now() - SETTLED_MS) * 1_000_000n < info.ctimeNs) return undefined
  const parts = [info.dev, info.ino, info.size, info.mtimeNs, info.ctimeNs, name, version()]
  return createHash('sha256')
    .update(JSON.stringify(parts.map(String)))
    .digest('hex')
}

async function readKept(folder: string, key: string, name: string): Promise<FileAssessment | undefined> {
  const file = fileOf(folder, key)
  const info = await stat(file).catch(() => undefined)
  if (info === undefined || info.size > MAX_ANSWER_BYTES) return undefined
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as Partial<Kept>
    const isWhole = kept.key === key && kept.file?.path === name && Array.isArray(kept.file.coverage)
    return isWhole && VERDICTS.includes(kept.file?.verdict as Verdict) ? kept.file : undefined
  } catch {
    return undefined // Information: half an answer is none; the file is looked at.
  }
}

async function keepAll(
  folder: string,
  keys: ReadonlyMap<string, string>,
  files: readonly FileAssessment[],
): Promise<void> {
  for (const file of files) {
    const key = keys.get(file.path)
    // A stopped worker says something of this moment, not of the file.
    if (key === undefined || file.coverage.some(({ reason }) => /worker/.test(reason ?? ''))) continue
    await keep(folder, { key, file }).catch(() => undefined) // Information: a full or read-only disk costs time only.
  }
}

async function keep(folder: string, kept: Kept): Promise<void> {
  const file = fileOf(folder, kept.key)
  const shard = join(file, '..')
  await mkdir(shard, { recursive: true, mode: 0o700 })
  const temporary = `${file}.${process.pid}`
  await writeFile(temporary, JSON.stringify(kept), { mode: 0o600 })
  await rename(temporary, file)
  const names = await readdir(shard)
  if (names.length <= MAX_KEPT) return
  const aged = await Promise.all(
    names.map(async (name) => ({
      name,
      at: (await stat(join(shard, name)).catch(() => ({ mtimeMs: 0 }))).mtimeMs,
    })),
  )
  aged.sort((a, b) => a.at - b.at)
  for (const { name } of aged.slice(0, names.length - MAX_KEPT)) await rm(join(shard, name), { force: true })
}

function fileOf(folder: string, key: string): string {
  return join(folder, key.slice(0, 2), `${key}.json`)
}
