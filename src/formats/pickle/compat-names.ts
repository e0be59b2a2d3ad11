import table from '../../../catalog/pickle/compat-names.json' with { type: 'json' }

const modules = new Map(Object.entries(table.modules))
const names = new Map(Object.entries(table.names))

/** What CPython imports for a name: protocols below 3 carry the names of Python 2 (fix_imports, Lib/_compat_pickle.py). */
export function modernName(module: string, name: string, proto: number): { module: string; name: string } {
  if (proto >= 3) return { module, name }
  const renamed = names.get(`${module}.${name}`)
  if (renamed?.[0] !== undefined && renamed[1] !== undefined) return { module: renamed[0], name: renamed[1] }
  return { module: modules.get(module) ?? module, name }
}
