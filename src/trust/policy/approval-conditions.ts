import type { ApprovalConditions } from '../evidence/index.ts'
import { problemOfFormats } from './file-formats.ts'
import { isFuture, type PolicyCase, statementsOf } from './policy-case.ts'

/** The one format whose readers run nothing and allocate what they were told. */
const SAFE_FORMATS: readonly string[] = ['safetensors']

/** Why an approval under conditions does not count now, or undefined. What cannot be shown from evidence is not met. */
export function problemOfConditions(
  kase: PolicyCase,
  conditions: ApprovalConditions | undefined,
): string | undefined {
  if (conditions === undefined) return undefined
  const { safetensorsOnly, commit, until } = conditions
  if (until !== undefined && kase.at >= Date.parse(until)) return `it held until ${until}`
  if (commit !== undefined && !cameAs(kase, commit))
    return `it holds for the commit ${commit} only, and nothing says that the bytes came as that`
  if (safetensorsOnly !== true) return undefined
  const problem = problemOfFormats(kase, SAFE_FORMATS)
  return problem === undefined ? undefined : `it holds for safetensors only: ${problem}`
}

/** The digest of a model is that of its bytes: whatever else they came as, as that commit, or version of a registry, they are the same. */
function cameAs(kase: PolicyCase, commit: string): boolean {
  const { statements, at } = kase
  return (
    statementsOf(statements, 'hub-source').some(
      ({ verified, predicate }) => predicate.commit === commit && !isFuture(verified, at),
    ) ||
    statementsOf(statements, 'pull-source').some(
      ({ verified, predicate }) => predicate.version === commit && !isFuture(verified, at),
    )
  )
}
