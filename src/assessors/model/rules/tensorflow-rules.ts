import type { ModelRule } from '../rule.ts'

/** Rules for TensorFlow and TFLite. A new rule is one file in tensorflow/ and one line here. */
export const TENSORFLOW_RULES: readonly ModelRule[] = []
