import { predicateOf } from '../evidence/index.ts'
import { newestOfEach } from './newest-of-each.ts'
import { isFuture, type PolicyCase, statementsOf } from './policy-case.ts'

/**
 * What lies beside weights and holds none, as assessors name it. What is not here counts as weights: a format that nobody
 * thought of must not pass as none.
 */
const BESIDE_WEIGHTS: readonly string[] = [
  'configuration',
  'gif',
  'jinja',
  'jpeg',
  'json',
  'model-card',
  'png',
  'python',
  'sentencepiece',
  'text',
  'webp',
  'yaml',
]

/** Why the newest scans do not show that all weights are of these formats; undefined when they show it. Unknown is not shown. */
export function problemOfFormats(kase: PolicyCase, formats: readonly string[]): string | undefined {
  const scans = newestOfEach(
    statementsOf(kase.statements, 'model-scan')
      .map(({ verified }) => verified)
      .filter((verified) => !isFuture(verified, kase.at)),
  )
  if (scans.length === 0) return 'no scan says of which formats its files are'
  for (const verified of scans) {
    for (const { path, coverage } of predicateOf(verified, 'model-scan')?.files ?? []) {
      if (coverage.length === 0) return `nothing says of which format "${path}" is`
      const other = coverage.find(({ format, status }) => !isOneOf(format, status, formats))
      if (other !== undefined) return `"${path}" holds ${other.format}`
    }
  }
  return undefined
}

/** What lies beside weights must have been read in full to be known as that. */
function isOneOf(format: string, status: string, formats: readonly string[]): boolean {
  return formats.includes(format) || (status === 'full' && BESIDE_WEIGHTS.includes(format))
}
