import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createQuickScan } from './adapters/quick-scan/index.ts'
import { cacheScans } from './adapters/scan-cache/index.ts'
import { createScanPool } from './adapters/scan-pool/index.ts'
import type { ScanPool } from './services/scan/index.ts'

/** What a scan stands on. */
export interface ScannerSettings {
  /** Milliseconds for one file; a file that takes longer is undecided. 60,000 when not given. */
  readonly timeoutMs?: number
  /** Files looked at side by side; 2 when not given. */
  readonly jobs?: number
  /** Looks at what is soon done in the calling thread, which it holds up for at most two seconds: for a command line. */
  readonly inThread?: boolean
  /** With `inThread`: the process ends after this scan. V8 is told so, which is a matter of the whole process. */
  readonly isLast?: boolean
  /** A folder of the user's own, where compiled code is kept, and answers when `keepAnswers`. Nothing is kept without. */
  readonly cacheFolder?: string
  /** Keeps answers about large files, and takes them from there while such a file stands still. */
  readonly keepAnswers?: boolean
}

/** Milliseconds for one file when nothing else is said. */
const TIMEOUT_MS = 60_000

/** The assessor as one script: stands in the published package only. */
const SCRIPT = fileURLToPath(new URL('./assess-now.cjs', import.meta.url))

/** What scans files, for the door and the command line: workers, and in front of them what makes a small scan quick. */
export async function openScanner(settings: ScannerSettings): Promise<ScanPool> {
  const { cacheFolder, keepAnswers, isLast = false } = settings
  if (settings.inThread !== true || !existsSync(SCRIPT)) {
    const { joinFiles } = await import('./assessors/model/index.ts')
    return openWorkers(settings, joinFiles)
  }
  const quick = createQuickScan({
    scriptFile: SCRIPT,
    isLast,
    openPool: (joinFiles) => openWorkers(settings, joinFiles),
    ...(cacheFolder === undefined ? {} : { codeCacheFolder: join(cacheFolder, 'code') }),
  })
  if (cacheFolder === undefined || keepAnswers !== true) return quick
  const version = (): string => createHash('sha256').update(readFileSync(SCRIPT)).digest('hex')
  return cacheScans({ folder: join(cacheFolder, 'scans'), version, pool: quick })
}

function openWorkers(
  { timeoutMs = TIMEOUT_MS, jobs, cacheFolder }: ScannerSettings,
  joinFiles: Parameters<typeof createScanPool>[0]['joinFiles'],
): ScanPool {
  // A worker loads some hundred modules: what V8 made of them the last time is used again.
  if (cacheFolder !== undefined) enableCompileCache(join(cacheFolder, 'compiled'))
  return createScanPool({
    joinFiles,
    workerUrl: new URL('./worker.ts', import.meta.url),
    timeoutMs,
    ...(jobs === undefined ? {} : { workers: jobs }),
  })
}
