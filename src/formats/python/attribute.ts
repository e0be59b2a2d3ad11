import { foldIndex } from './fold-operator.ts'
import type { PythonNode } from './python-node.ts'
import {
  type Entry,
  eitherValue,
  type LocalClass,
  mergeFrom,
  nameValue,
  originsOf,
  type PythonValue,
  textOf,
  UNKNOWN,
  unknownFrom,
} from './python-value.ts'
import { noteEvent, type Run } from './scope.ts'

/** Levels of base classes that are searched. */
const MAX_BASES = 8

/** `value.name`. `isHidden` when the name was computed. */
export function attributeOf(run: Run, value: PythonValue, spelt: string, isHidden = false): PythonValue {
  // Python reads `os.ｓｙｓｔｅｍ` as os.system (PEP 3131).
  const name = spelt.normalize('NFKC')
  switch (value.kind) {
    case 'name':
      return ofName(run, value, name, isHidden)
    case 'any':
      return value.of.map((one) => attributeOf(run, one, name, isHidden)).reduce(eitherValue, UNKNOWN)
    case 'instance':
      return ofInstance(run, value, name)
    case 'class':
      return ofClass(run, value, name)
    case 'function':
      return name === '__globals__' ? nameValue('sys.modules', ['__globals__'], true) : dunder(name)
    case 'partial':
      return unknownFrom(originsOf(value))
    case 'unknown':
      return value
    default:
      return name.startsWith('__') ? dunder(name) : { kind: 'method', self: value, name, from: value.from }
  }
}

function ofName(
  run: Run,
  value: PythonValue & { readonly kind: 'name' },
  name: string,
  isHidden: boolean,
): PythonValue {
  const hidden = isHidden || value.isHidden
  // The members of a module are its attributes: os.__dict__['system'] is os.system.
  if (name === '__dict__') return { ...value, isNamespace: true }
  if (name === '__globals__') return nameValue('sys.modules', ['__globals__'], true)
  if (value.path === 'sys.modules' && name === 'get') return nameValue('sys.modules.get', value.from, hidden)
  const path = `${value.path}.${name}`
  return run.patches.get(path) ?? withSeed(nameValue(path, value.from, hidden), value.seed)
}

function ofInstance(run: Run, value: PythonValue & { readonly kind: 'instance' }, name: string): PythonValue {
  if (name === '__class__') return { kind: 'class', of: value.of, from: value.from }
  const found = inClass(value.of, name)
  if (found === undefined) return ofBases(run, value.of, name) ?? dunder(name)
  if (found.kind !== 'function' || found.fn.binding === 'nothing') return found
  const first: PythonValue = found.fn.binding === 'self' ? value : { kind: 'class', of: value.of, from: [] }
  return { kind: 'partial', callee: found, args: [first], keywords: new Map(), from: value.from }
}

function ofClass(run: Run, value: PythonValue & { readonly kind: 'class' }, name: string): PythonValue {
  const found = inClass(value.of, name)
  if (found === undefined) return ofBases(run, value.of, name) ?? dunder(name)
  if (found.kind !== 'function' || found.fn.binding !== 'class') return found
  return { kind: 'partial', callee: found, args: [value], keywords: new Map(), from: value.from }
}

/** An attribute as a class of the text or its bases in the text have it. */
export function inClass(of: LocalClass, name: string, depth = MAX_BASES): PythonValue | undefined {
  const own = of.attributes.get(name)
  if (own !== undefined || depth <= 0) return own
  for (const base of of.bases) {
    const found = base.kind === 'class' ? inClass(base.of, name, depth - 1) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** A class that derives from an imported one has its attributes. */
function ofBases(run: Run, of: LocalClass, name: string): PythonValue | undefined {
  const base = of.bases.find((one) => one.kind === 'name')
  return base === undefined || base.kind !== 'name' ? undefined : attributeOf(run, base, name)
}

/** What leads from any object to everything: `().__class__.__base__.__subclasses__()`. */
function dunder(name: string): PythonValue {
  return /^__(?:class|base|bases|mro|subclasses|globals|builtins|init|import)__$/.test(name)
    ? nameValue(`object.${name}`)
    : UNKNOWN
}

function withSeed(value: PythonValue, seed: string | undefined): PythonValue {
  return value.kind === 'name' && seed !== undefined ? { ...value, seed } : value
}

const NAMESPACES = new Set(['builtins', '__builtins__', 'sys.modules', 'globals()', 'locals()', 'vars()'])

/** `value[index]`. */
export function subscriptOf(run: Run, value: PythonValue, index: PythonValue): PythonValue {
  const key = textOf(index)
  const isHidden = index.kind === 'text' && index.from.length > 0
  if (value.kind === 'name') {
    if (
      key !== undefined &&
      /^[\w.]{1,80}$/.test(key) &&
      (value.isNamespace === true || NAMESPACES.has(value.path))
    )
      return ofNamespace(run, value, key, isHidden)
    const path = value.path === 'os.environ' && key !== undefined ? `os.environ.${key}` : `${value.path}[]`
    return withSeed(nameValue(path, mergeFrom(value.from, originsOf(index)), value.isHidden), value.seed)
  }
  if (value.kind === 'any')
    return value.of.map((one) => subscriptOf(run, one, index)).reduce(eitherValue, UNKNOWN)
  return (
    foldIndex(value, index) ??
    oneOfMany(value, index) ??
    unknownFrom(mergeFrom(originsOf(value), originsOf(index)))
  )
}

/** An unknown place in a table of callables: any of them. */
function oneOfMany(value: PythonValue, index: PythonValue): PythonValue | undefined {
  if ('value' in index) return undefined
  const items = value.kind === 'list' ? value.items : value.kind === 'dict' ? valuesOf(value.entries) : []
  const callables = items.filter(({ kind }) => kind === 'name' || kind === 'function' || kind === 'class')
  return callables.length > 0 && callables.length <= 4 ? callables.reduce(eitherValue) : undefined
}

function valuesOf(entries: readonly Entry[]): readonly PythonValue[] {
  return entries.map(([, value]) => value)
}

function ofNamespace(
  run: Run,
  value: PythonValue & { readonly kind: 'name' },
  key: string,
  isHidden: boolean,
): PythonValue {
  if (value.path === 'globals()' || value.path === 'locals()' || value.path === 'vars()')
    return run.module.names.get(key) ?? nameValue(key, value.from, isHidden)
  if (value.path === 'sys.modules') return nameValue(key, value.from, isHidden || value.isHidden)
  return attributeOf(run, { ...value, isNamespace: false }, key, isHidden)
}

/** An attribute that is set, and where. */
export interface AttributeSet {
  readonly node: PythonNode
  readonly name: string
  readonly value: PythonValue
}

/** `object.name = value`: kept for later look-ups, and told when the object is not of this text. */
export function setAttribute(run: Run, object: PythonValue, { node, name, value }: AttributeSet): void {
  if (object.kind === 'instance' || object.kind === 'class') {
    const former = object.of.attributes.get(name)
    object.of.attributes.set(name, former === undefined ? value : eitherValue(former, value))
  }
  if (object.kind === 'any') for (const one of object.of) setAttribute(run, one, { node, name, value })
  if (object.kind !== 'name') return
  const callee = `${object.path}.${name}`
  if (run.patches.size < 10_000) run.patches.set(callee, value)
  noteEvent(run, node, {
    kind: 'assign',
    callee,
    args: [value],
    keywords: new Map(),
    isHidden: object.isHidden,
  })
}
