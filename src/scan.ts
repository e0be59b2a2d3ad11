import { readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { hashFile } from './adapters/files/index.ts'
import type { Verdict } from './ground/domain/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import { openScanner, type ScannerSettings } from './scanner.ts'
import type { RuleFacts, RulePage } from './services/reports/index.ts'
import {
  parseBaseline,
  readSuppressions,
  type ScannedFile,
  type ScanOptions,
  type ScanPool,
  type ScanProgress,
  type ScanReport,
  scanPaths,
} from './services/scan/index.ts'

// The library door `sallyport/scan`, and what the command line scans with. A composition root (ADR 0013).
export type { FileCoverage, Finding, Location, Severity, Verdict } from './ground/domain/index.ts'
export { SallyportError } from './ground/lang/index.ts'
export type { PutAside } from './services/scan/index.ts'
export type { RuleFacts, RulePage, ScannedFile, ScanProgress, ScanReport }

/** Bytes of a README.md or config.json that a report reads. */
const MAX_TEXT_BYTES = 1024 * 1024

/** Formats that a report can be written in. */
export type ReportFormat = 'json' | 'sarif' | 'cyclonedx' | 'junit'

/** How to scan. Everything may be left out. */
export interface ScanSettings extends ScannerSettings {
  /** Globs, as in docs/guide/scan.md; only what one of them means is looked at. */
  readonly include?: readonly string[]
  /** Globs; what one of them means is not looked at, and stands in the report as excluded. */
  readonly exclude?: readonly string[]
  /** Aborts the scan: it rejects with `ABORTED`, and its threads end. */
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ScanProgress) => void
  /** The text of a suppressions file, and its name for messages. */
  readonly suppressions?: { readonly file: string; readonly text: string }
  /** The text of a baseline, and its name for messages. */
  readonly baseline?: { readonly file: string; readonly text: string }
  /** The moment by which suppressions end; now when not given. */
  readonly now?: Date
  /** Hashes every file (SHA-256), which reads all of each. A CycloneDX report wants it. */
  readonly withHashes?: boolean
}

/**
 * Looks at files and folders without loading them. What could not be looked at is `undecided` in the report, never left out.
 * Files are parsed in threads of its own, which have ended when it returns.
 * @throws SallyportError `NOT_FOUND`, `BAD_INPUT`, `TOO_LARGE`, `ABORTED`
 */
export async function scan(
  paths: string | readonly string[],
  settings: ScanSettings = {},
): Promise<ScanReport> {
  const { include, exclude, signal, onProgress, withHashes, now } = settings
  const { suppressions, baseline } = settings
  const options: ScanOptions = {
    ...(include === undefined ? {} : { include }),
    ...(exclude === undefined ? {} : { exclude }),
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(now === undefined ? {} : { now }),
    ...(withHashes === undefined ? {} : { withHashes }),
    ...(suppressions === undefined
      ? {}
      : {
          suppressions: {
            file: suppressions.file,
            entries: await readSuppressions(suppressions.text, suppressions.file),
          },
        }),
    ...(baseline === undefined
      ? {}
      : { baseline: { file: baseline.file, known: parseBaseline(baseline.text, baseline.file) } }),
  }
  return withPool(settings, (pool) =>
    scanPaths({ pool, hashFile }, typeof paths === 'string' ? [paths] : paths, options),
  )
}

/**
 * Looks at bytes that are in memory already. The name matters: some formats are known by their ending.
 * @throws SallyportError `ABORTED`
 */
export async function scanBytes(
  name: string,
  bytes: Uint8Array,
  settings: Pick<ScanSettings, 'timeoutMs' | 'signal'> = {},
): Promise<ScannedFile> {
  const { signal } = settings
  const { files } = await withPool({ ...settings, jobs: 1 }, (pool) =>
    pool.assess({
      root: '',
      files: [{ name, path: '', bytes }],
      ...(signal === undefined ? {} : { signal }),
    }),
  )
  const [file] = files
  if (file === undefined) throw new Error('a scan without its file')
  return file
}

/** A report as text in a format. `failOn` says which verdicts fail a JUnit case; all but clean when not given. */
export async function formatReport(
  report: ScanReport,
  format: ReportFormat,
  options: { readonly failOn?: ReadonlySet<Verdict>; readonly folder?: string } = {},
): Promise<string> {
  if (format === 'json') return `${JSON.stringify(report, undefined, 2)}\n`
  // Late: a scan that prints to a terminal needs none of these.
  const reports = await import('./services/reports/index.ts')
  const folder = options.folder ?? process.cwd()
  const maker = { version: versionOf(), rules: reports.ruleFacts(), folder }
  if (format === 'sarif') return reports.sarifOf(report, maker)
  if (format === 'cyclonedx')
    return reports.cycloneDxOf(report, maker, (place) => readSmallText(resolve(folder, place)))
  return reports.junitOf(report, options.failOn ?? new Set(['malicious', 'suspicious', 'undecided']))
}

/** Every rule's metadata. */
export async function listRules(): Promise<readonly RuleFacts[]> {
  return (await import('./services/reports/index.ts')).ruleFacts()
}

/** A rule with its examples and what is said of them; `undefined` when there is none of that id. */
export async function explainRule(id: string): Promise<RulePage | undefined> {
  return (await import('./services/reports/index.ts')).rulePage(id)
}

async function withPool<T>(
  settings: ScannerSettings & Pick<ScanSettings, 'signal'>,
  use: (pool: ScanPool) => Promise<T>,
): Promise<T> {
  const { signal } = settings
  if (signal?.aborted === true)
    throw new SallyportError('ABORTED', 'the scan was aborted', { cause: signal.reason })
  const pool = await openScanner(settings)
  try {
    return await use(pool)
  } finally {
    await pool.close()
  }
}

/** A small text; nothing when it is large, is not there, or cannot be read: papers of a model are claims, not evidence. */
async function readSmallText(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const { size } = await file.stat()
    return size > MAX_TEXT_BYTES ? undefined : await file.readFile('utf8')
  } catch {
    return undefined
  } finally {
    await file.close()
  }
}

function versionOf(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}
