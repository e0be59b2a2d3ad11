import { gzipSync } from 'node:zlib'
import type { Invocation, Log, Notification, Result, Run, Suppression } from 'sarif'
import { type Finding, SEVERITIES } from '../../ground/domain/index.ts'
import type { PutAsideBy, ScanReport } from '../scan/index.ts'
import { placeOf } from './place-of.ts'
import { printable, shorten } from './printable.ts'
import { factsOf, type ReportMaker, type RuleFacts } from './rule-facts.ts'
import { ArtifactList, artifactLocationOf, locationOf, SOURCE_ROOT } from './sarif-places.ts'
import { descriptorOf, levelOf, MAX_TEXT } from './sarif-rules.ts'

/** Results of a run that GitHub shows; more than 25,000 it refuses. What it would choose among more is not documented well. */
const MAX_RESULTS = 5000
/** Notifications; the rest is counted in one. */
const MAX_NOTIFICATIONS = 1000
/** Bytes, gzipped: GitHub refuses a larger file. */
const MAX_GZIP_BYTES = 10_000_000
const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'

/** Limits of a SARIF file; GitHub's when not given. */
export interface SarifLimits {
  readonly results: number
  readonly gzipBytes: number
}

interface Seen {
  readonly finding: Finding
  readonly by?: PutAsideBy
}

/**
 * A scan as SARIF 2.1.0 (OASIS), within GitHub's limits: the most severe findings stay when there are too many, and a
 * notification says how many were cut.
 */
export function sarifOf(
  report: ScanReport,
  maker: ReportMaker,
  limits: SarifLimits = { results: MAX_RESULTS, gzipBytes: MAX_GZIP_BYTES },
): string {
  const all = seenIn(report)
  let results = Math.min(all.length, limits.results)
  let notes = MAX_NOTIFICATIONS
  for (;;) {
    const text = `${JSON.stringify(logOf(report, maker, { all, results, notes }), undefined, 1)}\n`
    const isSmall = text.length < limits.gzipBytes || gzipSync(text).length <= limits.gzipBytes
    if (isSmall || (results === 0 && notes === 0)) return text
    results = Math.floor(results / 2)
    notes = Math.floor(notes / 2)
  }
}

/** Everything that was seen, what counts before what was put aside, the worst first. */
function seenIn(report: ScanReport): readonly Seen[] {
  const counted = report.files.flatMap(({ findings }) => findings.map((finding): Seen => ({ finding })))
  const aside = report.files.flatMap(({ putAside = [] }) => putAside)
  const rank = ({ finding }: Seen): number => SEVERITIES.indexOf(finding.severity)
  return [...counted.sort((a, b) => rank(a) - rank(b)), ...[...aside].sort((a, b) => rank(a) - rank(b))]
}

interface Cut {
  readonly all: readonly Seen[]
  readonly results: number
  readonly notes: number
}

function logOf(report: ScanReport, maker: ReportMaker, cut: Cut): Log {
  const kept = cut.all.slice(0, cut.results)
  const rules = new Map<string, RuleFacts>()
  for (const { finding } of kept)
    if (!rules.has(finding.ruleId)) rules.set(finding.ruleId, factsOf(maker, finding))
  const ruleIds = [...rules.keys()]
  const artifacts = new ArtifactList(report, maker.folder)
  const isJudged = report.suppressions !== undefined || report.baseline !== undefined
  const results = kept.map((seen) => resultOf(seen, { report, artifacts, ruleIds, isJudged }))
  const run: Run = {
    tool: {
      driver: {
        name: 'Sallyport',
        version: maker.version,
        semanticVersion: maker.version,
        rules: [...rules.values()].map(descriptorOf),
        notifications: [
          { id: 'not-checked', shortDescription: { text: 'A file was not looked at in full' } },
          { id: 'excluded', shortDescription: { text: 'A file was not looked at because it was excluded' } },
          { id: 'cut', shortDescription: { text: 'Findings were left out of this file' } },
          { id: 'suppression', shortDescription: { text: 'A suppression did nothing' } },
        ],
        properties: { assessor: report.assessor },
      },
    },
    invocations: [invocationOf(report, maker, { cut, artifacts })],
    originalUriBaseIds: { [SOURCE_ROOT]: { description: { text: 'The folder in which the scan ran.' } } },
    artifacts: artifacts.artifacts,
    results,
    properties: { verdict: report.verdict, summary: report.summary },
  }
  return { $schema: SCHEMA, version: '2.1.0', runs: [run] }
}

interface Around {
  readonly report: ScanReport
  readonly artifacts: ArtifactList
  readonly ruleIds: readonly string[]
  readonly isJudged: boolean
}

function resultOf({ finding, by }: Seen, { report, artifacts, ruleIds, isJudged }: Around): Result {
  const { members = [], offset } = finding.location
  const where = members.length === 0 ? '' : ` In ${members.map(printable).join(' › ')}${offsetText(offset)}.`
  const runs = finding.call === undefined ? '' : ` Loading runs ${printable(finding.call)}.`
  return {
    ruleId: finding.ruleId,
    ruleIndex: ruleIds.indexOf(finding.ruleId),
    level: levelOf(finding.severity),
    message: {
      text: shorten(`${printable(finding.title)}: ${printable(finding.message)}.${runs}${where}`, MAX_TEXT),
    },
    locations: [locationOf(finding, artifacts)],
    partialFingerprints: {
      'sallyportFinding/v1': finding.fingerprint,
      // The one that GitHub compares; it would hash lines of text, which a model does not have.
      primaryLocationLineHash: `${finding.fingerprint}:1`,
    },
    ...(isJudged ? { suppressions: by === undefined ? [] : [suppressionOf(by)] } : {}),
    ...(report.baseline === undefined
      ? {}
      : { baselineState: by?.kind === 'baseline' ? 'unchanged' : 'new' }),
    properties: {
      verdict: finding.verdict,
      severity: finding.severity,
      remedy: finding.remedy,
      ...(finding.call === undefined ? {} : { call: finding.call }),
      ...(finding.context === undefined ? {} : { context: finding.context }),
    },
  }
}

function offsetText(offset: number | undefined): string {
  return offset === undefined ? '' : ` at byte ${offset}`
}

function suppressionOf(by: PutAsideBy): Suppression {
  if (by.kind === 'baseline')
    return { kind: 'external', status: 'accepted', justification: 'known in the baseline' }
  const { owner, reason, until } = by
  return {
    kind: 'external',
    status: 'accepted',
    justification: printable(reason),
    properties: { owner, until },
  }
}

function invocationOf(
  report: ScanReport,
  maker: ReportMaker,
  { cut, artifacts }: { readonly cut: Cut; readonly artifacts: ArtifactList },
): Invocation {
  const gaps = report.files.flatMap(({ coverage }) => coverage.filter(({ status }) => status !== 'full'))
  const notes: Notification[] = [
    ...gaps.slice(0, cut.notes).map((gap) => {
      const inner = (gap.members ?? []).map(printable).join(' › ')
      const reason = printable(gap.reason ?? gap.status)
      return note('not-checked', inner === '' ? reason : `${inner}: ${reason}`, {
        level: gap.status === 'none' ? 'error' : 'warning',
        locations: [{ physicalLocation: { artifactLocation: artifacts.locate(gap.path) } }],
      })
    }),
    ...report.excluded.slice(0, cut.notes).map(({ path, reason }) => {
      const artifactLocation = artifactLocationOf(placeOf(report, path), maker.folder)
      return note('excluded', printable(reason), {
        level: 'note',
        locations: [{ physicalLocation: { artifactLocation } }],
      })
    }),
    ...[...(report.suppressions?.expired ?? []), ...(report.suppressions?.unused ?? [])]
      .slice(0, cut.notes)
      .map(({ rule, line, reason }) =>
        note('suppression', `${report.suppressions?.file ?? ''}:${line} ${rule}: ${reason}`, {
          level: 'warning',
        }),
      ),
  ]
  const more = Math.max(0, gaps.length - cut.notes) + Math.max(0, report.excluded.length - cut.notes)
  if (more > 0)
    notes.push(note('not-checked', `${more} more files or members were not looked at`, { level: 'warning' }))
  const lost = cut.all.length - cut.results
  if (lost > 0)
    notes.push(
      note(
        'cut',
        `${lost} of ${cut.all.length} findings were left out, the least severe ones; --json has all`,
        {
          level: 'warning',
        },
      ),
    )
  return {
    executionSuccessful: true,
    startTimeUtc: report.startedAt,
    endTimeUtc: report.finishedAt,
    toolExecutionNotifications: notes,
  }
}

function note(id: string, text: string, more: Omit<Notification, 'message' | 'descriptor'>): Notification {
  return { descriptor: { id }, message: { text: shorten(text, MAX_TEXT) }, ...more }
}
