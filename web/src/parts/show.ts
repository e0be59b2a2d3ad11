const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** Bytes in binary units, three digits: `1.46 GiB`. */
export function showBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  const text = unit === 0 ? String(value) : value.toPrecision(value >= 1000 ? 4 : 3)
  return `${text} ${UNITS[unit] ?? 'B'}`
}

/** The first 12 hex digits of a digest, without its algorithm. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12)
}

/** The last part of a UUIDv7 identifies better at a glance than its clock. */
export function shortId(id: string): string {
  return id.length > 13 ? `…${id.slice(-8)}` : id
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** How long ago, or how soon: `3 hours ago`, `in 29 days`. */
export function showWhen(at: string, now: number): string {
  const distance = Date.parse(at) - now
  for (const [unit, size] of STEPS)
    if (Math.abs(distance) >= size) return RELATIVE.format(Math.trunc(distance / size), unit)
  return distance > 0 ? 'in less than a minute' : 'just now'
}

/** `2026-11-21 14:05:09 UTC`. */
export function showTime(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`
}

/** `1 file`, `3 files`. */
export function count(many: number, one: string, more = `${one}s`): string {
  return `${many.toLocaleString('en')} ${many === 1 ? one : more}`
}
