import type { Finding } from '../../ground/domain/index.ts'
import { compareUtf8, SallyportError } from '../../ground/lang/index.ts'
import { placeOf } from './place-of.ts'
import type { ScanReport } from './scan-report.ts'

/** Characters of a baseline; 200,000 findings of usual length. */
const MAX_BASELINE_CHARACTERS = 64 * 2 ** 20

/** A finding that is known: rule, place from where the scan ran, fingerprint. */
export interface KnownFinding {
  readonly ruleId: string
  readonly path: string
  readonly fingerprint: string
}

/** Findings that are known, to be asked one by one. */
export interface Baseline {
  readonly size: number
  knows(finding: Finding, path: string): boolean
}

/**
 * A baseline from its file.
 * @throws SallyportError `BAD_INPUT` when it is not one
 */
export function parseBaseline(text: string, file: string): Baseline {
  const bad = (what: string, cause?: unknown) =>
    new SallyportError('BAD_INPUT', `${file}: ${what}`, { cause })
  if (text.length > MAX_BASELINE_CHARACTERS) throw bad('a baseline is not as large as that')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw bad(`is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
  }
  const { kind, schemaVersion, findings } = fieldsOf(value)
  if (kind !== 'scan-baseline' || !Array.isArray(findings))
    throw bad('is no baseline; make one with sallyport scan PATH --write-baseline FILE')
  if (schemaVersion !== 1) throw bad(`has schemaVersion ${String(schemaVersion)}; this program reads 1`)
  const keys = new Set<string>()
  for (const [i, finding] of findings.entries()) {
    const { ruleId, path, fingerprint } = fieldsOf(finding)
    if (typeof ruleId !== 'string' || typeof path !== 'string' || typeof fingerprint !== 'string')
      throw bad(`findings[${i}] wants ruleId, path and fingerprint`)
    keys.add(keyOf({ ruleId, path, fingerprint }))
  }
  return {
    size: keys.size,
    knows: ({ ruleId, fingerprint }, path) => keys.has(keyOf({ ruleId, path, fingerprint })),
  }
}

/** Everything that a report counts, and what its own baseline knew, as a baseline. */
export function baselineOf(report: Pick<ScanReport, 'base' | 'files'>): string {
  return writeBaseline(
    report.files.flatMap(({ path, findings, putAside = [] }) => {
      const known = putAside.flatMap(({ by, finding }) => (by.kind === 'baseline' ? [finding] : []))
      const place = placeOf(report.base, path)
      return [...findings, ...known].map(({ ruleId, fingerprint }) => ({ ruleId, path: place, fingerprint }))
    }),
  )
}

/** A baseline as a file: one finding a line, sorted, without times, so that it is read well in a review. */
function writeBaseline(findings: readonly KnownFinding[]): string {
  const lines = [
    ...new Set(
      findings.map(({ ruleId, path, fingerprint }) => JSON.stringify({ path, ruleId, fingerprint })),
    ),
  ].sort(compareUtf8)
  const list = lines.length === 0 ? '[]' : `[\n    ${lines.join(',\n    ')}\n  ]`
  return `{\n  "schemaVersion": 1,\n  "kind": "scan-baseline",\n  "findings": ${list}\n}\n`
}

function keyOf({ ruleId, path, fingerprint }: KnownFinding): string {
  return JSON.stringify([ruleId, path, fingerprint])
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
