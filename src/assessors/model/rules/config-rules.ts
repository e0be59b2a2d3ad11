import type { ModelRule } from '../rule.ts'
import { activeTarget } from './config/active-target.ts'
import { duplicateKey } from './config/duplicate-key.ts'
import { escapingLayer } from './config/escaping-layer.ts'
import { foreignHandler } from './config/foreign-handler.ts'
import { rewrittenText } from './config/rewritten-text.ts'
import { searchPath } from './config/search-path.ts'
import { servedCode } from './config/served-code.ts'
import { shadowedToken } from './config/shadowed-token.ts'
import { toldSetting } from './config/told-setting.ts'
import { unknownTarget } from './config/unknown-target.ts'

/** Rules for configurations that name code: Hydra, NeMo, skops, TorchServe, ModelKit. A new rule is one file in config/ and one line here. */
export const CONFIG_RULES: readonly ModelRule[] = [
  activeTarget,
  unknownTarget,
  searchPath,
  duplicateKey,
  foreignHandler,
  escapingLayer,
  servedCode,
  rewrittenText,
  shadowedToken,
  toldSetting,
]
