import { attributeOf, setAttribute } from './attribute.ts'
import {
  itemsOf,
  listValue,
  mergeFrom,
  nameValue,
  originsOf,
  type PythonValue,
  textOf,
  UNKNOWN,
  unknownFrom,
} from './python-value.ts'
import { runGenerated } from './run-generated.ts'
import { type Applied, lookUp, noteEvent, type Run, type Scope } from './scope.ts'

/** What a call does that reaches names, runs text or calls what it is given; undefined when it is only noted. */
type SpecialCall = (run: Run, scope: Scope, call: Applied) => PythonValue | undefined

const IMPORT: SpecialCall = (run, _scope, call) => {
  const [module, ...rest] = call.args
  const text = textOf(module) ?? textOf(call.keywords.get('name'))
  if (text === undefined) return undefined
  const isBuilt = module !== undefined && module.from.length > 0
  noteEvent(run, call.node, {
    kind: 'call',
    callee: 'importlib.import_module',
    args: [module ?? UNKNOWN, ...rest],
    keywords: call.keywords,
    isHidden: isBuilt,
  })
  // __import__('a.b') is a, unless names to import from it are given.
  const isOuter = call.callee.kind === 'name' && call.callee.path === '__import__' && rest.length < 3
  return nameValue(isOuter ? (text.split('.')[0] ?? text) : text, [], isBuilt)
}

const EXECUTE: SpecialCall = (run, scope, call) => {
  const callee = call.callee.kind === 'name' ? call.callee.path : 'exec'
  const isHidden = call.callee.kind === 'name' && call.callee.isHidden
  noteEvent(run, call.node, { kind: 'call', callee, args: call.args, keywords: call.keywords, isHidden })
  const [code] = call.args
  const text = textOf(code)
  if (text !== undefined) return runGenerated(run, scope, { text, at: call.node.from })
  if (code?.kind === 'list')
    for (const item of code.items) runGenerated(run, scope, { text: textOf(item) ?? '', at: call.node.from })
  return unknownFrom(mergeFrom(...call.args.map((arg) => originsOf(arg)), [callee]))
}

/** The callable and the arguments that it will get. */
const CALL_FIRST =
  (skip = 1): SpecialCall =>
  (run, scope, call) => {
    const [callee] = call.args
    if (callee === undefined) return undefined
    const args = call.args.slice(skip)
    return handOver(run, scope, { ...call, callee, args })
  }

const CALL_ON_ITEMS: SpecialCall = (run, scope, call) => {
  const [callee, source] = call.args
  if (callee === undefined || source === undefined) return undefined
  const items = itemsOf(source)?.slice(0, 4096)
  if (items === undefined || items.length === 0)
    return handOver(run, scope, { ...call, callee, args: [unknownFrom(originsOf(source))] })
  const results = items.map((item) => handOver(run, scope, { ...call, callee, args: [item] }) ?? UNKNOWN)
  return listValue(results)
}

const CALL_TARGET: SpecialCall = (run, scope, call) => {
  const callee = call.keywords.get('target') ?? call.keywords.get('function') ?? call.args[1]
  if (callee === undefined) return undefined
  const args = itemsOf(call.keywords.get('args') ?? call.args[2]) ?? []
  handOver(run, scope, { ...call, callee, args, keywords: new Map() })
  return undefined
}

function handOver(run: Run, scope: Scope, call: Applied): PythonValue | undefined {
  const isCallable = /^(?:name|function|partial|any|class|method|instance)$/.test(call.callee.kind)
  return isCallable ? run.acts.apply(run, scope, call) : undefined
}

const GETATTR: SpecialCall = (run, _scope, { args }) => {
  const [object, name] = args
  const text = textOf(name)
  if (object === undefined || name === undefined) return undefined
  if (text !== undefined) return attributeOf(run, object, text, name.from.length > 0)
  return object.kind === 'name'
    ? nameValue(`${object.path}.?`, mergeFrom(object.from, originsOf(name)), true)
    : unknownFrom(mergeFrom(originsOf(object), originsOf(name)))
}

const NAMESPACE: SpecialCall = (_run, _scope, { args, callee }) => {
  const [object] = args
  if (object?.kind === 'name') return { ...object, isNamespace: true }
  return object === undefined && callee.kind === 'name' ? nameValue(`${callee.path}()`) : UNKNOWN
}

const MODULE_OF: SpecialCall = (_run, _scope, { args: [name] }) => {
  const text = textOf(name)
  return text === undefined ? undefined : nameValue(text, [], (name?.from.length ?? 0) > 0)
}

const PARTIAL: SpecialCall = (_run, _scope, { args: [callee, ...args], keywords }) =>
  callee === undefined ? undefined : { kind: 'partial', callee, args, keywords, from: callee.from }

const SUPER: SpecialCall = (_run, scope) => {
  const own = lookUp(scope, '__class__')
  const base = own?.kind === 'class' ? own.of.bases[0] : undefined
  if (base?.kind === 'class') return { kind: 'instance', of: base.of, from: [] }
  return base?.kind === 'name' ? base : undefined
}

/** A method of a module made into a function: operator.attrgetter('system')(os). */
const GETTER: SpecialCall = (_run, _scope, { args: [name] }) =>
  textOf(name) === undefined || name === undefined
    ? undefined
    : {
        kind: 'partial',
        callee: nameValue('operator.attrgetter()'),
        args: [name],
        keywords: new Map(),
        from: [],
      }

const GOT: SpecialCall = (run, _scope, { args: [name, object] }) => {
  const path = textOf(name)?.split('.') ?? []
  return path.reduce((value, part) => attributeOf(run, value, part, true), object ?? UNKNOWN)
}

const CALLER: SpecialCall = (_run, _scope, { args, keywords }) => ({
  kind: 'partial',
  callee: nameValue('operator.methodcaller()'),
  args,
  keywords,
  from: [],
})

/** methodcaller(name, a)(object): the name, its arguments, then the object. */
const CALLED: SpecialCall = (run, scope, call) => {
  const [name, ...rest] = call.args
  const object = rest.at(-1)
  const text = textOf(name)
  if (object === undefined || text === undefined) return undefined
  const callee = attributeOf(run, object, text, true)
  return run.acts.apply(run, scope, { ...call, callee, args: rest.slice(0, -1) })
}

/** `pkgutil.resolve_name('os:system')`. */
const RESOLVE: SpecialCall = (_run, _scope, { args: [name] }) => {
  const text = textOf(name)
  return text === undefined ? undefined : nameValue(text.replace(':', '.'), [], true)
}

const SETATTR: SpecialCall = (run, _scope, { node, args: [object, name, value] }) => {
  const text = textOf(name)
  if (object === undefined || text === undefined || value === undefined) return undefined
  setAttribute(run, object, { node, name: text, value })
  return UNKNOWN
}

/** compile() gives the text on, so that exec sees it. */
const COMPILE: SpecialCall = (_run, _scope, { args: [code] }) => {
  if (code === undefined) return undefined
  const from = mergeFrom(originsOf(code), ['compile'])
  return code.kind === 'text' || code.kind === 'bytes' ? { ...code, from: code.from } : unknownFrom(from)
}

/** Calls of Python that are followed, by the name of what is called. */
export const SPECIAL_CALLS: Readonly<Record<string, SpecialCall>> = {
  __import__: IMPORT,
  'importlib.__import__': IMPORT,
  'importlib.import_module': IMPORT,
  exec: EXECUTE,
  eval: EXECUTE,
  'timeit.timeit': EXECUTE,
  'code.InteractiveInterpreter().runsource': EXECUTE,
  compile: COMPILE,
  getattr: GETATTR,
  'object.__getattribute__': GETATTR,
  setattr: SETATTR,
  vars: NAMESPACE,
  globals: NAMESPACE,
  locals: NAMESPACE,
  'sys.modules.get': MODULE_OF,
  'sys.modules.__getitem__': MODULE_OF,
  'pkgutil.resolve_name': RESOLVE,
  'functools.partial': PARTIAL,
  super: SUPER,
  'operator.attrgetter': GETTER,
  'operator.attrgetter()': GOT,
  'operator.methodcaller': CALLER,
  'operator.methodcaller()': CALLED,
  map: CALL_ON_ITEMS,
  filter: CALL_ON_ITEMS,
  'functools.reduce': CALL_ON_ITEMS,
  'operator.call': CALL_FIRST(),
  'atexit.register': CALL_FIRST(),
  'sys.settrace': CALL_FIRST(),
  'sys.setprofile': CALL_FIRST(),
  'sys.addaudithook': CALL_FIRST(),
  'asyncio.run': CALL_FIRST(),
  'weakref.finalize': (run, scope, call) => CALL_FIRST(1)(run, scope, { ...call, args: call.args.slice(1) }),
  'signal.signal': (run, scope, call) => CALL_FIRST()(run, scope, { ...call, args: call.args.slice(1) }),
  'threading.Thread': CALL_TARGET,
  'threading.Timer': CALL_TARGET,
  'multiprocessing.Process': CALL_TARGET,
  '_thread.start_new_thread': (run, scope, call) =>
    CALL_TARGET(run, scope, { ...call, args: [UNKNOWN, ...call.args] }),
  'concurrent.futures.ThreadPoolExecutor().submit': CALL_FIRST(),
  'contextlib.ExitStack().callback': CALL_FIRST(),
}
