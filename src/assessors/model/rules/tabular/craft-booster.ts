import type { Example } from '../../rule.ts'

/** One tree of three nodes, as XGBoost writes it; parts may be set apart. */
export const crafted = (tree: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  tree_param: { num_nodes: '3', num_feature: '2' },
  left_children: [1, -1, -1],
  right_children: [2, -1, -1],
  parents: [2147483647, 0, 0],
  split_indices: [0, 0, 0],
  split_conditions: [0.5, 1, 2],
  default_left: [1, 0, 0],
  ...tree,
})

/** A model of XGBoost in JSON. */
export function xgboostJson(options: {
  readonly trees?: readonly Readonly<Record<string, unknown>>[]
  readonly objective?: string
  readonly booster?: string
  readonly stated?: number
}): Example {
  const { trees = [crafted()], objective = 'binary:logistic', booster = 'gbtree' } = options
  const model = {
    gbtree_model_param: { num_trees: String(options.stated ?? trees.length) },
    tree_info: trees.map(() => 0),
    trees,
  }
  const learner = {
    attributes: {},
    gradient_booster: { model, name: booster },
    learner_model_param: { num_feature: '2' },
    objective: { name: objective },
  }
  return { name: 'a.json', bytes: new TextEncoder().encode(JSON.stringify({ learner, version: [1, 7, 4] })) }
}

/** The same in UBJSON, with lengths of 64 bits as XGBoost has them. */
export function xgboostUbj(example: Example): Example {
  const value: unknown = JSON.parse(new TextDecoder().decode(example.bytes))
  return { name: 'a.ubj', bytes: new Uint8Array(ubj(value)) }
}

function ubj(value: unknown): Buffer {
  if (typeof value === 'string')
    return Buffer.concat([Buffer.from('S'), length(Buffer.byteLength(value)), Buffer.from(value)])
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9)
    bytes.write('D', 0)
    bytes.writeDoubleBE(value, 1)
    return bytes
  }
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    return items.length > 0 && items.every((item) => Number.isInteger(item))
      ? typed(items.map(Number))
      : Buffer.concat([Buffer.from('['), ...items.map(ubj), Buffer.from(']')])
  }
  const entries = Object.entries(value ?? {})
  return Buffer.concat([
    Buffer.from('{'),
    ...entries.flatMap(([key, inner]) => [length(Buffer.byteLength(key)), Buffer.from(key), ubj(inner)]),
    Buffer.from('}'),
  ])
}

function length(count: number): Buffer {
  const bytes = Buffer.alloc(9)
  bytes.write('L', 0)
  bytes.writeBigInt64BE(BigInt(count), 1)
  return bytes
}

/** `[$l#` and 32-bit numbers. */
function typed(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * numbers.length)
  for (const [i, number] of numbers.entries()) bytes.writeInt32BE(number, 4 * i)
  return Buffer.concat([Buffer.from('[$l#'), length(numbers.length), bytes])
}

/** A model of LightGBM with one tree of two leaves; lines may be replaced. */
export function lightgbmText(lines: Readonly<Record<string, string>> = {}, parameters = ''): Example {
  const tree = {
    num_leaves: '2',
    num_cat: '0',
    split_feature: '0',
    threshold: '0.5',
    left_child: '-1',
    right_child: '-2',
    leaf_value: '1 2',
    ...lines,
  }
  const body = Object.entries(tree)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')
  const text = `tree\nversion=v4\nnum_class=1\nmax_feature_idx=1\nobjective=binary sigmoid:1\nfeature_names=a b\n\nTree=0\n${body}\n\nend of trees\n\nparameters:\n[boosting: gbdt]\n${parameters}end of parameters\n\npandas_categorical:null\n`
  return { name: 'a.txt', bytes: new TextEncoder().encode(text) }
}
