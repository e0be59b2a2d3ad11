import { type Plain, textOf } from './guess.ts'

/** Names that a format text reads of its values: `{0.__class__}`, `{x[__globals__]}`. */
export function namesInFormat(text: string): string[] {
  const names: string[] = []
  for (const [, field] of text.matchAll(/\{([^{}!:]{1,400})/g))
    for (const [name] of (field ?? '').replace(/^\w*/, '').matchAll(/[^.[\]]+/g)) names.push(name)
  return names.slice(0, 50)
}

/** `str.format` for the simplest fields: `{}`, `{0}`, `{name}`, with `:c`, `:x`, `:d` or nothing behind. */
export function formatText(
  text: string,
  values: readonly Plain[],
  named: ReadonlyMap<string, Plain>,
): string | undefined {
  let next = 0
  let isKnown = true
  const result = text.replace(/\{\{|\}\}|\{(\w*)(?:![rs])?(?::([cdxXs]?))?\}/g, (whole, name, kind) => {
    if (whole === '{{' || whole === '}}') return whole.slice(1)
    const value = name === '' ? values[next++] : /^\d+$/.test(name) ? values[Number(name)] : named.get(name)
    const written = writeAs(value, kind ?? '')
    if (written === undefined) isKnown = false
    return written ?? ''
  })
  return isKnown ? result : undefined
}

/** `%` of a text: `%s`, `%c`, `%d`, `%x`. */
export function percentFormat(text: string, values: readonly Plain[]): string | undefined {
  let next = 0
  let isKnown = true
  const result = text.replace(/%(?:%|[-+ 0#]*\d{0,3}([sdcxXir]))/g, (whole, kind) => {
    if (whole === '%%') return '%'
    const written = writeAs(values[next++], kind ?? '')
    if (written === undefined) isKnown = false
    return written ?? ''
  })
  return isKnown ? result : undefined
}

function writeAs(value: Plain | undefined, kind: string): string | undefined {
  if (value === undefined) return undefined
  if (kind === 'c') {
    if (typeof value === 'string') return value
    return typeof value === 'number' && value >= 0 && value <= 0x10ffff
      ? String.fromCodePoint(Math.trunc(value))
      : undefined
  }
  if (kind === 'x' && typeof value === 'number') return value.toString(16)
  if (kind === 'X' && typeof value === 'number') return value.toString(16).toUpperCase()
  return textOf(value)
}
