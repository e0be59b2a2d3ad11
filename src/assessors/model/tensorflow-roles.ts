import ops from '../../../catalog/rules-metadata/tensorflow-ops.json' with { type: 'json' }
import type { GraphNode, TensorflowView } from '../../formats/tensorflow/index.ts'

/**
 * What an operation does beyond computing. `file`: reads or writes a file, or calls over the network. `python`: calls Python.
 * `save`, `read`: writes or reads a file that a model may well write or read, by a path that is given. `odd`: debugging and
 * aborting. `shell`: of a library, and named for running programs. `unknown`: of a library that we do not know.
 */
export type OpRole = 'file' | 'python' | 'save' | 'read' | 'odd' | 'shell' | 'unknown' | 'standard'

/** An operation that matters, and the texts that reach it. */
export interface OpSight {
  readonly role: OpRole
  readonly node: GraphNode
  /** The function it stands in; empty for the graph itself. */
  readonly function: string
  /** Constants that reach it as inputs, and texts among its attributes; without those that the loader replaces. */
  readonly constants: readonly string[]
}

const EXACT = new Map<string, OpRole>([
  ...ops.standard.map((op): [string, OpRole] => [op, 'standard']),
  ...ops.file.map((op): [string, OpRole] => [op, 'file']),
  ...ops.python.map((op): [string, OpRole] => [op, 'python']),
  ...ops.save.map((op): [string, OpRole] => [op, 'save']),
  ...ops.read.map((op): [string, OpRole] => [op, 'read']),
  ...ops.odd.map((op): [string, OpRole] => [op, 'odd']),
])
const EXTENSIONS = ops.extensions.map((pattern) => new RegExp(pattern))
const SHELL =
  /shell|system|subprocess|popen|spawn|command|execute(?!d)|execv|runcode|runprogram|download|httpget|reverse|backdoor|payload|python|py_?func|load_?library|dlopen/i

/** Operations that pass texts on. */
const PASSING = new Set([
  'Identity',
  'IdentityN',
  'StringJoin',
  'PlaceholderWithDefault',
  'ExpandDims',
  'Reshape',
  'Pack',
  'ConcatV2',
  'Fill',
  'Squeeze',
  'StopGradient',
  'ShardedFilename',
  'Switch',
  'Merge',
  'Enter',
  'Exit',
  'Select',
  'SelectV2',
  'GatherV2',
  'StridedSlice',
  'DecodeBase64',
])
/** Nodes looked at to find the texts that reach one operation. */
const MAX_STEPS = 2000
/** Constants kept of one operation. */
const MAX_CONSTANTS = 100
/** Operations of one body that are kept. */
const MAX_SIGHTS = 500

/** The role of an operation; `functions` are those of the file itself, which are called by their names. */
export function opRoleOf(op: string, functions: ReadonlySet<string>): OpRole {
  const known = EXACT.get(op)
  if (known !== undefined) return known
  if (functions.has(op) || op === '') return 'standard'
  if (SHELL.test(op) && !/^(_|TPU|Xla)/.test(op)) return 'shell'
  return EXTENSIONS.some((pattern) => pattern.test(op)) ? 'standard' : 'unknown'
}

/** All operations of a file that do more than compute, with the constants that reach them. */
export function sightsOf(view: TensorflowView): OpSight[] {
  const functions = new Set(view.bodies.map((body) => body.function))
  const assets = new Set(view.assets.map(({ tensor }) => tensor))
  let passed: readonly string[] | undefined
  const sights: OpSight[] = []
  for (const body of view.bodies) {
    const active = body.nodes
      .map((node) => ({ node, role: roleOfNode(node, functions) }))
      .filter(({ role }) => role !== 'standard')
    if (active.length === 0) continue
    const byName = new Map(body.nodes.map((node) => [node.name, node]))
    for (const { node, role } of active.slice(0, MAX_SIGHTS)) {
      const { constants, isGiven } = reachingTexts(node, byName, assets)
      if (isGiven && body.function !== '' && (role === 'save' || role === 'read')) {
        passed ??= view.bodies.flatMap(({ nodes }) => passedPaths(nodes, functions, assets))
        constants.push(...passed)
      }
      sights.push({ role, node, function: body.function, constants: constants.slice(0, MAX_CONSTANTS) })
    }
  }
  return sights
}

/** Paths that stand as constants and are given to functions: which argument goes where is not followed. */
function passedPaths(
  nodes: readonly GraphNode[],
  functions: ReadonlySet<string>,
  assets: ReadonlySet<string>,
): string[] {
  const calls = nodes.filter(({ op }) => op.endsWith('PartitionedCall') || functions.has(op))
  const given = new Set(calls.flatMap(({ inputs }) => inputs))
  // Lists of words are vocabularies.
  return nodes
    .filter(
      ({ op, name, texts }) => op === 'Const' && texts.length === 1 && given.has(name) && !assets.has(name),
    )
    .flatMap(({ texts }) => texts.map(({ text }) => text))
    .filter((text) => PATH.test(text))
    .slice(0, MAX_CONSTANTS)
}

/** Absolute or upward paths of at least two parts, and addresses. */
const PATH = /^(?:\/[^/\s]+\/[^/\s]|~\/|\.\.\/|[A-Za-z]:\\|[a-z][a-z0-9+.-]{1,20}:\/\/)/

/** The role of an operation by its attributes too: some reach files only when these say so. */
export function roleOfNode(
  { op, texts }: Pick<GraphNode, 'op' | 'texts'>,
  functions: ReadonlySet<string>,
): OpRole {
  const isPrint =
    op === 'PrintV2' && texts.some(({ key, text }) => key === 'output_stream' && text.includes('://'))
  // The file of that name is mapped and becomes the output. Writers name regions of the model's own package.
  const isMapping =
    op === 'ImmutableConst' &&
    texts.some(
      ({ key, text }) =>
        key === 'memory_region_name' && text !== '' && !text.startsWith('memmapped_package://'),
    )
  return isPrint || isMapping ? 'file' : opRoleOf(op, functions)
}

/** `isGiven`: something comes from outside the body, as an argument of a function. */
function reachingTexts(
  node: GraphNode,
  byName: ReadonlyMap<string, GraphNode>,
  assets: ReadonlySet<string>,
): { constants: string[]; isGiven: boolean } {
  const constants = node.texts.filter(({ key }) => !QUIET.has(key)).map(({ text }) => text)
  let isGiven = false
  const open = [...node.inputs]
  const seen = new Set<string>()
  for (let name = open.pop(); name !== undefined && seen.size < MAX_STEPS; name = open.pop()) {
    if (seen.has(name)) continue
    seen.add(name)
    const input = byName.get(name)
    if (input === undefined) isGiven = true
    // Loaders replace the names of assets; a training graph names the checkpoint that its author began with.
    else if (assets.has(name) || isInitializer(node, name)) continue
    else if (input.op === 'Const') constants.push(...input.texts.map(({ text }) => text))
    else if (PASSING.has(input.op)) open.push(...input.inputs)
  }
  return { constants: constants.slice(0, MAX_CONSTANTS), isGiven }
}

function isInitializer(node: GraphNode, input: string): boolean {
  return node.op.startsWith('Restore') && /(^|\/)checkpoint_initializer/.test(input)
}

/** Attributes that hold names and places, not paths. */
const QUIET = new Set([
  'container',
  'shared_name',
  '_class',
  '_output_shapes',
  'device',
  'error_msg',
  'T',
  'dtypes',
])
