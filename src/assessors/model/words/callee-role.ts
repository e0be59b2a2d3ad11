import lists from '../../../../catalog/rules-metadata/config-callees.json' with { type: 'json' }
import type { ImportPolicy } from '../import-policy.ts'

/** What a configuration does by naming something: nothing that matters, something that acts, or something not known. */
export type CalleeRole = 'inert' | 'active' | 'unknown'

const INERT = new Set(lists.inert)
const LOADERS = new Set(lists.loaders)
/** Packages that a repository brings itself: a class of it is code that stands beside and is looked at there. */
const LOCAL = new Set(lists.local)
const RESOLVERS = new Set(lists.resolvers)
const NAMESPACES = new Set(lists.namespaces)
const MODULES = new Set(lists.modules)

/** Segments of a name that are looked at; longer ones are no names. */
const MAX_SEGMENTS = 32

/** The role of a dotted name, `package.module.Class` or `package.module:Class`. */
export function calleeRole(policy: ImportPolicy, callee: string): CalleeRole {
  const name = callee.trim().replaceAll(':', '.')
  if (INERT.has(name) || RESOLVERS.has(name)) return 'inert'
  if (LOADERS.has(name)) return 'unknown'
  const segments = name.split('.', MAX_SEGMENTS)
  const last = segments.at(-1) ?? ''
  const module = segments.slice(0, -1).join('.')
  if (reachesActive(policy, segments)) return 'active'
  const role = module === '' ? policy.roleOf('builtins', last) : policy.roleOf(module, last)
  if (role === 'active') return 'active'
  if (role === 'callable' || role === 'class') return 'inert'
  if (LOCAL.has(segments[0] ?? '') && /^[A-Z][A-Za-z0-9]*[a-z]/.test(last)) return 'inert'
  return segments.some((_, i) => i > 0 && NAMESPACES.has(segments.slice(0, i).join('.'))) ||
    NAMESPACES.has(name)
    ? 'inert'
    : 'unknown'
}

/** `numpy.f2py.os.system`: through a trusted module to another one, or through Python's special attributes. */
function reachesActive(policy: ImportPolicy, segments: readonly string[]): boolean {
  const last = segments.at(-1) ?? ''
  if (
    segments.some(
      (segment, i) =>
        i > 0 && /^__\w+__$/.test(segment) && !/^__(init|call|name|version|main)__$/.test(segment),
    )
  )
    return true
  return segments.some((segment, i) => {
    const bare = segment.replace(/^_+/, '')
    if (!MODULES.has(bare) || i >= segments.length - 1) return false
    const module = [bare, ...segments.slice(i + 1, -1)].join('.')
    return policy.roleOf(module, last) === 'active'
  })
}

/** Whether a text looks like a dotted name of Python. */
export function isDottedName(text: string): boolean {
  return text.length < 300 && /^[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)+$/.test(text)
}
