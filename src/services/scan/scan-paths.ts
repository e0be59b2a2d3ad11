import { sep } from 'node:path'
import {
  type Assessment,
  type FileAssessment,
  type Verdict,
  worstVerdict,
} from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Baseline } from './baseline.ts'
import { compileGlob, type NameMatcher } from './glob.ts'
import { type ListedFile, type Listing, type ListOptions, listFiles, type Refusal } from './list-files.ts'
import { placeOf } from './place-of.ts'
import { putAside } from './put-aside.ts'
import type { ScanPool, ScanProgress } from './scan-pool.ts'
import { type ExcludedFile, type ScannedFile, type ScanReport, summarise } from './scan-report.ts'
import type { Suppression } from './suppression.ts'

export interface ScanDeps {
  readonly pool: Pick<ScanPool, 'assess' | 'findsSizes'>
  /** SHA-256 of a file, hex. Only asked when `withHashes`. */
  readonly hashFile?: (path: string, signal?: AbortSignal) => Promise<string>
}

export interface ScanOptions {
  readonly onProgress?: (progress: ScanProgress) => void
  readonly signal?: AbortSignal
  readonly skipFolders?: readonly string[]
  /** Globs; only files that one of them means are looked at. All when empty. */
  readonly include?: readonly string[]
  /** Globs; files that one of them means are not looked at, and stand in the report as excluded. */
  readonly exclude?: readonly string[]
  readonly suppressions?: { readonly file: string; readonly entries: readonly Suppression[] }
  readonly baseline?: { readonly file: string; readonly known: Baseline }
  /** The moment by which suppressions end; now when not given. */
  readonly now?: Date
  /** Whether to hash every file; it reads all of each. */
  readonly withHashes?: boolean
}

/** Files of one folder, or all the single files that were named: judged together. */
interface Batch {
  readonly prefix: string
  readonly root: string
  readonly listings: readonly Listing[]
  readonly files: readonly ListedFile[]
  readonly refused: readonly Refusal[]
}

/**
 * Looks at every file of the paths. What was refused or could not be read is in the report as undecided, what was excluded as
 * excluded; nothing is left out. Names are relative to the one path, or begin with their path when there are several.
 * @throws SallyportError `NOT_FOUND`, `BAD_INPUT` (an empty folder, a bad glob), `TOO_LARGE`, `ABORTED`
 */
export async function scanPaths(
  deps: ScanDeps,
  paths: readonly string[],
  options: ScanOptions = {},
): Promise<ScanReport> {
  const [first] = paths
  if (first === undefined) throw new SallyportError('BAD_INPUT', 'name a file or a folder to scan')
  const isWanted = chooser(options.include ?? [], options.exclude ?? [])
  const batches = await listBatches(paths, {
    ...(options.skipFolders === undefined ? {} : { skipFolders: options.skipFolders }),
    withoutSizes: deps.pool.findsSizes === true && options.onProgress === undefined,
  })
  const excluded: ExcludedFile[] = []
  const files: ScannedFile[] = []
  const startedAt = new Date()
  const wanted = batches.map((batch) => choose(batch, isWanted, excluded))
  let last: Assessment | undefined
  for (const [at, batch] of wanted.entries()) {
    last = await assessBatch(deps, batch, options, progressOf(wanted, at, options.onProgress))
    for (const file of await withHashes(deps, batch, last.files, options))
      files.push(renamed(file, batch.prefix))
    for (const refusal of batch.refused) files.push(renamed(undecided(refusal), batch.prefix))
  }
  if (last === undefined) throw new Error('a scan without a batch')
  const base = paths.length > 1 ? '' : baseOf(first, batches[0]?.listings[0]?.kind ?? 'folder')
  const { assessor } = last
  const times = { startedAt: startedAt.toISOString(), finishedAt: new Date().toISOString() }
  return finish({ paths, base, assessor, ...times, files, excluded }, options)
}

/** Leaves out what is not wanted, and notes it as excluded. */
function choose(
  batch: Batch,
  isWanted: (name: string) => string | undefined,
  excluded: ExcludedFile[],
): Batch {
  const keep = ({ name }: { readonly name: string }): boolean => {
    const reason = isWanted(name)
    if (reason !== undefined) excluded.push({ path: placeOf(batch.prefix, name), reason })
    return reason === undefined
  }
  const [files, refused] = [batch.files.filter(keep), batch.refused.filter(keep)]
  for (const { skipped } of batch.listings)
    for (const name of skipped)
      excluded.push({
        path: `${placeOf(batch.prefix, name)}/`,
        reason: 'history of git, no part of a model; its hooks and settings are looked at',
      })
  return { ...batch, files, refused }
}

type Unjudged = Pick<ScanReport, 'paths' | 'base' | 'assessor' | 'startedAt' | 'finishedAt' | 'excluded'> & {
  readonly files: readonly ScannedFile[]
}

/** Puts aside what was accepted before, and sums up. */
function finish(raw: Unjudged, options: ScanOptions): ScanReport {
  const { suppressions, baseline, now = new Date() } = options
  const place = (path: string): string => placeOf(raw.base, path)
  const known = baseline?.known
  const accepted = {
    suppressions: suppressions?.entries ?? [],
    now,
    ...(known === undefined ? {} : { baseline: known }),
  }
  const { files, expired, unused } = putAside(raw.files, accepted, place)
  const verdict = worst(files)
  const seenVerdict = worst(raw.files)
  const knownSeen = known === undefined ? 0 : countKnown(raw.files, known, place)
  return {
    schemaVersion: 1,
    kind: 'scan',
    path: raw.paths[0] ?? '',
    paths: raw.paths,
    base: raw.base,
    verdict,
    ...(verdict === seenVerdict ? {} : { seenVerdict }),
    ...{ assessor: raw.assessor, startedAt: raw.startedAt, finishedAt: raw.finishedAt },
    files,
    excluded: raw.excluded,
    ...(suppressions === undefined ? {} : { suppressions: { file: suppressions.file, expired, unused } }),
    ...(baseline === undefined
      ? {}
      : {
          baseline: {
            file: baseline.file,
            known: knownSeen,
            gone: Math.max(0, baseline.known.size - knownSeen),
          },
        }),
    summary: summarise(files, raw.excluded.length),
  }
}

/** Findings that a baseline knows. */
function countKnown(files: readonly ScannedFile[], known: Baseline, place: (path: string) => string): number {
  return files.reduce(
    (sum, { path, findings }) => sum + findings.filter((one) => known.knows(one, place(path))).length,
    0,
  )
}

function worst(files: readonly ScannedFile[]): Verdict {
  return worstVerdict(files.map(({ verdict }) => verdict))
}

/** Why a file is not wanted; `undefined` when it is. */
function chooser(
  include: readonly string[],
  exclude: readonly string[],
): (name: string) => string | undefined {
  const compile = (pattern: string): { readonly pattern: string; readonly matches: NameMatcher } => {
    const matches = compileGlob(pattern)
    if (matches === undefined)
      throw new SallyportError('BAD_INPUT', `"${pattern}" is no pattern of file names`)
    return { pattern, matches }
  }
  const included = include.map(compile)
  const excluded = exclude.map(compile)
  return (name) => {
    const by = excluded.find(({ matches }) => matches(name))
    if (by !== undefined) return `--exclude ${by.pattern}`
    return included.length === 0 || included.some(({ matches }) => matches(name))
      ? undefined
      : 'no --include means it'
  }
}

async function listBatches(paths: readonly string[], options: ListOptions): Promise<readonly Batch[]> {
  const listed = []
  for (const path of [...new Set(paths)]) {
    const listing = await listFiles(path, options)
    if (listing.files.length + listing.refused.length === 0)
      throw new SallyportError('BAD_INPUT', `the folder ${path} holds no files`)
    listed.push({ path, listing })
  }
  const isOne = listed.length === 1
  const folders = listed.filter(({ listing }) => isOne || listing.kind === 'folder')
  const singles = listed.filter(({ listing }) => !isOne && listing.kind === 'file')
  const batches: Batch[] = folders.map(({ path, listing }) => ({
    prefix: isOne ? '' : tidy(path),
    root: listing.root,
    listings: [listing],
    files: listing.files,
    refused: listing.refused,
  }))
  const files = singles.flatMap(({ path, listing }) =>
    listing.files.map((file) => ({ ...file, name: tidy(path) })),
  )
  const listings = singles.map(({ listing }) => listing)
  if (files.length > 0)
    batches.push({ prefix: '', root: listings[0]?.root ?? '', listings, files, refused: [] })
  return batches
}

function assessBatch(
  deps: ScanDeps,
  { root, files }: Batch,
  { signal }: ScanOptions,
  onProgress: ((progress: ScanProgress) => void) | undefined,
): Promise<Assessment> {
  return deps.pool.assess({
    root,
    files,
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  })
}

/** One progress over several batches, each of which counts its own bytes from zero. */
function progressOf(
  batches: readonly Pick<Batch, 'files'>[],
  at: number,
  onProgress: ((progress: ScanProgress) => void) | undefined,
): ((progress: ScanProgress) => void) | undefined {
  if (onProgress === undefined) return undefined
  const sizeOf = (some: readonly Pick<Batch, 'files'>[]): number =>
    some.reduce((all, { files }) => files.reduce((sum, { sizeBytes = 0 }) => sum + sizeBytes, all), 0)
  const [before, totalBytes] = [sizeOf(batches.slice(0, at)), sizeOf(batches)]
  return (progress) =>
    onProgress({ ...progress, doneBytes: Math.min(totalBytes, before + progress.doneBytes), totalBytes })
}

async function withHashes(
  { hashFile }: ScanDeps,
  { files }: Batch,
  assessed: readonly FileAssessment[],
  options: ScanOptions,
): Promise<readonly ScannedFile[]> {
  if (options.withHashes !== true || hashFile === undefined) return assessed
  const paths = new Map(files.map(({ name, path }) => [name, path]))
  const hashed: ScannedFile[] = []
  for (const file of assessed) {
    const path = paths.get(file.path)
    // Best effort: a file that cannot be read stands as undecided already, and simply has no hash.
    const sha256 =
      path === undefined ? undefined : await hashFile(path, options.signal).catch(() => undefined)
    hashed.push(sha256 === undefined ? file : { ...file, sha256 })
  }
  return hashed
}

function undecided({ name: path, reason }: Refusal): FileAssessment {
  const coverage = { path, format: 'unknown', sizeBytes: 0, readBytes: 0, status: 'none', reason } as const
  return { path, sizeBytes: 0, verdict: 'undecided', coverage: [coverage], findings: [] }
}

function renamed(file: ScannedFile, prefix: string): ScannedFile {
  if (prefix === '') return file
  const rename = (path: string): string => placeOf(prefix, path)
  return {
    ...file,
    path: rename(file.path),
    coverage: file.coverage.map((one) => ({ ...one, path: rename(one.path) })),
    findings: file.findings.map((one) => ({
      ...one,
      location: { ...one.location, path: rename(one.location.path) },
    })),
  }
}

/** What stands before the names of the files of one path. */
function baseOf(path: string, kind: Listing['kind']): string {
  const whole = tidy(path)
  if (kind === 'folder') return whole === '.' ? '' : whole
  const end = whole.lastIndexOf('/')
  return end < 0 ? '' : whole.slice(0, Math.max(end, 1))
}

/** A path as it was asked for, with `/`, without `./` before and `/` behind. */
function tidy(path: string): string {
  const slashed = path
    .split(sep)
    .join('/')
    .replace(/^(?:\.\/+)+/, '')
  const end = slashed.replace(/\/+$/, '')
  return end === '' ? (slashed === '' ? '.' : '/') : end
}
