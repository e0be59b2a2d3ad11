import type { BoosterProblem, BoosterView } from './booster-view.ts'

const MAX_PROBLEMS = 20
/** Trees that are looked into. The largest published models have some hundred thousand. */
const MAX_TREES = 2_000_000

type Record_ = Readonly<Record<string, unknown>>

function isRecord(value: unknown): value is Record_ {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function field(value: unknown, ...path: readonly string[]): unknown {
  let at: unknown = value
  for (const key of path) at = isRecord(at) ? at[key] : undefined
  return at
}

/** A list of numbers: of JSON, or a typed one of UBJSON, which may only know its length. */
function numbersOf(value: unknown): ArrayLike<unknown> | undefined {
  return typeof value === 'object' && value !== null && isListed(value) ? value : undefined
}

function isListed(value: object): value is ArrayLike<unknown> {
  return 'length' in value && typeof value.length === 'number'
}

function countOf(value: unknown): number | undefined {
  const count = typeof value === 'string' ? Number(value) : value
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined
}

/** What a model says, from the parsed JSON or UBJSON of it; undefined when it is no model of XGBoost. */
export function judgeBooster(root: unknown): BoosterView | undefined {
  const learner = field(root, 'learner') ?? field(root, 'Model', 'learner')
  const gradient = field(learner, 'gradient_booster')
  if (!isRecord(learner) || !isRecord(gradient)) return undefined
  const problems: BoosterProblem[] = []
  const booster = textOf(gradient.name)
  // Dart keeps the trees of a gbtree inside itself.
  const model = field(gradient, 'gbtree', 'model') ?? gradient.model
  const trees = field(model, 'trees')
  const list = Array.isArray(trees) ? trees : []
  const features = countOf(field(learner, 'learner_model_param', 'num_feature'))
  checkCounts(model, list.length, problems)
  for (const [i, tree] of list.slice(0, MAX_TREES).entries()) {
    if (problems.length >= MAX_PROBLEMS) break
    for (const message of faultsOf(tree, features))
      problems.push({ kind: 'tree', message: `tree ${i}: ${message}` })
  }
  return {
    objective: textOf(field(learner, 'objective', 'name')),
    booster,
    treeCount: list.length,
    attributes: attributesOf(learner.attributes),
    problems,
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 200) : undefined
}

function attributesOf(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text] as const] : [])),
  )
}

function checkCounts(model: unknown, treeCount: number, problems: BoosterProblem[]): void {
  if (!isRecord(model) || model.trees === undefined) return
  const stated = countOf(field(model, 'gbtree_model_param', 'num_trees'))
  if (stated !== undefined && stated !== treeCount)
    problems.push({ kind: 'shape', message: `${stated} trees are stated, ${treeCount} are there` })
  const info = numbersOf(model.tree_info)
  if (info !== undefined && info.length !== treeCount)
    problems.push({ kind: 'shape', message: `tree_info has ${info.length} items for ${treeCount} trees` })
}

/** Arrays of one item a node. */
const PER_NODE = [
  'left_children',
  'right_children',
  'split_indices',
  'split_conditions',
  'default_left',
  'parents',
]

function faultsOf(tree: unknown, features: number | undefined): string[] {
  const nodes = countOf(field(tree, 'tree_param', 'num_nodes'))
  if (!isRecord(tree) || nodes === undefined) return ['it has no number of nodes']
  for (const name of PER_NODE) {
    const list = numbersOf(tree[name])
    if (list !== undefined && list.length !== nodes)
      return [`${name} has ${list.length} items for ${nodes} nodes`]
  }
  const left = numbersOf(tree.left_children)
  const right = numbersOf(tree.right_children)
  if (left === undefined || right === undefined) return []
  return [
    ...childFaults(left, right, nodes),
    ...splitFaults(numbersOf(tree.split_indices), left, features),
    ...categoryFaults(tree, nodes),
  ].slice(0, 3)
}

/** Children must lie inside the tree, and no node may be reached twice: a predictor would never end. */
function childFaults(left: ArrayLike<unknown>, right: ArrayLike<unknown>, nodes: number): string[] {
  const reached = new Uint8Array(nodes)
  for (let i = 0; i < nodes; i++) {
    if (left[i] === -1 || left[i] === undefined) continue
    for (const child of [left[i], right[i]]) {
      if (typeof child !== 'number' || !Number.isInteger(child) || child < 0 || child >= nodes)
        return [`node ${i} leads to node ${String(child)} of ${nodes}`]
      if (child === 0 || reached[child] === 1) return [`node ${i} leads back to node ${child}`]
      reached[child] = 1
    }
  }
  return []
}

function splitFaults(
  splits: ArrayLike<unknown> | undefined,
  left: ArrayLike<unknown>,
  features: number | undefined,
): string[] {
  if (splits === undefined || features === undefined || features === 0) return []
  for (let i = 0; i < splits.length; i++) {
    const split = splits[i]
    if (
      left[i] !== -1 &&
      split !== undefined &&
      (typeof split !== 'number' || split < 0 || split >= features)
    )
      return [`node ${i} splits on feature ${String(split)} of ${features}`]
  }
  return []
}

/** Ranges of the categories of a node must lie inside the list of categories. */
function categoryFaults(tree: Record_, nodes: number): string[] {
  const lists = ['categories_nodes', 'categories_segments', 'categories_sizes', 'categories'].map((name) =>
    numbersOf(tree[name]),
  )
  const [owners, segments, sizes, categories] = lists
  if (owners === undefined || segments === undefined || sizes === undefined || categories === undefined)
    return []
  if (owners.length !== segments.length || owners.length !== sizes.length)
    return ['the lists of categories differ in length']
  for (let i = 0; i < owners.length; i++) {
    const [owner, segment, size] = [Number(owners[i]), Number(segments[i]), Number(sizes[i])]
    if (owner < 0 || owner >= nodes) return [`categories belong to node ${owner} of ${nodes}`]
    if (segment < 0 || size < 0 || segment + size > categories.length)
      return [`categories ${segment} to ${segment + size} of ${categories.length}`]
  }
  return []
}
