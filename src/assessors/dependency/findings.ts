import { sha256Hex } from '../../ground/crypto/index.ts'
import type { Finding, Severity } from '../../ground/domain/index.ts'
import { utf8 } from '../../ground/lang/index.ts'
import { DEPENDENCY_RULES, type RuleName } from './rules.ts'

/** Hex digits of a fingerprint, as findings of models have. */
const FINGERPRINT = 16

/** One case of a rule. */
export interface Case {
  readonly message: string
  /** What makes this case the same one in another run: not the line. */
  readonly key: string
  readonly path: string
  readonly line?: number
  readonly severity?: Severity
  readonly remedy?: string
  readonly taxonomy?: readonly string[]
}

/** A finding of a rule; the line stands in its message, because a finding's place is in bytes. */
export function findingOf(name: RuleName, about: Case): Finding {
  const rule = DEPENDENCY_RULES[name]
  const where = about.line === undefined ? '' : ` (line ${about.line})`
  return {
    ruleId: rule.id,
    severity: about.severity ?? rule.severity,
    verdict: rule.verdict,
    title: rule.title,
    message: `${about.message}${where}`,
    location: { path: about.path },
    remedy: about.remedy ?? rule.remedy,
    taxonomy: about.taxonomy ?? rule.taxonomy,
    fingerprint: sha256Hex(utf8(JSON.stringify([rule.id, about.path, about.key]))).slice(0, FINGERPRINT),
  }
}
