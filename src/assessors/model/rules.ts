import type { ModelRule } from './rule.ts'
import { RULE_FAMILIES } from './rule-families.ts'

/** Every rule, family by family, in the order in which findings of one place are listed. */
export const MODEL_RULES: readonly ModelRule[] = RULE_FAMILIES.flatMap((family) => family.rules())
