import type { Assessment, FileAssessment } from '../../ground/domain/index.ts'

export interface ScanProgress {
  readonly doneBytes: number
  readonly totalBytes: number
  /** The file that was finished last. */
  readonly path: string
}

export interface ScanFile {
  readonly name: string
  readonly path: string
  readonly bytes?: Uint8Array
  /** When it is known already. */
  readonly sizeBytes?: number | undefined
}

export interface ScanJob {
  readonly root: string
  /** `name` in the artifact, `path` on disk; or `bytes`, and nothing is read from disk. */
  readonly files: readonly ScanFile[]
  readonly onProgress?: (progress: ScanProgress) => void
  readonly signal?: AbortSignal
  /** The files are a part of what is scanned: what only all together tell is not asked. */
  readonly isPart?: boolean
  /** Files that were looked at before, by name: they are taken as they are. */
  readonly known?: ReadonlyMap<string, FileAssessment>
  /** Told of every other file's own assessment, before what only all together tell is added. */
  readonly onFile?: (file: FileAssessment) => void
}

/** Assesses files where a hostile one can be stopped. */
export interface ScanPool {
  /** It finds out sizes while it reads: a job need not hold them. */
  readonly findsSizes?: true
  assess(job: ScanJob): Promise<Assessment>
  close(): Promise<void>
}
