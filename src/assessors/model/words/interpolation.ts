/** Interpolations of one text, and steps from one to the next. */
const MAX_STEPS = 20
const INTERPOLATION = /\$\{\s*(?:oc\.(?:decode|select):\s*)?([\w.]{1,200})\s*\}/
const WITH_DEFAULT = /\$\{\s*oc\.(?:env|select)\s*:[^,}]{1,200},([^}]{0,300})\}/

/**
 * Puts in the values that `${a.b}` and the defaults of `${oc.env:X,default}` stand for, as OmegaConf does; what is not in
 * the configuration stays as it is. https://omegaconf.readthedocs.io/en/latest/usage.html#variable-interpolation
 */
export function resolveText(root: unknown, text: string): string {
  let resolved = text
  for (let step = 0; step < MAX_STEPS && resolved.includes('${'); step++) {
    const byDefault = WITH_DEFAULT.exec(resolved)
    if (byDefault !== null) {
      resolved = resolved.replace(byDefault[0], () => (byDefault[1] ?? '').trim())
      continue
    }
    const found = INTERPOLATION.exec(resolved)
    const value = found === null ? undefined : valueAt(root, found[1] ?? '')
    if (found === null || value === undefined) return resolved
    resolved = resolved.replace(found[0], () => value)
    if (resolved.length > 2000) return resolved.slice(0, 2000)
  }
  return resolved
}

function valueAt(root: unknown, path: string): string | undefined {
  let node = root
  for (const key of path.split('.').filter((part) => part !== '')) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, key)) return undefined
    node = (node as Readonly<Record<string, unknown>>)[key]
  }
  return typeof node === 'string' || typeof node === 'number' ? String(node) : undefined
}
