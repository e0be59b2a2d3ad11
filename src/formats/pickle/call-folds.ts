import { allItems, type CallValue, constantValue, sequenceValue, strValue, type Value } from './value.ts'

/** Members of a sequence for which a function is followed, by map, reduce and their like. */
const MAX_FOLLOWED = 64

/** A call made by another call. */
export interface Derived {
  readonly callee: Value
  readonly args: readonly Value[]
  readonly kwargs?: Value | undefined
  readonly way?: 'derived' | 'newobj'
}

/** What a fold may do: see Evaluator. */
export interface Following {
  readonly derive: (derived: Derived) => Value
  readonly attribute: (of: Value, name: Value | undefined) => Value
  readonly item: (of: Value | undefined, key: Value | undefined) => Value | undefined
  readonly reached: (module: string, name: string) => Value
  /** Something that a call imports by texts of the stream, as an opcode would. */
  readonly imported: (module: string, name: string) => Value
  /** State that a call sets on an object, as BUILD would. */
  readonly built: (target: Value, state: Value) => void
}

/** The value of a call that reads, imports or calls something else; undefined when it is not known. */
export type CallFold = (follow: Following, args: readonly Value[], call: CallValue) => Value | undefined

const ANY: Value = { kind: 'unknown', why: 'an item' }

/** The members of an iterable as far as they are followed; one unknown member when it cannot be seen. */
function members(value: Value | undefined): readonly Value[] {
  if (value?.kind === 'str') return [...value.text.slice(0, MAX_FOLLOWED)].map((char) => strValue(char))
  if (value?.kind === 'dict') return value.entries.slice(0, MAX_FOLLOWED).map(([key]) => key)
  if (value?.kind === 'set' || value?.kind === 'frozenset') return value.items.slice(0, MAX_FOLLOWED)
  return allItems(value)?.slice(0, MAX_FOLLOWED) ?? [ANY]
}

const map: CallFold = (follow, [callee, ...iterables]) => {
  if (callee === undefined || iterables.length === 0) return undefined
  const columns = iterables.map(members)
  const length = Math.min(...columns.map((column) => column.length))
  const rows = Array.from({ length }, (_, i) => columns.map((column) => column[i] ?? ANY))
  return sequenceValue(
    'list',
    rows.map((args) => follow.derive({ callee, args })),
  )
}

/** Calls the function for every member and keeps members: filter, takewhile, sorted. */
const filter: CallFold = (follow, [callee, iterable]) => {
  if (callee === undefined || callee.kind === 'constant') return iterable
  for (const item of members(iterable)) follow.derive({ callee, args: [item] })
  return iterable
}

const starmap: CallFold = (follow, [callee, iterable]) => {
  if (callee === undefined) return undefined
  const made = members(iterable).map((item) => follow.derive({ callee, args: allItems(item) ?? [ANY] }))
  return sequenceValue('list', made)
}

const reduce: CallFold = (follow, [callee, iterable, initial]) => {
  if (callee === undefined) return undefined
  const items = initial === undefined ? members(iterable) : [initial, ...members(iterable)]
  const [first, ...rest] = items
  return rest.reduce<Value | undefined>(
    (left, right) => (left === undefined ? undefined : follow.derive({ callee, args: [left, right] })),
    first,
  )
}

const accumulate: CallFold = (follow, [iterable, callee]) =>
  callee === undefined
    ? undefined
    : reduce(follow, [callee, ...(iterable === undefined ? [] : [iterable])], NO_CALL)

const NO_CALL: CallValue = { kind: 'call', callee: ANY, args: ANY }

/** `iter(function, sentinel)` calls the function; `iter(list)` gives its members. */
const iterate: CallFold = (follow, [first, sentinel]) => {
  if (first === undefined || sentinel === undefined) return first
  return sequenceValue('list', [follow.derive({ callee: first, args: [] })])
}

const callFirst: CallFold = (follow, [callee, ...args]) =>
  callee === undefined ? undefined : follow.derive({ callee, args })

/** `f(callee, args, …)`: the function in the first argument is called with the tuple in the second. */
const callWithTuple: CallFold = (follow, [callee, args]) =>
  callee === undefined ? undefined : follow.derive({ callee, args: allItems(args) ?? [ANY] })

/** torch._tensor._rebuild_from_type_v2(function, type, args, state). */
const rebuildFromType: CallFold = (follow, [callee, , args]) =>
  callee === undefined ? undefined : follow.derive({ callee, args: allItems(args) ?? [ANY] })

const generator: CallFold = (follow, [name, callee]) => {
  if (name !== undefined && callee !== undefined) follow.derive({ callee, args: [name] })
  return undefined
}

/** Makes an object of the class in the first argument without its `__init__`. */
const makeObject: CallFold = (follow, [callee, ...args]) =>
  callee === undefined ? undefined : follow.derive({ callee, args, way: 'newobj' })

const makeObjectWith: CallFold = (follow, [callee, args, kwargs]) =>
  callee === undefined
    ? undefined
    : follow.derive({ callee, args: allItems(args) ?? [ANY], kwargs, way: 'newobj' })

/** The same for a class of which an object is made without what it is filled with. */
export const reconstruct: CallFold = (follow, [callee]) =>
  callee === undefined ? undefined : follow.derive({ callee, args: [], way: 'newobj' })

const importModule: CallFold = (follow, [name]) =>
  name?.kind === 'str' && !name.cut ? follow.reached(name.text, '') : undefined

/** `pkgutil.resolve_name('os:system')`, `pydoc.locate('os.system')`. */
const resolveName: CallFold = (follow, [path]) => {
  if (path?.kind !== 'str' || path.cut) return undefined
  const [module = '', name] = path.text.includes(':') ? path.text.split(':', 2) : splitLast(path.text)
  return follow.reached(module, name ?? '')
}

/** dill._dill._import_module: of a dotted path the last part is an attribute; one that begins with `__runtime__.` is a new, empty module. */
const importDotted: CallFold = (follow, [path]) => {
  if (!isWholeText(path) || path.text.startsWith('__runtime__.')) return undefined
  const [module, name] = splitLast(path.text)
  return follow.reached(module, name)
}

function splitLast(path: string): [string, string] {
  const at = path.lastIndexOf('.')
  return at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at + 1)]
}

/** numpy.core._ufunc_reconstruct(module, name), and the like of scipy: an import by name. */
const importNamed: CallFold = (follow, [module, name]) =>
  isWholeText(module) && isWholeText(name) ? follow.imported(module.text, name.text) : undefined

/** dill._dill._create_namedtuple(name, fields, module): what the module has of that name, or a class made anew. */
const importNamedTuple: CallFold = (follow, [name, , module]) => {
  if (isWholeText(module) && isWholeText(name)) follow.reached(module.text, name.text)
  return undefined
}

function isWholeText(value: Value | undefined): value is Value & { kind: 'str' } {
  return value?.kind === 'str' && !value.cut
}

/** `heapq.nlargest(n, members, key)`. */
const largest: CallFold = (follow, [, iterable, key], call) => {
  if (key !== undefined && iterable !== undefined) filter(follow, [key, iterable], call)
  return undefined
}

/** `itertools.groupby(members, key)`. */
const groupBy: CallFold = (follow, [iterable, key], call) =>
  largest(follow, [ANY, iterable ?? ANY, ...(key === undefined ? [] : [key])], call)

/** `difflib.SequenceMatcher(isjunk, a, b)` asks for every member of `b`. */
const matchSequences: CallFold = (follow, [junk, , members], call) =>
  largest(follow, [ANY, members ?? ANY, ...(junk === undefined ? [] : [junk])], call)

/** `functools.cmp_to_key(function)`: whoever sorts calls it. */
const compare: CallFold = (follow, [callee]) => {
  if (callee !== undefined) follow.derive({ callee, args: [ANY, ANY] })
  return undefined
}

/** `weakref.ref(object, callback)`: called when the object goes, which may be at once. */
const weakReference: CallFold = (follow, [of, callee]) => {
  if (callee !== undefined && callee.kind !== 'constant') follow.derive({ callee, args: [of ?? ANY] })
  return undefined
}

/** torch._utils._set_obj_state(object, state): what BUILD does. */
const setState: CallFold = (follow, [target, state]) => {
  if (target !== undefined && state !== undefined) follow.built(target, state)
  return target
}

/** Names of dill's and cloudpickle's tables of types, where they differ from those of builtins. */
const TYPES: Readonly<Record<string, readonly [string, string]>> = {
  PartialType: ['functools', 'partial'],
  NoneType: ['types', 'NoneType'],
  TypeType: ['builtins', 'type'],
  ClassType: ['builtins', 'type'],
  ObjectType: ['builtins', 'object'],
}
const PLAIN_TYPES = new Set(
  'bool int float complex str bytes bytearray list tuple dict set frozenset slice range object type super property'.split(
    ' ',
  ),
)

const loadType: CallFold = (_follow, [name]) => {
  if (name?.kind !== 'str') return undefined
  const [module, found] = TYPES[name.text] ?? [PLAIN_TYPES.has(name.text) ? 'builtins' : 'types', name.text]
  return { kind: 'global', module, name: found }
}

/** `operator.getitem`, `dict.get`: a member of something. */
const item: CallFold = (follow, [of, key, otherwise]) => follow.item(of, key) ?? otherwise

const attribute: CallFold = (follow, [of, name]) =>
  of === undefined ? undefined : follow.attribute(of, name)

const same: CallFold = (_follow, [value]) =>
  value !== undefined && allItems(value) !== undefined ? value : undefined

const typeOf: CallFold = (_follow, args) =>
  args.length === 1 && args[0]?.kind === 'constant' && args[0].python === 'None'
    ? constantValue("<class 'NoneType'>")
    : undefined

/** Functions that read, import or call something else, by full name. */
export const CALL_FOLDS: ReadonlyMap<string, CallFold> = new Map<string, CallFold>([
  ['builtins.getattr', attribute],
  ['inspect.getattr_static', attribute],
  ['dill._dill._get_attr', attribute],
  ['cloudpickle.cloudpickle._getattribute', attribute],
  ['builtins.map', map],
  ['builtins.filter', filter],
  ['itertools.filterfalse', filter],
  ['itertools.takewhile', filter],
  ['itertools.dropwhile', filter],
  ['itertools.starmap', starmap],
  ['itertools.accumulate', accumulate],
  ['functools.reduce', reduce],
  ['builtins.iter', iterate],
  ['builtins.list', same],
  ['builtins.tuple', same],
  ['builtins.type', typeOf],
  ['operator.call', callFirst],
  ['operator.getitem', item],
  ['builtins.dict.get', item],
  ['builtins.dict.__getitem__', item],
  ['builtins.list.__getitem__', item],
  ['copyreg.__newobj__', makeObject],
  ['copyreg.__newobj_ex__', makeObjectWith],
  ['copyreg._reconstructor', reconstruct],
  ['pandas.core.indexes.base._new_Index', reconstruct],
  ['sklearn.neighbors._kd_tree.newObj', reconstruct],
  ['sklearn.neighbors._ball_tree.newObj', reconstruct],
  ['sklearn.metrics._dist_metrics.newObj', reconstruct],
  ['torch._tensor._rebuild_from_type_v2', rebuildFromType],
  ['torch._tensor._rebuild_from_type', rebuildFromType],
  ['numpy.random._pickle.__generator_ctor', generator],
  ['numpy.core._ufunc_reconstruct', importNamed],
  ['numpy._core._ufunc_reconstruct', importNamed],
  ['numpy.core._multiarray_umath._ufunc_reconstruct', importNamed],
  ['scipy._lib._uarray._backend.unpickle_function', importNamed],
  ['dill._dill._create_namedtuple', importNamedTuple],
  ['heapq.nlargest', largest],
  ['heapq.nsmallest', largest],
  ['itertools.groupby', groupBy],
  ['difflib.SequenceMatcher', matchSequences],
  ['functools.cmp_to_key', compare],
  ['weakref.ref', weakReference],
  ['torch._utils._set_obj_state', setState],
  ['jax._src.array._reconstruct_array', callWithTuple],
  ['jax.core._reconstruct_array', callWithTuple],
  ['dill._dill._load_type', loadType],
  ['cloudpickle.cloudpickle._builtin_type', loadType],
  ['dill._dill._create_type', callFirst],
  ['dill._dill._create_array', callWithTuple],
  ['dill._dill._create_weakref', same],
  ['builtins.__import__', importModule],
  ['importlib.import_module', importModule],
  ['importlib.__import__', importModule],
  ['cloudpickle.cloudpickle.subimport', importModule],
  ['dill._dill._import_module', importDotted],
  ['pkgutil.resolve_name', resolveName],
  ['pydoc.locate', resolveName],
])
