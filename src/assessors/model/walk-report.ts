import { sha256Hex } from '../../ground/crypto/index.ts'
import type { FileCoverage, Finding, Location } from '../../ground/domain/index.ts'
import { type ByteSource, utf8 } from '../../ground/lang/index.ts'
import type { Budget } from './budget.ts'
import type { ImportPolicy } from './import-policy.ts'
import type { ModelRule, Observation, Subject } from './rule.ts'
import { rulesFor } from './rule-families.ts'

/** Findings of one file. More do not help a person. */
const MAX_FINDINGS = 500
const MAX_TEXT = 1000

/** What every walker needs while it looks into one file. */
export interface Walk {
  readonly path: string
  readonly policy: ImportPolicy
  readonly budget: Budget
  readonly signal: AbortSignal | undefined
  readonly coverage: FileCoverage[]
  readonly findings: Finding[]
}

/** One thing to look at: the file, or a member inside it. */
export interface Place {
  readonly source: ByteSource
  /** Members from the outermost container inwards; empty for the file itself. */
  readonly members: readonly string[]
  readonly depth: number
}

/** Runs every rule that looks at such a subject, and keeps what they observe as findings. */
export function applyRules(walk: Walk, place: Place, subject: Subject): void {
  for (const rule of rulesFor(subject.kind))
    for (const seen of rule.check(subject)) {
      if (walk.findings.length >= MAX_FINDINGS && rule.verdict !== 'malicious') continue
      const finding = findingOf(rule, seen, walk, place)
      if (!walk.findings.some(({ fingerprint }) => fingerprint === finding.fingerprint))
        walk.findings.push(finding)
    }
}

function findingOf(rule: ModelRule, seen: Observation, walk: Walk, place: Place): Finding {
  const path = seen.path ?? walk.path
  const location: Location = {
    path,
    ...(place.members.length > 0 ? { members: place.members } : {}),
    ...(seen.offset === undefined ? {} : { offset: seen.offset }),
  }
  const cause = JSON.stringify([rule.id, path, place.members, seen.key])
  return {
    ruleId: rule.id,
    severity: rule.severity,
    verdict: rule.verdict,
    title: rule.title,
    message: clean(seen.message),
    location,
    ...(seen.call === undefined ? {} : { call: clean(seen.call) }),
    ...(seen.context === undefined ? {} : { context: seen.context }),
    remedy: rule.remedy,
    taxonomy: rule.taxonomy,
    fingerprint: sha256Hex(utf8(cause.toWellFormed())).slice(0, 16),
  }
}

/** Notes how much of a place was looked at. */
export function cover(
  walk: Walk,
  place: Place,
  seen: Omit<FileCoverage, 'path' | 'members' | 'sizeBytes'> & { sizeBytes?: number },
): void {
  const { format, readBytes, status, reason, sizeBytes = place.source.size } = seen
  walk.coverage.push({
    path: walk.path,
    ...(place.members.length > 0 ? { members: place.members } : {}),
    format,
    sizeBytes,
    readBytes,
    status,
    ...(reason === undefined ? {} : { reason: clean(reason) }),
  })
}

/** Text for people and JSON: well-formed, without control characters, bounded. */
function clean(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
  return short
    .toWellFormed()
    .replace(
      /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu,
      (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
    )
}

/** A header that was read, and what is wrong with it; a `cut` one ends before its end. */
export interface HeaderView {
  readonly problems: readonly { readonly kind: string; readonly message: string }[]
  readonly readBytes: number
}

/** Notes coverage of a format of which only the header matters. */
export function coverHeader(walk: Walk, place: Place, format: string, view: HeaderView): void {
  const cut = view.problems.find(({ kind }) => kind === 'cut')
  const base = { format, readBytes: view.readBytes }
  if (cut === undefined) cover(walk, place, { ...base, status: 'full' })
  else cover(walk, place, { ...base, status: 'partial', reason: cut.message })
}
