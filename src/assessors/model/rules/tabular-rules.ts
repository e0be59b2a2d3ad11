import type { ModelRule } from '../rule.ts'

/** Rules for R, XGBoost, LightGBM, CatBoost, PMML and Flax. A new rule is one file in tabular/ and one line here. */
export const TABULAR_RULES: readonly ModelRule[] = []
