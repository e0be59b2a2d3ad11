import { type ActiveTest, makeReachTest } from './reaching-names.ts'
import { isResource } from './resource-names.ts'

/**
 * What is known of an imported name.
 *
 * - `callable`: calling it only builds a value, or calls its arguments, which are then looked at for themselves.
 * - `class`: its objects may be made without calling it.
 * - `value`: it may be kept; what a call of it does is not known.
 * - `code`: it makes functions or classes of what the file carries.
 * - `active`: it acts when called. `reach`: it goes through a trusted module to something active.
 * - `attribute`: builtins.getattr, judged by what is read of what.
 * - `unknown`: anything else.
 */
export type ImportRole =
  | 'callable'
  | 'class'
  | 'value'
  | 'code'
  | 'active'
  | 'reach'
  | 'attribute'
  | 'unknown'

interface NamePattern {
  readonly module: string
  readonly name: string
  readonly except: readonly string[]
}

type NameList = Readonly<Record<string, readonly string[]>>

/** One file of catalog/allowlists. */
export interface Allowlist {
  readonly framework: string
  readonly source: string
  readonly callable?: NameList
  readonly classOnly?: NameList
  readonly code?: NameList
  readonly callablePatterns?: readonly NamePattern[]
  readonly classPatterns?: readonly NamePattern[]
  /** Packages of which every class is `class` and every function `value`, but for names that are not their own. */
  readonly families?: readonly string[]
}

/** catalog/rules-metadata/active-imports.json. */
export interface ActiveList {
  readonly source: string
  /** Modules of which every name, and every submodule, is active. */
  readonly modules: readonly string[]
  readonly names: NameList
  /** Methods that act, of whatever object. */
  readonly methods: { readonly names: readonly string[] }
  /** Names that a package may import from elsewhere. */
  readonly families: { readonly names: readonly string[] }
  /** Names whose use by a carried function makes it an attack. */
  readonly codeNames: { readonly names: readonly string[] }
  /** Calls of active names that picklers write for plain values, as patterns over their Python text. */
  readonly safeArguments: { readonly calls: readonly string[] }
}

/** catalog/pickle/stdlib-roles.json: modules of the standard library by what their functions can do. */
export interface StdlibRoles {
  readonly source: string
  readonly pure: readonly string[]
  readonly passive: readonly string[]
  readonly acting: readonly string[]
}

export interface ImportPolicy {
  readonly roleOf: (module: string, name: string) => ImportRole
  /** Whether a method of this name acts, whatever the object. */
  readonly isActingMethod: (name: string) => boolean
  readonly isAttackName: (name: string) => boolean
  /** Whether a call of an active name, written as Python, is one that picklers write. */
  readonly isSafeCall: (call: string) => boolean
}

/** Characters of module and name. No real path comes near this. */
const MAX_PATH = 512

/** The lists that make a policy. */
export interface PolicyLists {
  readonly allowlists: readonly Allowlist[]
  readonly active: ActiveList
  readonly stdlib: StdlibRoles
}

/** A policy made of lists: what is allowed is named, what is active is named, and all the rest is unknown. */
export function makeImportPolicy(lists: PolicyLists): ImportPolicy {
  const decide = makeDecider(lists)
  const cache = new Map<string, ImportRole>()
  const methods = new Set(lists.active.methods.names)
  const attackNames = new Set(lists.active.codeNames.names)
  const safeCall = new RegExp(`^(?:${lists.active.safeArguments.calls.join('|')})$`)
  return {
    roleOf(module, name) {
      const key = `${module}\0${name}`
      const cached = cache.get(key)
      if (cached !== undefined) return cached
      const role = decide(module.trim(), name.trim())
      if (cache.size < 10_000) cache.set(key, role)
      return role
    },
    isActingMethod: (name) => methods.has(name),
    isAttackName: (name) => attackNames.has(name),
    isSafeCall: (call) => safeCall.test(call),
  }
}

function makeDecider({ allowlists, active, stdlib }: PolicyLists): ImportPolicy['roleOf'] {
  const exact = exactRoles(allowlists)
  const patterns = patternRoles(allowlists)
  const isActive = activeTest(active, stdlib)
  const reaches = makeReachTest(isActive)
  const roleOfFamily = familyRoles(allowlists, active, stdlib)
  const methods = new Set(active.methods.names)
  const plain = (module: string, name: string): ImportRole =>
    exact.get(`${module}\0${name}`) ??
    patterns.find((pattern) => pattern.fits(module, name))?.role ??
    roleOfFamily(module, name)
  const member = (module: string, name: string): ImportRole => {
    const known = patterns.find((pattern) => pattern.fits(module, name))?.role
    if (known !== undefined) return known
    const [head = '', ...rest] = name.split('.')
    if (rest.some((part) => methods.has(part))) return 'active'
    const role = plain(module, head)
    // A class in a class is a class; any other member is a value whose call must be looked at.
    const isClass = rest.every((part) => /^_*[A-Z]/.test(part)) && /^_*[A-Z]/.test(head)
    if (role !== 'callable' && role !== 'class') return 'unknown'
    return isClass ? role : 'value'
  }
  const judge = (module: string, name: string): ImportRole => {
    // A class named in a list keeps its members when the rest of its module acts: `http.HTTPStatus.OK`.
    const isListed = name.includes('.') && exact.has(`${module}\0${name.split('.', 1)[0]}`)
    if (!isListed && isActive(module, name)) return 'active'
    if (module === 'builtins' && name === 'getattr') return 'attribute'
    if (reaches(module, name, isListed)) return 'reach'
    return name.includes('.') ? member(module, name) : plain(module, name)
  }
  return (given, name) => {
    const module = MODERN.get(given) ?? given
    if (module.length + name.length > MAX_PATH) return 'unknown'
    return exact.get(`${module}\0${name}`) ?? judge(module, name)
  }
}

/** Names of modules in Python 2, for loaders that do not translate them. */
const MODERN: ReadonlyMap<string, string> = new Map([
  ['__builtin__', 'builtins'],
  ['__builtins__', 'builtins'],
])

function exactRoles(allowlists: readonly Allowlist[]): Map<string, ImportRole> {
  const exact = new Map<string, ImportRole>()
  const add = (names: NameList | undefined, role: ImportRole): void => {
    for (const [module, list] of Object.entries(names ?? {}))
      for (const name of list) exact.set(`${module}\0${name}`, role)
  }
  for (const list of allowlists) add(list.classOnly, 'class')
  for (const list of allowlists) add(list.code, 'code')
  for (const list of allowlists) add(list.callable, 'callable')
  return exact
}

interface CompiledPattern {
  readonly role: ImportRole
  readonly fits: (module: string, name: string) => boolean
}

function patternRoles(allowlists: readonly Allowlist[]): CompiledPattern[] {
  const compile = (pattern: NamePattern, role: ImportRole): CompiledPattern => {
    const module = new RegExp(`^(?:${pattern.module})$`)
    const name = new RegExp(`^(?:${pattern.name})$`)
    const except = new Set(pattern.except)
    return {
      role,
      // A pattern says nothing of classes that open files: see familyRoles.
      fits: (m, n) => !except.has(n) && !isResource(n) && module.test(m) && name.test(n),
    }
  }
  return allowlists.flatMap((list) => [
    ...(list.callablePatterns ?? []).map((pattern) => compile(pattern, 'callable')),
    ...(list.classPatterns ?? []).map((pattern) => compile(pattern, 'class')),
  ])
}

/** Classes and functions of packages, and of the standard library, that no list names one by one. */
function familyRoles(
  allowlists: readonly Allowlist[],
  active: ActiveList,
  stdlib: StdlibRoles,
): (module: string, name: string) => ImportRole {
  const families = new Set(allowlists.flatMap((list) => list.families ?? []))
  const foreign = new Set([...active.families.names, ...stdlib.acting])
  const pure = new Set(stdlib.pure)
  const passive = new Set(stdlib.passive)
  return (module, name) => {
    const [root = ''] = module.split('.', 1)
    if (!/^[A-Za-z_]\w*$/.test(name) || foreign.has(name) || foreign.has(name.replace(/^_+/, '')))
      return 'unknown'
    if (pure.has(root)) return 'callable'
    if (!passive.has(root) && !families.has(root)) return 'unknown'
    if (root === 'builtins') return 'unknown'
    return /^_*[A-Z]/.test(name) ? 'class' : 'value'
  }
}

function activeTest(active: ActiveList, stdlib: StdlibRoles): ActiveTest {
  const modules = new Set([...active.modules, ...stdlib.acting])
  // A file that names the program that loads it is unknown, not an attack.
  modules.delete('__main__')
  const names = new Set(
    Object.entries(active.names).flatMap(([module, list]) => list.map((name) => `${module}.${name}`)),
  )
  return (module, name) =>
    prefixesOf(module).some((prefix) => modules.has(prefix)) || names.has(`${module}.${name}`)
}

/** `a.b.c` → `a`, `a.b`, `a.b.c`. A name of absurd length has no prefixes worth a look. */
function prefixesOf(path: string): string[] {
  const parts = path.split('.', 32)
  return parts.map((_, i) => parts.slice(0, i + 1).join('.'))
}
