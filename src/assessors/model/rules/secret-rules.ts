import type { ModelRule } from '../rule.ts'

/** Rules for secrets and personal data in decoded texts. A new rule is one file in secret/ and one line here. */
export const SECRET_RULES: readonly ModelRule[] = []
