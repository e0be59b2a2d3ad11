import { normalPypiName } from '../../ground/domain/index.ts'
import { fail, listOf, numberOf, ok, type Result, recordOf, textOf } from '../../ground/lang/index.ts'
import type { OsvAffected, OsvEvent, OsvRange, OsvRecord, SeverityScore } from './osv-record.ts'

/** Packages of one record. Kernel records name some thousand. */
const MAX_AFFECTED = 20_000
/** Ranges and events of one package, and versions named one by one. Real ones have some hundred. */
const MAX_RANGES = 2000
const MAX_VERSIONS = 20_000
const MAX_SUMMARY = 300
const MAX_ALIASES = 200
/** Characters of ids, names and versions. */
const MAX_WORD = 300

type Json = Readonly<Record<string, unknown>>

/**
 * One record of OSV, parsed from JSON.
 * @returns what is wrong when it is none: an id, a time and a list of what is affected must be there
 */
export function readOsv(value: unknown): Result<OsvRecord> {
  const root = recordOf(value)
  const id = textOf(root.id)
  const modified = textOf(root.modified)
  if (id === undefined || id.length > MAX_WORD || !/^[A-Za-z][\w.:+-]*$/.test(id)) return fail('it has no id')
  if (modified === undefined || Number.isNaN(Date.parse(modified)))
    return fail(`${id} does not say when it was modified`)
  const affected = listOf(root.affected)
  if (affected.length > MAX_AFFECTED) return fail(`${id} names more than ${MAX_AFFECTED} packages`)
  const own = recordOf(root.database_specific)
  const read = affected.map((item) => readAffected(recordOf(item)))
  const bad = read.find((one) => !one.ok)
  if (bad?.ok === false) return fail(`${id}: ${bad.error}`)
  return ok({
    id,
    modified,
    aliases: words(root.aliases).slice(0, MAX_ALIASES),
    upstream: words(root.upstream).slice(0, MAX_ALIASES),
    summary: summaryOf(root),
    affected: read.flatMap((one) => (one.ok && one.value !== undefined ? [one.value] : [])),
    severity: severityOf(root, affected, own),
    cwes: words(own.cwe_ids).filter((cwe) => /^CWE-\d+$/.test(cwe)),
    ...optional('published', textOf(root.published)),
    ...optional('withdrawn', textOf(root.withdrawn)),
    ...optional('url', urlOf(root.references)),
    ...optional('epss', numberOf(own.epss) ?? numberOf(recordOf(own.epss).score ?? recordOf(own.epss).epss)),
    ...optional('kev', flagOf(own.kev ?? own.known_exploited)),
  })
}

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>)
}

function words(value: unknown): readonly string[] {
  return listOf(value).filter((item): item is string => typeof item === 'string' && item.length <= MAX_WORD)
}

function flagOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

function summaryOf(root: Json): string {
  const text = textOf(root.summary) ?? (textOf(root.details) ?? '').slice(0, 2000).split('\n', 1)[0] ?? ''
  return text.slice(0, MAX_SUMMARY)
}

function urlOf(references: unknown): string | undefined {
  const all = listOf(references).map(recordOf)
  const best = all.find(({ type }) => type === 'ADVISORY') ?? all[0]
  const url = textOf(best?.url)
  return url !== undefined && /^https?:\/\//.test(url) && url.length < 2000 ? url : undefined
}

function severityOf(root: Json, affected: readonly unknown[], own: Json): readonly SeverityScore[] {
  const read = (value: unknown) =>
    listOf(value).flatMap((item) => {
      const { type, score } = recordOf(item)
      const [kind, text] = [textOf(type), textOf(score)]
      return kind === undefined || text === undefined
        ? []
        : [{ type: kind.slice(0, 40), score: text.slice(0, 300) }]
    })
  const scores = [
    ...read(root.severity),
    ...affected.slice(0, 50).flatMap((item) => read(recordOf(item).severity)),
  ]
  // GitHub writes a word, beside a vector or alone.
  const rating = textOf(own.severity)
  const distinct = [...new Map(scores.map((one) => [`${one.type} ${one.score}`, one])).values()].slice(0, 20)
  return rating === undefined ? distinct : [...distinct, { type: 'rating', score: rating.slice(0, 40) }]
}

/** Undefined for what names no package: ranges of a repository's commits alone. */
function readAffected(item: Json): Result<OsvAffected | undefined> {
  const named = recordOf(item.package)
  const ecosystem = textOf(named.ecosystem)
  const name = textOf(named.name)
  if (ecosystem === undefined || name === undefined) return ok(undefined)
  if (ecosystem.length > MAX_WORD || name.length > MAX_WORD) return fail('a name is too long')
  const all = listOf(item.ranges).map(recordOf)
  const versions = words(item.versions)
  if (all.length > MAX_RANGES || versions.length > MAX_VERSIONS)
    return fail(`${name} has too many ranges or versions`)
  const ranges: OsvRange[] = []
  for (const range of all) {
    if (range.type !== 'SEMVER' && range.type !== 'ECOSYSTEM') continue
    const events = readEvents(range.events)
    if (!events.ok) return fail(`${name}: ${events.error}`)
    ranges.push({ type: range.type, events: events.value })
  }
  const onlyGit = ranges.length === 0 && versions.length === 0 && all.length > 0
  // Advisories are looked up by name: PyPI tells `-`, `_` and `.` not apart.
  const known = ecosystem === 'PyPI' ? normalPypiName(name) : name
  return ok({ ecosystem, name: known, ranges, versions, ...(onlyGit ? { onlyGit } : {}) })
}

const KINDS = ['introduced', 'fixed', 'last_affected', 'limit'] as const

function readEvents(value: unknown): Result<readonly OsvEvent[]> {
  const events: OsvEvent[] = []
  for (const item of listOf(value).slice(0, MAX_RANGES)) {
    const event = recordOf(item)
    for (const kind of KINDS) {
      const version = textOf(event[kind])
      if (version === undefined) continue
      if (version.length > MAX_WORD) return fail('a version is too long')
      events.push({ kind, version })
    }
  }
  return events.length === 0 ? fail('a range without events') : ok(events)
}
