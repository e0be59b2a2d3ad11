import type { ModelRule } from '../rule.ts'

/** Rules for other containers, packed streams, polyglots and executables. A new rule is one file in container/ and one line here. */
export const CONTAINER_RULES: readonly ModelRule[] = []
