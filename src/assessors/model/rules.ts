import type { ModelRule } from './rule.ts'
import { CONFIG_RULES } from './rules/config-rules.ts'
import { CONTAINER_RULES } from './rules/container-rules.ts'
import { GRAPH_RULES } from './rules/graph-rules.ts'
import { KERAS_RULES } from './rules/keras-rules.ts'
import { PICKLE_RULES } from './rules/pickle-rules.ts'
import { REPOSITORY_RULES } from './rules/repository-rules.ts'
import { SECRET_RULES } from './rules/secret-rules.ts'
import { TABULAR_RULES } from './rules/tabular-rules.ts'
import { TENSORFLOW_RULES } from './rules/tensorflow-rules.ts'
import { TENSORS_RULES } from './rules/tensors-rules.ts'
import { TEXT_RULES } from './rules/text-rules.ts'
import { TORCHSCRIPT_RULES } from './rules/torchscript-rules.ts'
import { ZIP_RULES } from './rules/zip-rules.ts'

/** Every rule, family by family, in the order in which findings of one place are listed. A new family is one line here. */
export const MODEL_RULES: readonly ModelRule[] = [
  ...PICKLE_RULES,
  ...TORCHSCRIPT_RULES,
  ...ZIP_RULES,
  ...CONTAINER_RULES,
  ...TENSORS_RULES,
  ...KERAS_RULES,
  ...TENSORFLOW_RULES,
  ...GRAPH_RULES,
  ...TABULAR_RULES,
  ...CONFIG_RULES,
  ...TEXT_RULES,
  ...REPOSITORY_RULES,
  ...SECRET_RULES,
]
