import type { ModelRule } from '../rule.ts'

/** Rules for Keras and HDF5. A new rule is one file in keras/ and one line here. */
export const KERAS_RULES: readonly ModelRule[] = []
