import type { OsvAffected, OsvRange, OsvRecord } from '../../formats/osv/index.ts'
import { type AdvisoryName, isSameEcosystem } from './ecosystems.ts'
import { compareVersions, schemeOf, type VersionScheme } from './versions/compare-versions.ts'

/** Whether a record speaks of a version, and what mends it. `unknown`: it could not be told, which is not no. */
export interface Affects {
  readonly answer: 'yes' | 'no' | 'unknown'
  /** The first versions that are mended, as far as the record names them. */
  readonly fixedIn: readonly string[]
}

const NO: Affects = { answer: 'no', fixedIn: [] }
const UNKNOWN: Affects = { answer: 'unknown', fixedIn: [] }

/** Whether a record affects a package in a version, by the evaluation of https://ossf.github.io/osv-schema/#evaluation */
export function affects(record: OsvRecord, wanted: AdvisoryName): Affects {
  const about = record.affected.filter(
    ({ ecosystem, name }) => name === wanted.name && isSameEcosystem(ecosystem, wanted.ecosystem),
  )
  if (about.length === 0) return NO
  const { version } = wanted
  if (version === undefined) return isEveryVersion(about) ? { answer: 'yes', fixedIn: [] } : UNKNOWN
  const answers = about.map((one) => affectedBy(one, version))
  return (
    answers.find(({ answer }) => answer === 'yes') ?? answers.find(({ answer }) => answer === 'unknown') ?? NO
  )
}

/** Malicious packages are often affected from the beginning for good: then no version is needed. */
function isEveryVersion(about: readonly OsvAffected[]): boolean {
  return about.some(({ ranges }) =>
    ranges.some(
      ({ events }) => events.length === 1 && events[0]?.kind === 'introduced' && events[0].version === '0',
    ),
  )
}

function affectedBy(affected: OsvAffected, version: string): Affects {
  if (affected.onlyGit === true) return UNKNOWN
  const own = schemeOf(affected.ecosystem)
  if (isListed(affected, version, own))
    return { answer: 'yes', fixedIn: affected.ranges.flatMap((range) => fixesAfter(range, version, own)) }
  let isUnknown = false
  for (const range of affected.ranges) {
    const scheme = range.type === 'SEMVER' ? 'semver' : own
    const inside = scheme === undefined ? undefined : isInside(range, version, scheme)
    if (inside === true) return { answer: 'yes', fixedIn: fixesAfter(range, version, scheme) }
    if (inside === undefined) isUnknown = true
  }
  // A list of versions is complete: what is not on it is not affected, whatever cannot be compared.
  return isUnknown && affected.versions.length === 0 ? UNKNOWN : NO
}

function isListed({ versions }: OsvAffected, version: string, scheme: VersionScheme | undefined): boolean {
  if (versions.includes(version)) return true
  // `1.0` and `1.0.0` are one version of Python; two spellings of one are listed once.
  return scheme === 'pep440' && versions.some((one) => compareVersions(scheme, one, version) === 0)
}

/** Undefined when a version of the range, or the asked one, cannot be compared. */
function isInside({ events }: OsvRange, version: string, scheme: VersionScheme): boolean | undefined {
  const compared = events.map((event) => ({
    ...event,
    order:
      event.version === '0' && event.kind === 'introduced'
        ? 1
        : compareVersions(scheme, version, event.version),
  }))
  if (compared.some(({ order }) => order === undefined)) return undefined
  const limits = compared.filter(({ kind }) => kind === 'limit')
  if (limits.length > 0 && !limits.some(({ order = 0, version: at }) => at === '*' || order < 0)) return false
  // What happened before the asked version, the oldest first: the last of these says how it stands.
  const past = compared
    .filter(({ kind, order = 0 }) => (kind === 'last_affected' ? order > 0 : order >= 0))
    .filter(({ kind }) => kind !== 'limit')
    .toSorted((a, b) => orderOfEvents(a, b, scheme))
  return past.at(-1)?.kind === 'introduced'
}

/** By version; at one version a fault ends before it begins anew. */
function orderOfEvents(
  a: { readonly kind: string; readonly version: string },
  b: { readonly kind: string; readonly version: string },
  scheme: VersionScheme,
): number {
  const isStart = (one: { readonly kind: string; readonly version: string }) =>
    one.kind === 'introduced' && one.version === '0'
  if (isStart(a) !== isStart(b)) return isStart(a) ? -1 : 1
  const order = compareVersions(scheme, a.version, b.version) ?? 0
  if (order !== 0) return order
  return Number(a.kind === 'introduced') - Number(b.kind === 'introduced')
}

function fixesAfter(range: OsvRange, version: string, scheme: VersionScheme | undefined): readonly string[] {
  if (scheme === undefined) return []
  const later = range.events
    .filter(
      ({ kind, version: fixed }) => kind === 'fixed' && (compareVersions(scheme, fixed, version) ?? 0) > 0,
    )
    .map(({ version: fixed }) => fixed)
    .toSorted((a, b) => compareVersions(scheme, a, b) ?? 0)
  return later.slice(0, 1)
}
