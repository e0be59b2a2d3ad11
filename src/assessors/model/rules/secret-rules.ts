import type { ModelRule } from '../rule.ts'
import { leakedSecret } from './secret/leaked-secret.ts'
import { password } from './secret/password.ts'
import { personalData } from './secret/personal-data.ts'
import { personalRecords } from './secret/personal-records.ts'

/** Rules for secrets and personal data in decoded texts. A new rule is one file in secret/ and one line here. */
export const SECRET_RULES: readonly ModelRule[] = [leakedSecret, password, personalData, personalRecords]
