import type { ModelRule } from '../rule.ts'

/** Rules for configurations that name code: Hydra, NeMo, skops, TorchServe, ModelKit. A new rule is one file in config/ and one line here. */
export const CONFIG_RULES: readonly ModelRule[] = []
