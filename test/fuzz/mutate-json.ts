import type { Random } from './mutate.ts'

/** What stands in place of a value: other types, extremes, and names that objects have of themselves. */
const ODD: readonly unknown[] = [
  null,
  {},
  [],
  '',
  0,
  -1,
  1e308,
  true,
  'A',
  '__proto__',
  '9'.repeat(40),
  [[]],
  { toString: 1 },
]

/** JSON in which some values are changed, taken out, doubled or of another type: it stays JSON, so that readers get past its form. */
export function mutateJson(seed: Uint8Array, random: Random): Uint8Array {
  const root: unknown = JSON.parse(Buffer.from(seed).toString('utf8'))
  for (let i = random(3); i >= 0; i--) mutatePlace(root, random)
  return Buffer.from(JSON.stringify(root))
}

function mutatePlace(root: unknown, random: Random): void {
  const places: (readonly [holder: object, key: string])[] = []
  const walk = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return
    for (const key of Object.keys(value)) {
      places.push([value, key])
      walk(Reflect.get(value, key))
    }
  }
  walk(root)
  const [holder, key] = places[random(places.length)] ?? []
  if (holder === undefined || key === undefined) return
  // Copies: a place that stands in two places could come to hold itself.
  const value: unknown = Reflect.get(holder, key)
  const kind = random(4)
  if (kind === 0) Reflect.deleteProperty(holder, key)
  else if (kind === 1) Reflect.set(holder, key, structuredClone(ODD[random(ODD.length)]))
  else if (kind === 2 && Array.isArray(holder))
    holder.push(...Array.from({ length: random(40) }, () => structuredClone(value)))
  else if (typeof value === 'string') Reflect.set(holder, key, mutateText(value, random))
  else Reflect.set(holder, key, [value, structuredClone(value)])
}

function mutateText(text: string, random: Random): string {
  const at = random(Math.max(1, text.length))
  const chars = 'ABCxyz019+/=_-\n.\u0000é'
  const char = chars[random(chars.length)] ?? ''
  const kind = random(4)
  if (kind === 0) return text.slice(0, at)
  if (kind === 1) return text + text.slice(0, at)
  return `${text.slice(0, at)}${char}${text.slice(at + (kind === 2 ? 1 : 0))}`
}
