import type { ModelRule, Subject } from './rule.ts'
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

/** Rules of one folder, and the kinds of subject that they look at. */
export interface RuleFamily {
  /** As its folder in rules/. A test reads there which kinds are asked about. */
  readonly folder: string
  readonly kinds: readonly Subject['kind'][]
  /** A call, so that a scan sets up only the rules that it asks. */
  readonly rules: () => readonly ModelRule[]
}

/** Every family, in the order in which findings of one place are listed. A new family is one line here. */
export const RULE_FAMILIES: readonly RuleFamily[] = [
  { folder: 'pickle', kinds: ['pickle'], rules: () => PICKLE_RULES },
  { folder: 'torchscript', kinds: ['torchscript', 'pickle', 'text', 'zip'], rules: () => TORCHSCRIPT_RULES },
  { folder: 'zip', kinds: ['zip'], rules: () => ZIP_RULES },
  { folder: 'container', kinds: ['container'], rules: () => CONTAINER_RULES },
  { folder: 'tensors', kinds: ['safetensors', 'gguf', 'npy'], rules: () => TENSORS_RULES },
  { folder: 'keras', kinds: ['keras', 'hdf5'], rules: () => KERAS_RULES },
  { folder: 'tensorflow', kinds: ['tensorflow', 'tflite'], rules: () => TENSORFLOW_RULES },
  { folder: 'graph', kinds: ['graph', 'text', 'xml'], rules: () => GRAPH_RULES },
  {
    folder: 'tabular',
    kinds: [
      'rdata',
      'skops',
      'torch7',
      'xgboost',
      'catboost',
      'lightgbm',
      'java',
      'msgpack',
      'pmml',
      'spark',
      'text',
    ],
    rules: () => TABULAR_RULES,
  },
  { folder: 'config', kinds: ['config'], rules: () => CONFIG_RULES },
  { folder: 'text', kinds: ['text', 'template', 'config', 'document'], rules: () => TEXT_RULES },
  {
    folder: 'repository',
    kinds: ['repository', 'compiled-python', 'notebook', 'python', 'requirements', 'shell', 'text'],
    rules: () => REPOSITORY_RULES,
  },
  { folder: 'secret', kinds: ['text', 'pickle'], rules: () => SECRET_RULES },
]

const known = new Map<Subject['kind'], readonly ModelRule[]>()

/** The rules that look at a kind of subject, in the order of all of them. */
export function rulesFor(kind: Subject['kind']): readonly ModelRule[] {
  const found = known.get(kind)
  if (found !== undefined) return found
  const rules = RULE_FAMILIES.filter(({ kinds }) => kinds.includes(kind)).flatMap((family) => family.rules())
  known.set(kind, rules)
  return rules
}
