import type { ModelRule } from '../rule.ts'
import { yamlObject } from './text/yaml-object.ts'

/** Rules for texts: YAML, JSON, templates, Python. A new rule is one file in text/ and one line here. */
export const TEXT_RULES: readonly ModelRule[] = [yamlObject]
