import type { PackageList } from '../../formats/lockfiles/index.ts'
import { sha256Hex } from '../../ground/crypto/index.ts'
import {
  type Assessment,
  type Component,
  type FileAssessment,
  type Finding,
  type Severity,
  type Verdict,
  worstVerdict,
} from '../../ground/domain/index.ts'
import { utf8 } from '../../ground/lang/index.ts'
import { applyVex, type GivenVex, type JudgedVulnerability, type VexOutcome } from './apply-vex.ts'
import { findingOf } from './findings.ts'
import { judgeList } from './judge-lists.ts'
import type { Rating } from './rate.ts'
import { DEPENDENCY_RULES } from './rules.ts'
import { type AdvisoryLookup, matchComponents, type Unchecked } from './vulnerability.ts'

/** What is looked at, and what it is held against. */
export interface DependencyCase {
  readonly lists: readonly (PackageList & { readonly sizeBytes: number })[]
  /** Absent: no advisory is looked up, and every component stays undecided. `skip`: nobody asked for advisories. */
  readonly database: AdvisoryLookup | undefined | 'skip'
  readonly vex: readonly GivenVex[]
  /** Names that resemble others, and are the ones that are meant. */
  readonly meant?: readonly string[]
  /** What the packages belong to, for statements of VEX about a product. */
  readonly subject?: string
  readonly version: string
  readonly startedAt: string
  readonly finishedAt: () => string
}

/** Everything that was seen. */
export interface DependencyReport extends VexOutcome {
  /** Each package once, in the order in which it was met. */
  readonly components: readonly Component[]
  readonly unchecked: readonly Unchecked[]
  readonly assessment: Assessment
}

/** Looks at lists of packages: what is installed, how it is asked for, and what is known against it. */
export function assessDependencies(kase: DependencyCase): DependencyReport {
  const lists = kase.lists.map((list) => ({ list, components: settle(list, kase.lists) }))
  const components = distinct(lists.flatMap((one) => one.components))
  const { vulnerabilities, unchecked } = lookUp(components, kase.database)
  const outcome = applyVex(vulnerabilities, kase.vex, kase.subject)
  const files = lists.map((one) => fileOf(one, { kase, open: outcome.open, unchecked }))
  return {
    ...outcome,
    components,
    unchecked,
    assessment: {
      assessor: { assessor: 'dependency', version: kase.version, ruleSet: ruleSet() },
      startedAt: kase.startedAt,
      finishedAt: kase.finishedAt(),
      verdict: worstVerdict(files.map(({ verdict }) => verdict)),
      files,
    },
  }
}

function ruleSet(): string {
  return `sha256:${sha256Hex(utf8(JSON.stringify(Object.values(DEPENDENCY_RULES))))}`
}

function lookUp(components: readonly Component[], database: DependencyCase['database']) {
  if (database === 'skip') return { vulnerabilities: [], unchecked: [] }
  if (database !== undefined) return matchComponents(components, database)
  const reason = 'there is no database of advisories here'
  return { vulnerabilities: [], unchecked: components.map((component) => ({ component, reason })) }
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1)

/** Names that a lock in the same folder pins: a manifest beside its lock need not pin them again. */
function lockedBeside(list: PackageList, all: readonly PackageList[]): ReadonlySet<string> {
  const beside = all.filter((other) => other !== list && folderOf(other.path) === folderOf(list.path))
  return new Set(
    beside
      .filter(({ format }) => format !== list.format || list.path.endsWith('.in'))
      .flatMap(({ components }) => components)
      .filter(({ version }) => version !== undefined)
      .map(({ name }) => name),
  )
}

/** The packages that a list installs: constraints install none, and what a lock beside pins is looked at there. */
function settle(list: PackageList, all: readonly PackageList[]): readonly Component[] {
  if (list.format === 'constraints.txt') return []
  const locked = list.kind === 'manifest' ? lockedBeside(list, all) : new Set<string>()
  const pins = new Map(
    all
      .filter(({ format }) => format === 'constraints.txt')
      .flatMap(({ components }) => components)
      .map((component) => [component.name, component]),
  )
  return list.components
    .filter(({ name, version }) => version !== undefined || !locked.has(name))
    .map((component) => {
      const pin =
        component.version === undefined && list.format === 'requirements.txt'
          ? pins.get(component.name)
          : undefined
      return pin === undefined
        ? component
        : { ...pin, relation: component.relation, location: component.location }
    })
}

/** Each package once by its URL; hashes of all places together. */
function distinct(components: readonly Component[]): readonly Component[] {
  const byPurl = new Map<string, Component>()
  for (const component of components) {
    const key = `${component.purl} ${component.origin?.address ?? ''}`
    const known = byPurl.get(key)
    const hashes = [...(known?.hashes ?? []), ...component.hashes]
    const once = [...new Map(hashes.map((hash) => [`${hash.algorithm}:${hash.hex}`, hash])).values()]
    byPurl.set(key, { ...(known ?? component), hashes: once })
  }
  return [...byPurl.values()]
}

interface Around {
  readonly kase: DependencyCase
  readonly open: readonly JudgedVulnerability[]
  readonly unchecked: readonly Unchecked[]
}

function fileOf(
  { list, components }: { list: DependencyCase['lists'][number]; components: readonly Component[] },
  { kase, open, unchecked }: Around,
): FileAssessment {
  const own = new Map(components.map((component) => [component.purl, component]))
  const locked = list.kind === 'manifest' ? lockedBeside(list, kase.lists) : new Set<string>()
  const pinned = new Set(components.filter(({ version }) => version !== undefined).map(({ name }) => name))
  const findings = [
    ...judgeList(list, { locked: new Set([...locked, ...pinned]), meant: new Set(kase.meant) }),
    ...open.flatMap((one) => {
      const component = own.get(one.component.purl)
      return component === undefined ? [] : vulnerabilityFinding(one, component)
    }),
  ]
  const gaps = [
    ...list.problems.map(({ message, line }) => (line === undefined ? message : `line ${line}: ${message}`)),
    ...whyUnchecked(unchecked.filter(({ component }) => own.has(component.purl))),
  ]
  const status =
    gaps.length === 0 ? 'full' : components.length === 0 && list.problems.length > 0 ? 'none' : 'partial'
  const verdicts: Verdict[] = [
    ...findings.map(({ verdict }) => verdict),
    status === 'full' ? 'clean' : 'undecided',
  ]
  return {
    path: list.path,
    sizeBytes: list.sizeBytes,
    verdict: worstVerdict(verdicts),
    coverage: [
      {
        path: list.path,
        format: list.format,
        sizeBytes: list.sizeBytes,
        readBytes: status === 'none' ? 0 : list.sizeBytes,
        status,
        ...(gaps.length === 0 ? {} : { reason: gaps.slice(0, 5).join('; ') }),
      },
    ],
    findings,
  }
}

/** One line for each reason, with the first names. */
function whyUnchecked(unchecked: readonly Unchecked[]): readonly string[] {
  const byReason = new Map<string, string[]>()
  for (const { component, reason } of unchecked) {
    const names = byReason.get(reason)
    if (names === undefined) byReason.set(reason, [component.name])
    else names.push(component.name)
  }
  return [...byReason].map(([reason, names]) => {
    const more = names.length > 3 ? ` and ${names.length - 3} more` : ''
    return `advisories not looked up for ${names.slice(0, 3).join(', ')}${more}: ${reason}`
  })
}

/** The worst that a rating can mean; one that is unknown is not taken for harmless. */
const SEVERITY_OF: Readonly<Record<Rating, Severity>> = {
  critical: 'critical',
  high: 'high',
  unknown: 'high',
  medium: 'medium',
  low: 'low',
  none: 'info',
}

function vulnerabilityFinding(one: JudgedVulnerability, component: Component): Finding {
  const { line, path } = component.location
  const name = `${component.name} ${component.version ?? 'in every version'}`
  const known = [
    one.kev === true ? 'exploited in the wild (KEV)' : undefined,
    one.epss === undefined ? undefined : `EPSS ${(one.epss * 100).toFixed(1)} %`,
    one.score === undefined ? `severity ${one.rating}` : `CVSS ${one.score.toFixed(1)} ${one.rating}`,
    one.caveat,
  ].filter((part) => part !== undefined)
  const fixed =
    one.fixedIn.length === 0 ? undefined : `Install ${component.name} ${one.fixedIn.join(' or ')} or later.`
  return findingOf(one.isMalicious ? 'malicious' : 'vulnerable', {
    message: `${name}: ${one.id}${one.summary === '' ? '' : `, ${one.summary}`}; ${known.join(', ')}.`,
    key: `${component.purl} ${one.id}`,
    path,
    severity: one.isMalicious || one.kev === true ? 'critical' : SEVERITY_OF[one.rating],
    taxonomy: [...new Set([...idsOf(one), ...one.cwes, 'CWE-1395', 'AML.T0010.001'])],
    ...(line === undefined ? {} : { line }),
    ...(fixed === undefined || one.isMalicious ? {} : { remedy: fixed }),
  })
}

function idsOf({ id, aliases }: JudgedVulnerability): readonly string[] {
  return [id, ...aliases].filter((name) => /^(?:CVE|GHSA|PYSEC|MAL)-/.test(name)).slice(0, 8)
}
