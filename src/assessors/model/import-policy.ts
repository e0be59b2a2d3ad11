import { sha256Hex } from '../../ground/crypto/index.ts'
import { utf8 } from '../../ground/lang/index.ts'

/**
 * What is known of an imported name. `callable`: calling it only builds a value. `class`: its objects may be made without
 * calling it. `active`: it acts when called. `reach`: it goes through a trusted module to something active. `unknown`: anything else.
 */
export type ImportRole = 'callable' | 'class' | 'active' | 'reach' | 'attribute' | 'unknown'

interface NamePattern {
  readonly module: string
  readonly name: string
  readonly except: readonly string[]
}

/** One file of catalog/allowlists. */
export interface Allowlist {
  readonly framework: string
  readonly source: string
  readonly callable?: Readonly<Record<string, readonly string[]>>
  readonly classOnly?: Readonly<Record<string, readonly string[]>>
  readonly callablePatterns?: readonly NamePattern[]
  readonly classPatterns?: readonly NamePattern[]
}

/** catalog/rules-metadata/active-imports.json. */
export interface ActiveList {
  readonly source: string
  /** Modules of which every name, and every submodule, is active. */
  readonly modules: readonly string[]
  readonly names: Readonly<Record<string, readonly string[]>>
}

export interface ImportPolicy {
  /** Digest over all lists: old answers are known by it. */
  readonly digest: string
  readonly roleOf: (module: string, name: string) => ImportRole
}

/** Names that reach into the interpreter from whatever they are read of. */
const REACHING = new Set([
  '__builtins__',
  '__globals__',
  '__dict__',
  '__subclasses__',
  '__class__',
  '__import__',
  '__code__',
  '__reduce__',
  '__reduce_ex__',
  '__loader__',
  '__spec__',
  '__getattribute__',
  '__init_subclass__',
  '__mro__',
  '__bases__',
])

/** A policy made of lists: what is allowed is named, what is active is named, and all the rest is unknown. */
export function makeImportPolicy(allowlists: readonly Allowlist[], active: ActiveList): ImportPolicy {
  const exact = exactRoles(allowlists)
  const patterns = patternRoles(allowlists)
  const isActive = activeTest(active)
  const decide = (module: string, name: string): ImportRole => {
    const known = exact.get(`${module}\0${name}`)
    if (known !== undefined) return known
    if (isActive(module, name)) return 'active'
    if (reachesActive(module, name, isActive)) return 'reach'
    if (module === 'builtins' && name === 'getattr') return 'attribute'
    return patterns.find((pattern) => pattern.fits(module, name))?.role ?? 'unknown'
  }
  const cache = new Map<string, ImportRole>()
  return {
    digest: sha256Hex(utf8(JSON.stringify([allowlists, active]))),
    roleOf(module, name) {
      const key = `${module}\0${name}`
      const cached = cache.get(key)
      if (cached !== undefined) return cached
      const role = decide(module, name)
      if (cache.size < 10_000) cache.set(key, role)
      return role
    },
  }
}

function exactRoles(allowlists: readonly Allowlist[]): Map<string, ImportRole> {
  const exact = new Map<string, ImportRole>()
  const add = (names: Readonly<Record<string, readonly string[]>> | undefined, role: ImportRole): void => {
    for (const [module, list] of Object.entries(names ?? {}))
      for (const name of list) exact.set(`${module}\0${name}`, role)
  }
  for (const list of allowlists) add(list.classOnly, 'class')
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
    return { role, fits: (m, n) => module.test(m) && name.test(n) && !pattern.except.includes(n) }
  }
  return allowlists.flatMap((list) => [
    ...(list.callablePatterns ?? []).map((pattern) => compile(pattern, 'callable')),
    ...(list.classPatterns ?? []).map((pattern) => compile(pattern, 'class')),
  ])
}

type ActiveTest = (module: string, name: string) => boolean

function activeTest(active: ActiveList): ActiveTest {
  const modules = new Set(active.modules)
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

/** `torch` + `serialization.os.system`, `random` + `_os`, `numpy` + `__builtins__`: an attribute path to something active. */
function reachesActive(module: string, name: string, isActive: ActiveTest): boolean {
  const parts = name.split('.', 32)
  if (parts.some((part) => REACHING.has(part))) return true
  // The path may go through aliases of modules: `random._os`, `torch.serialization.os`.
  const bare = parts.map((part) => part.replace(/^_+/, '') || part)
  const last = bare.at(-1) ?? ''
  const tails = bare.slice(0, -1).map((_, i) => bare.slice(i, -1).join('.'))
  if (tails.some((tail) => isActive(tail, last))) return true
  if (bare.slice(0, -1).some((part) => isActive('builtins', part))) return true
  if (parts.length > 1 && isActive(`${module}.${parts.slice(0, -1).join('.')}`, parts.at(-1) ?? ''))
    return true
  // The last part names an active module itself: the module object is handed out.
  return parts.length > 1 || /^_/.test(name)
    ? isActive(bare.at(-1) ?? '', '*')
    : isActiveModuleName(name, isActive)
}

function isActiveModuleName(name: string, isActive: ActiveTest): boolean {
  return /^[a-z]/.test(name) && MODULE_ALIASES.has(name) && isActive(name, '*')
}

/** Modules that others import under their own name; a plain function may share a rarer module's name. */
const MODULE_ALIASES = new Set([
  'os',
  'sys',
  'subprocess',
  'posix',
  'nt',
  'socket',
  'shutil',
  'importlib',
  'ctypes',
  'pickle',
  'inspect',
  'tempfile',
  'marshal',
  'runpy',
  'webbrowser',
  'pty',
  'multiprocessing',
  'threading',
  'urllib',
  'requests',
  'builtins',
])
