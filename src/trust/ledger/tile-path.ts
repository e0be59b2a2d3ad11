/** Hashes in a full tile, entries in a full bundle (C2SP tlog-tiles). */
export const TILE_WIDTH = 256

/** A tile or an entry bundle: `width` below 256 is a partial one. */
export interface TileName {
  readonly level: number | 'entries'
  readonly n: number
  readonly width: number
}

/** `tile/<L>/<N>[.p/<W>]`, N in groups of three digits, all but the last with an x before them. */
export function tilePath({ level, n, width }: TileName): string {
  const digits = String(n)
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  const groups = padded.match(/\d{3}/g) ?? []
  const name = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/')
  return `tile/${level}/${name}${width === TILE_WIDTH ? '' : `.p/${width}`}`
}

const FORM = /^tile\/(entries|0|[1-5]?[0-9]|6[0-3])\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/

/** The tile a path names, or undefined when it is no path of a tile in its one correct spelling. */
export function parseTilePath(path: string): TileName | undefined {
  const parts = FORM.exec(path)
  if (parts === null) return undefined
  const width = parts[3] === undefined ? TILE_WIDTH : Number(parts[3])
  const n = Number((parts[2] ?? '').replaceAll(/[x/]/g, ''))
  const name: TileName = { level: parts[1] === 'entries' ? 'entries' : Number(parts[1]), n, width }
  return width <= TILE_WIDTH && Number.isSafeInteger(n) && tilePath(name) === path ? name : undefined
}

/** The tile that a tree of `size` has at a place, or undefined where it has none. */
export function tileAt(level: number | 'entries', n: number, size: number): TileName | undefined {
  const hashes = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level))
  const width = Math.min(TILE_WIDTH, hashes - n * TILE_WIDTH)
  return width > 0 ? { level, n, width } : undefined
}

/** How many levels of tiles a tree of `size` has. */
export function tileLevels(size: number): number {
  let levels = 0
  while (Math.floor(size / TILE_WIDTH ** levels) > 0) levels += 1
  return levels
}
