import type { CallWay, Value } from '../../formats/pickle/index.ts'
import type { ImportPolicy, ImportRole } from './import-policy.ts'
import { isReachingName } from './reaching-names.ts'

/** A call as a stream asks for it; `callee` may be the class behind a persistent id. */
export interface CallSeen {
  readonly call: Value & { kind: 'call' }
  readonly callee: Value
  readonly way: CallWay
  /** The callee is an import of the stream, and judged as that too. */
  readonly isImported: boolean
}

/** Functions that make other functions of their arguments, which are followed when those are called. */
const FOLLOWED = new Set(['partial', 'methodcaller', 'attrgetter', 'itemgetter', 'cmp_to_key'])

/** What a call is a sight of, beyond the import of its callee; undefined for an ordinary one. */
export function judgeCall(
  policy: ImportPolicy,
  seen: CallSeen,
): 'code' | 'attackCode' | 'dynamicCalls' | 'actingCalls' | undefined {
  const { callee, way } = seen
  if (namesActing(policy, seen)) return 'dynamicCalls'
  if (callee.kind === 'global') return judgeImported(policy, seen, callee)
  if (callee.kind === 'attribute')
    return policy.isActingMethod(callee.name) ? 'actingCalls' : judgeMethod(callee)
  if (callee.kind === 'call') return judgeMade(policy, callee, way)
  // NoneType and the like, made by type(None).
  return callee.kind === 'constant' ? undefined : 'dynamicCalls'
}

/** A method that acts is handed on, or named to `methodcaller` or `attrgetter`: whoever gets it may call it. */
function namesActing(policy: ImportPolicy, { call, callee }: CallSeen): boolean {
  if (callee.kind !== 'global' || call.args.kind !== 'tuple') return false
  const args = call.args.items.slice(0, 8)
  if (args.some((arg) => arg.kind === 'attribute' && policy.isActingMethod(arg.name))) return true
  if (callee.name !== 'methodcaller' && callee.name !== 'attrgetter') return false
  return args
    .flatMap((arg) => (arg.kind === 'str' ? arg.text.split('.', 32) : []))
    .some((name, i) => (i === 0 && policy.isActingMethod(name)) || isReachingName(name))
}

function judgeImported(
  policy: ImportPolicy,
  seen: CallSeen,
  callee: Value & { kind: 'global' },
): 'code' | 'attackCode' | 'dynamicCalls' | undefined {
  const role = policy.roleOf(callee.module, callee.name)
  const made = madeBy(policy, { ...seen, callee }, role)
  if (made !== undefined) return made
  if (callee.name.endsWith(MAKER)) return makesItself(seen.call, callee) ? undefined : 'dynamicCalls'
  if (seen.isImported || seen.way === 'newobj') return undefined
  return role === 'callable' || role === 'class' || role === 'active' || role === 'reach'
    ? undefined
    : 'dynamicCalls'
}

/** Functions and classes that a call makes of what the file carries. */
function madeBy(
  policy: ImportPolicy,
  { call, callee, isImported }: CallSeen & { callee: { kind: 'global' } },
  role: ImportRole,
): 'code' | 'attackCode' | undefined {
  if (callee.module === 'builtins' && callee.name === 'type')
    return call.args.kind === 'tuple' && call.args.count > 1 ? 'code' : undefined
  if (IMPORTERS.has(callee.name) && role === 'code' && importsKnown(policy, call)) return undefined
  const isCodeType = callee.module === 'types' && !isImported && role === 'active'
  if ((role !== 'code' && !isCodeType) || (callee.name === 'MethodType' && bindsNamed(call))) return undefined
  return namesIn(call.args, 0).some((name) => policy.isAttackName(name)) ? 'attackCode' : 'code'
}

/** What cloudpickle and dill write for a module that an object refers to. */
const IMPORTERS = new Set(['subimport', '_import_module'])

/** Whether a call imports a module of a package whose classes are known: what is then read of it is judged as an import. */
function importsKnown(policy: ImportPolicy, { args }: Value & { kind: 'call' }): boolean {
  const [module] = args.kind === 'tuple' ? args.items : []
  if (module?.kind !== 'str' || module.cut || !/^[A-Za-z_][\w.]*$/.test(module.text)) return false
  const role = policy.roleOf(module.text, 'Class')
  return role === 'class' || role === 'callable'
}

/** A function that the stream names, bound to an object: nothing is carried, and the function is judged where it is named. */
function bindsNamed({ args }: Value & { kind: 'call' }): boolean {
  const [bound] = args.kind === 'tuple' ? args.items : []
  return bound?.kind === 'global' || bound?.kind === 'attribute'
}

const MAKER = '.__new__'

/** `getattr(C, '__new__')` of a class that may be made: before protocol 4, pickle writes this for classes whose objects are made with named arguments. */
export function isMaker(policy: ImportPolicy, of: Value & { kind: 'global' }, name: Value): boolean {
  if (name.kind !== 'str' || name.text !== MAKER.slice(1) || of.module === 'builtins') return false
  const role = policy.roleOf(of.module, of.name)
  return role === 'class' || role === 'callable'
}

/** Whether `C.__new__` is given C itself to make an object of. */
function makesItself({ args }: Value & { kind: 'call' }, callee: Value & { kind: 'global' }): boolean {
  const first = args.kind === 'tuple' ? args.items[0] : undefined
  return (
    first?.kind === 'global' &&
    first.module === callee.module &&
    first.name === callee.name.slice(0, -MAKER.length)
  )
}

/** Methods of constants only make further constants. */
function judgeMethod({ of }: Value & { kind: 'attribute' }): 'dynamicCalls' | undefined {
  return of.kind === 'str' || of.kind === 'bytes' || of.kind === 'constant' ? undefined : 'dynamicCalls'
}

/** The result of a call is called: a function that the file carries, or one that was followed. */
function judgeMade(
  policy: ImportPolicy,
  made: Value & { kind: 'call' },
  way: CallWay,
): 'attackCode' | 'dynamicCalls' | undefined {
  const { callee } = made
  // A bound function may be kept; what a call of it does is not followed.
  if (callee.kind !== 'global' || callee.name === 'MethodType') return 'dynamicCalls'
  if (FOLLOWED.has(callee.name) && policy.roleOf(callee.module, callee.name) === 'callable') return undefined
  const isCode = policy.roleOf(callee.module, callee.name) === 'code' || callee.module === 'types'
  // A class that the file made itself was reported where it was made.
  if (!isCode)
    return callee.name === 'type' && callee.module === 'builtins' && way === 'newobj'
      ? undefined
      : 'dynamicCalls'
  // An object of a class that the file carries; a function that the file carries and calls runs while it is loaded.
  return way === 'newobj' || /class|enum|type/i.test(callee.name) ? undefined : 'attackCode'
}

/** Texts in the arguments of a code object: its names, constants and variables. */
function namesIn(value: Value, level: number): string[] {
  if (value.kind === 'str') return [value.text]
  if (value.kind !== 'tuple' || level > 2) return []
  return value.items.flatMap((item) => namesIn(item, level + 1))
}

/** A call without arguments. */
export function isEmptyCall({ args }: Value & { kind: 'call' }): boolean {
  return args.kind === 'tuple' && args.count === 0
}

/** A call of a class as members of enumerations are pickled: with one number or word, never with a path. */
export function isPlainCall({ args }: Value & { kind: 'call' }): boolean {
  if (args.kind !== 'tuple' || args.count > 1) return false
  const [only] = args.items
  return (
    only === undefined ||
    only.kind === 'constant' ||
    (only.kind === 'str' && /^[\w -]{0,40}$/.test(only.text))
  )
}

/** The text keys of a dict. */
export function textsOf(value: Value | undefined): string[] {
  if (value?.kind !== 'dict') return []
  return value.entries.flatMap(([key]) => (key.kind === 'str' ? [key.text] : []))
}

const LOADERS = new Set(['_load_from_bytes', 'loads', '_loads', 'read_pickle'])
/** Whether a function of this name may be a loader of models: see {@link innerBytesOf}. */
export function isLoader(name: string): boolean {
  return LOADERS.has(name)
}

const LOADER_MODULES =
  /^(torch\.storage|_?pickle|cPickle|dill(\._dill)?|cloudpickle(\.cloudpickle)?|joblib\.externals\.cloudpickle)$/

/** What a call hands to a loader of models as bytes; undefined for every other call. */
export function innerBytesOf(call: Value & { kind: 'call' }): Value | undefined {
  const { callee, args } = call
  if (callee.kind !== 'global' || !LOADERS.has(callee.name) || !LOADER_MODULES.test(callee.module))
    return undefined
  return (args.kind === 'tuple' ? args.items[0] : undefined) ?? { kind: 'unknown', why: 'nothing' }
}

/** Whether a function of this name may unpack what it is given: see {@link packedBytesOf}. */
export function isUnpacker(module: string, name: string): boolean {
  return UNPACKERS.has(`${module}.${name}`)
}

const UNPACKERS = new Set(['zlib.decompress', 'gzip.decompress', 'bz2.decompress', 'lzma.decompress'])

/** What a call unpacks; undefined for every other call. */
export function packedBytesOf({ callee, args }: Value & { kind: 'call' }): Value | undefined {
  if (callee.kind !== 'global' || args.kind !== 'tuple') return undefined
  const [first, second] = args.items
  if (isUnpacker(callee.module, callee.name)) return first
  const isDecode = callee.name === 'decode' && /^_?codecs$/.test(callee.module)
  return isDecode && second?.kind === 'str' && /^(?:zlib|zip|bz2)/.test(second.text) ? first : undefined
}

/** The old format of PyTorch keeps classes as `('module', class, file, source)`; its loader gives the class back. */
export function classOfPersistent(callee: Value): Value {
  if (callee.kind !== 'persistent' || callee.id.kind !== 'tuple') return callee
  const [tag, named] = callee.id.items
  return tag?.kind === 'str' && tag.text === 'module' && named?.kind === 'global' ? named : callee
}

/** What a decoder would make of a text: base64, hex, or the bytes themselves as protocol 2 writes them. */
export function bytesOfText(value: Value & { kind: 'str' }): Value | undefined {
  if (value.cut) return undefined
  const encoding = value.text.startsWith('gA') ? 'base64' : value.text.startsWith('80') ? 'hex' : 'latin1'
  const bytes = Buffer.from(value.text, encoding)
  return { kind: 'bytes', bytes, offset: -1, length: bytes.length }
}

/** An extension code of copyreg, as it is shown. */
export function extensionValue(code: number): Value {
  return { kind: 'constant', python: `copyreg extension ${code}` }
}

/** What `torch._utils` rebuilds: a tensor or a parameter, never a dict. */
export function isTensorCall({ callee }: Value & { kind: 'call' }): boolean {
  return callee.kind === 'global' && callee.module === 'torch._utils' && callee.name.startsWith('_rebuild_')
}
