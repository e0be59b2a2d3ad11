import type { Assessment } from '../../ground/domain/index.ts'

export interface ScanProgress {
  readonly doneBytes: number
  readonly totalBytes: number
  /** The file that was finished last. */
  readonly path: string
}

export interface ScanJob {
  readonly root: string
  /** `name` in the artifact, `path` on disk. */
  readonly files: readonly { readonly name: string; readonly path: string }[]
  readonly onProgress?: (progress: ScanProgress) => void
  readonly signal?: AbortSignal
}

/** Assesses files where a hostile one can be stopped. */
export interface ScanPool {
  assess(job: ScanJob): Promise<Assessment>
  close(): Promise<void>
}
