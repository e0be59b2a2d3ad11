import type { ScanPool } from '../../services/scan/index.ts'
import { compileFully, compileLightly } from './light-compiler.ts'
import { QuickRun } from './quick-run.ts'
import { type JoinFiles, ScanRealm } from './scan-realm.ts'

/** Milliseconds that one batch may take here before its rest goes to workers, with the full limit for each file. */
const QUICK_MS = 2000

export interface QuickScanOptions {
  /** The assessor as one script: dist/assess-now.cjs of the published package. */
  readonly scriptFile: string
  readonly codeCacheFolder?: string
  /** The process ends when the scan does, so that V8 need not make itself ready for more. */
  readonly isLast?: boolean
  /** The workers, opened when the first file needs them; they join files as the script does. */
  readonly openPool: (joinFiles: JoinFiles) => ScanPool
}

const NOTHING = { state: 'done', files: [] } as const

/**
 * Assesses in this very thread what is soon done, stopped by the clock, and leaves the rest to workers: starting a thread takes
 * longer than looking at most files. For a command line; a server must not be held up.
 */
export function createQuickScan(options: QuickScanOptions): ScanPool {
  const realm = new ScanRealm({ ...options, timeoutMs: QUICK_MS })
  if (options.isLast === true) {
    realm.open()
    compileLightly()
  }
  let opened: ScanPool | undefined
  const pool = (): ScanPool => {
    if (opened !== undefined) return opened
    if (options.isLast === true) compileFully()
    opened = options.openPool(realm.joinFiles)
    return opened
  }
  return {
    findsSizes: true,
    async assess(job) {
      const startedAt = new Date()
      const run = new QuickRun(job, {
        realm,
        askWorkers: (part) => pool().assess(part),
        onLong: options.isLast === true ? compileFully : undefined,
      })
      const files = await run.assessAll()
      const together = job.isPart === true ? NOTHING : run.together()
      // Too much for this thread: workers do all of it once more, with the full limit.
      if (together.state !== 'done') return pool().assess(job)
      return realm.joinFiles([...files, ...together.files], startedAt, new Date())
    },
    async close() {
      await opened?.close()
    },
  }
}
