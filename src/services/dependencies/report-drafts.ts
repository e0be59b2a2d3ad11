import { isWorse, type Rating, ratingOfScore, ratingOfWord } from '../../assessors/dependency/index.ts'
import { readCycloneDx, readSpdx, type SbomView } from '../../formats/sbom/index.ts'
import {
  type ReportedVulnerability,
  type ReportFormat,
  type ReportView,
  readReport,
} from '../../formats/scanner-reports/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { PredicateName, Predicates } from '../../trust/evidence/index.ts'
import { emitDependencies } from './emit-dependencies.ts'
import type { ReportDeps, ReportRequest } from './report-request.ts'

/** Components in one statement: it is read whole whenever a policy asks. The document itself is kept beside. */
const MAX_STATED = 20_000

/** What a report comes to, before it is sealed. */
export interface Draft<N extends PredicateName = PredicateName> {
  readonly name: N
  readonly predicate: Predicates[N]
  readonly tool: string
  readonly results: number
  readonly at?: string
}

/** What a report comes to: a statement a tool. @throws SallyportError `BAD_INPUT`, `TOO_LARGE` */
export function draftsOf(
  deps: ReportDeps,
  request: ReportRequest,
  value: unknown,
): { readonly format: string; readonly drafts: readonly Draft[] } {
  const { format, file } = request
  if (format === undefined || format === 'cyclonedx' || format === 'spdx') {
    const bill = format === 'spdx' ? undefined : readCycloneDx(value, file)
    const view = bill ?? (format === 'cyclonedx' ? undefined : readSpdx(value, file))
    if (view !== undefined) return { format: view.format.toLowerCase(), drafts: [bomDraft(view, request)] }
    if (format !== undefined) throw new SallyportError('BAD_INPUT', `${file} is no ${format} document`)
  }
  const read = readReport(value, format as ReportFormat | undefined)
  if (!read.ok)
    throw new SallyportError(
      'BAD_INPUT',
      `${file}: ${read.error}${format === undefined ? ', nor a CycloneDX or SPDX document' : ''}`,
    )
  return {
    format: read.value[0]?.format ?? 'unknown',
    drafts: mergeTools(read.value).map((view) =>
      view.kind === 'findings' ? testDraft(view, request) : vulnsDraft(deps, view, request),
    ),
  }
}

/** Projects of one tool in one file are one piece of evidence: as two, the newer would replace the other. */
function mergeTools(views: readonly ReportView[]): readonly ReportView[] {
  const merged = new Map<string, ReportView>()
  for (const view of views) {
    const key = `${view.kind} ${view.tool.uri}`
    const before = merged.get(key)
    if (before === undefined) merged.set(key, view)
    else if (before.kind === 'vulnerabilities' && view.kind === 'vulnerabilities')
      merged.set(key, { ...before, results: [...before.results, ...view.results] })
    else if (before.kind === 'findings' && view.kind === 'findings')
      merged.set(key, {
        ...before,
        failed: [...before.failed, ...view.failed],
        warned: [...before.warned, ...view.warned],
      })
  }
  return [...merged.values()]
}

/** The report's own time: taking it in does not make it younger. */
function timeOf(own: string | undefined, { at, file }: ReportRequest, deps?: ReportDeps): string {
  const text = own ?? at
  if (text === undefined)
    throw new SallyportError(
      'BAD_INPUT',
      `${file} does not say when it was made; say so: --at 2026-11-21T12:00:00Z`,
    )
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw new SallyportError('BAD_INPUT', `"${text.slice(0, 60)}" is no time`)
  if (deps !== undefined && ms > deps.now().getTime() + 300_000)
    throw new SallyportError('BAD_INPUT', `${file} says that it was made in the future, ${text.slice(0, 60)}`)
  return new Date(ms).toISOString()
}

function vulnsDraft(
  deps: ReportDeps,
  view: ReportView & { readonly kind: 'vulnerabilities' },
  request: ReportRequest,
): Draft<'vulns'> {
  const at = timeOf(view.at, request, deps)
  const { uri, version, database, name } = view.tool
  const store = deps.database.open()
  try {
    const result = view.results.map((one) => resultOf(one, (cve) => store?.exploitOf(cve) ?? {}))
    const coverage =
      view.leftOut === undefined
        ? { status: 'full' as const }
        : { status: 'partial' as const, reason: view.leftOut }
    return {
      name: 'vulns',
      tool: name,
      at,
      results: result.length,
      predicate: {
        scanner: {
          uri,
          result,
          ...(version === undefined ? {} : { version }),
          ...(database === undefined ? {} : { db: database }),
        },
        metadata: { scanStartedOn: at, scanFinishedOn: at },
        coverage,
      },
    }
  } finally {
    store?.close()
  }
}

function resultOf(
  one: ReportedVulnerability,
  exploitOf: (cve: string) => { readonly epss?: number; readonly kev?: boolean },
): Predicates['vulns']['scanner']['result'][number] {
  const cves = [one.id, ...one.aliases].filter((id) => id.startsWith('CVE-'))
  const said = [one, ...cves.map(exploitOf)]
  const flags = said.flatMap(({ kev }) => kev ?? [])
  const scores = said.flatMap(({ epss }) => epss ?? [])
  return {
    id: cves.length === 1 ? (cves[0] ?? one.id) : one.id,
    severity: [
      ...one.severity
        .filter(({ type }) => type.startsWith('CVSS'))
        .map(({ type, score }) => ({ method: type, score })),
      { method: 'rating', score: ratingOf(one) },
    ],
    annotations: [
      {
        aliases: one.aliases,
        fixedIn: one.fixedIn,
        ...(one.package === undefined ? {} : { package: one.package }),
        ...(one.version === undefined ? {} : { version: one.version }),
        ...(one.purl === undefined ? {} : { purl: one.purl }),
        ...(flags.length === 0 ? {} : { kev: flags.includes(true) }),
        ...(scores.length === 0 ? {} : { epss: Math.max(...scores) }),
      },
    ],
  }
}

/** The worst that the tool says: its word, or its number. */
function ratingOf({ severity }: ReportedVulnerability): Rating {
  const ratings = severity.flatMap(({ type, score }): readonly Rating[] => {
    if (type === 'rating') return [ratingOfWord(score)]
    if (type === 'score') return [ratingOfScore(Number(score))]
    return type === 'level' ? [score === 'error' ? 'high' : score === 'warning' ? 'medium' : 'low'] : []
  })
  return ratings.reduce<Rating>(
    (worst, one) => (worst === 'unknown' || isWorse(one, worst) ? one : worst),
    'unknown',
  )
}

function testDraft(
  view: ReportView & { readonly kind: 'findings' },
  request: ReportRequest,
): Draft<'test-result'> {
  const own = view.at ?? request.at
  const at = own === undefined ? undefined : timeOf(view.at, request)
  const { name, version, uri } = view.tool
  // What a run left out passed nobody's eyes here.
  const warned = view.leftOut === undefined ? view.warned : [...view.warned, view.leftOut]
  return {
    name: 'test-result',
    tool: name,
    results: view.failed.length + view.warned.length,
    ...(at === undefined ? {} : { at }),
    predicate: {
      result: view.failed.length > 0 ? 'FAILED' : warned.length > 0 ? 'WARNED' : 'PASSED',
      // Without its version: a newer version of a tool replaces what the older one said.
      configuration: [{ name, uri }],
      failedTests: view.failed,
      warnedTests: warned,
      ...(version === undefined ? {} : { toolVersion: version }),
      ...(at === undefined ? {} : { at }),
    } as Predicates['test-result'],
  }
}

function bomDraft(view: SbomView, request: ReportRequest): Draft<'cyclonedx'> {
  const [problem] = view.problems
  if (problem !== undefined) throw new SallyportError('TOO_LARGE', `${request.file}: ${problem.message}`)
  if (view.components.length > MAX_STATED)
    throw new SallyportError(
      'TOO_LARGE',
      `${request.file} names ${view.components.length} packages; ${MAX_STATED} fit in a statement`,
    )
  const at = timeOf(view.createdAt, request)
  const { components, dependencies } = emitDependencies(view.components)
  return {
    name: 'cyclonedx',
    tool:
      view.tools
        .map(({ name, version }) => (version === undefined ? name : `${name} ${version}`))
        .join(', ') || 'unknown',
    at,
    results: components.length,
    predicate: {
      bomFormat: 'CycloneDX',
      specVersion: '1.7',
      version: 1,
      metadata: {
        timestamp: at,
        tools: { components: view.tools.map((tool) => ({ type: 'application', ...tool })) },
      },
      components,
      dependencies,
    } as unknown as Predicates['cyclonedx'],
  }
}
