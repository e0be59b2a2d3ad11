import {
  type AssessorVersion,
  type FileAssessment,
  VERDICTS,
  type Verdict,
  worstVerdict,
} from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { listFiles, type Refusal } from './list-files.ts'
import type { ScanPool, ScanProgress } from './scan-pool.ts'

export interface ScanDeps {
  readonly pool: Pick<ScanPool, 'assess'>
}

export interface ScanOptions {
  readonly onProgress?: (progress: ScanProgress) => void
  readonly signal?: AbortSignal
  readonly skipFolders?: readonly string[]
}

/** What a scan says: catalog/schemas/scan-report.schema.json. */
export interface ScanReport {
  readonly schemaVersion: 1
  readonly kind: 'scan'
  /** As it was asked for. */
  readonly path: string
  /** The worst of the files. */
  readonly verdict: Verdict
  readonly assessor: AssessorVersion
  readonly startedAt: string
  readonly finishedAt: string
  readonly files: readonly FileAssessment[]
  readonly summary: {
    readonly files: number
    readonly findings: number
    readonly sizeBytes: number
    readonly readBytes: number
    readonly verdicts: Readonly<Record<Verdict, number>>
  }
}

/**
 * Looks at every file of a path. What was refused or could not be read is in the report as undecided, never left out.
 * @throws SallyportError `NOT_FOUND`, `BAD_INPUT` (an empty folder), `TOO_LARGE`, `ABORTED`
 */
export async function scanPath(deps: ScanDeps, path: string, options: ScanOptions = {}): Promise<ScanReport> {
  const { skipFolders, onProgress, signal } = options
  const { root, files, refused } = await listFiles(path, skipFolders === undefined ? {} : { skipFolders })
  if (files.length + refused.length === 0)
    throw new SallyportError('BAD_INPUT', `the folder ${path} holds no files`)
  const assessment = await deps.pool.assess({
    root,
    files,
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  })
  const all = [...assessment.files, ...refused.map(undecided)]
  return {
    schemaVersion: 1,
    kind: 'scan',
    path,
    verdict: worstVerdict(all.map(({ verdict }) => verdict)),
    assessor: assessment.assessor,
    startedAt: assessment.startedAt,
    finishedAt: assessment.finishedAt,
    files: all,
    summary: summarise(all),
  }
}

function undecided({ name: path, reason }: Refusal): FileAssessment {
  const coverage = { path, format: 'unknown', sizeBytes: 0, readBytes: 0, status: 'none', reason } as const
  return { path, sizeBytes: 0, verdict: 'undecided', coverage: [coverage], findings: [] }
}

function summarise(files: readonly FileAssessment[]): ScanReport['summary'] {
  const verdicts = Object.fromEntries(
    VERDICTS.map((verdict) => [verdict, files.filter((file) => file.verdict === verdict).length]),
  ) as Record<Verdict, number>
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
  return {
    files: files.length,
    findings: sum(files.map(({ findings }) => findings.length)),
    sizeBytes: sum(files.map(({ sizeBytes }) => sizeBytes)),
    readBytes: sum(files.flatMap(({ coverage }) => coverage.map(({ readBytes }) => readBytes))),
    verdicts,
  }
}
