import type { ModelRule } from '../rule.ts'

/** Rules for TorchScript and exported PyTorch programs. A new rule is one file in torchscript/ and one line here. */
export const TORCHSCRIPT_RULES: readonly ModelRule[] = []
