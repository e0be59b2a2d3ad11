import type { Finding, Verdict } from './finding.ts'

/** How much of a thing was looked at. `none`: not understood or not opened. Only `full` may count as clean. */
export type CoverageStatus = 'full' | 'partial' | 'none'

/** What was read of one file, or of one member inside it. */
export interface FileCoverage {
  readonly path: string
  readonly members?: readonly string[]
  /** Format as recognised by content, such as `pickle`, `zip`, `pytorch-zip`, `safetensors`, `gguf`; `unknown` otherwise. */
  readonly format: string
  readonly sizeBytes: number
  readonly readBytes: number
  readonly status: CoverageStatus
  /** Why it stopped, when not `full`; with byte range where there is one. */
  readonly reason?: string
}

/** One file of an assessment, judged by the worst of its findings and its coverage. */
export interface FileAssessment {
  readonly path: string
  readonly sizeBytes: number
  readonly verdict: Verdict
  /** The file itself first, then its members. */
  readonly coverage: readonly FileCoverage[]
  readonly findings: readonly Finding[]
}

/** Who looked, and with which rules: old answers are known by it. */
export interface AssessorVersion {
  /** Such as `model`. */
  readonly assessor: string
  readonly version: string
  /** Digest of the rules' metadata and of the allowlists. */
  readonly ruleSet: string
}

/** What an assessor returns: findings, coverage and versions. It becomes a statement in `trust/evidence` only. */
export interface Assessment {
  readonly assessor: AssessorVersion
  readonly startedAt: string
  readonly finishedAt: string
  readonly verdict: Verdict
  readonly files: readonly FileAssessment[]
}
