import {
  type AssessorVersion,
  type FileAssessment,
  type Finding,
  VERDICTS,
  type Verdict,
} from '../../ground/domain/index.ts'

/** Why a finding does not count. */
export type PutAsideBy =
  | { readonly kind: 'baseline' }
  | {
      readonly kind: 'suppression'
      readonly owner: string
      readonly reason: string
      /** The last day that it holds, `YYYY-MM-DD`, UTC. */
      readonly until: string
    }

/** A finding that was seen, and does not count. */
export interface PutAside {
  readonly finding: Finding
  readonly by: PutAsideBy
}

/** One file of a report: verdict and findings are those that count. */
export interface ScannedFile extends FileAssessment {
  readonly putAside?: readonly PutAside[]
  /** The verdict with everything that was seen, when putting aside changed it. */
  readonly seenVerdict?: Verdict
  /** SHA-256 of the whole file, hex; only where a report asked for it. */
  readonly sha256?: string
}

/** A file or folder that a person asked not to look at. */
export interface ExcludedFile {
  readonly path: string
  readonly reason: string
}

/** An entry of the suppressions file that did nothing, and why. */
export interface IdleSuppression {
  readonly rule: string
  readonly path?: string
  readonly fingerprint?: string
  readonly owner: string
  readonly until: string
  readonly line: number
  readonly reason: string
}

/** What a scan says: catalog/schemas/scan-report.schema.json. */
export interface ScanReport {
  readonly schemaVersion: 1
  readonly kind: 'scan'
  /** As it was asked for; the first one of several. */
  readonly path: string
  /** All that was asked for. */
  readonly paths: readonly string[]
  /** What to put before the path of a file to reach it from where the scan ran; empty when nothing. */
  readonly base: string
  /** The worst of the files, by the findings that count. */
  readonly verdict: Verdict
  /** The worst with everything that was seen, when putting aside changed it. */
  readonly seenVerdict?: Verdict
  readonly assessor: AssessorVersion
  readonly startedAt: string
  readonly finishedAt: string
  readonly files: readonly ScannedFile[]
  readonly excluded: readonly ExcludedFile[]
  readonly suppressions?: {
    readonly file: string
    readonly expired: readonly IdleSuppression[]
    readonly unused: readonly IdleSuppression[]
  }
  readonly baseline?: {
    readonly file: string
    /** Findings that the baseline knows and this scan saw. */
    readonly known: number
    /** Findings that the baseline knows and this scan did not see. */
    readonly gone: number
  }
  readonly summary: ScanSummary
}

/** Counts over the files of a report. */
export interface ScanSummary {
  readonly files: number
  /** Those that count. */
  readonly findings: number
  readonly putAside: number
  readonly excluded: number
  readonly sizeBytes: number
  readonly readBytes: number
  readonly verdicts: Readonly<Record<Verdict, number>>
}

/** The counts of a report. */
export function summarise(files: readonly ScannedFile[], excluded: number): ScanSummary {
  const verdicts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0])) as Record<Verdict, number>
  let [findings, putAside, sizeBytes, readBytes] = [0, 0, 0, 0]
  for (const file of files) {
    verdicts[file.verdict] += 1
    findings += file.findings.length
    putAside += file.putAside?.length ?? 0
    sizeBytes += file.sizeBytes
    for (const one of file.coverage) readBytes += one.readBytes
  }
  return { files: files.length, findings, putAside, excluded, sizeBytes, readBytes, verdicts }
}
