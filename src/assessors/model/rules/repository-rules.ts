import type { ModelRule } from '../rule.ts'
import { pythonSource } from './repository/python-source.ts'
import { remoteCode } from './repository/remote-code.ts'

/** Rules for a repository as its loader sees it. A new rule is one file in repository/ and one line here. */
export const REPOSITORY_RULES: readonly ModelRule[] = [pythonSource, remoteCode]
