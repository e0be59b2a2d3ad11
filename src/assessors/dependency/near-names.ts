/** How a name resembles a better known one. */
export interface NearName {
  readonly target: string
  readonly how: string
}

/** Names of one registry. */
export interface NameBook {
  /** Names that so many people install that they are what they say. */
  readonly known: ReadonlySet<string>
  /** Names that are worth imitating, the most installed first. */
  readonly targets: readonly string[]
}

/** Letters. Shorter names are near to everything. */
const MIN_TARGET = 5
/** Letters from which two slips still show what was meant; fewer for what everybody installs. */
const MIN_FOR_TWO = 10
const MIN_FOR_TWO_OF_FAMOUS = 8
const FAMOUS_TARGETS = 200
/** Targets that are imitated by words put before or behind; beneath them such names are ordinary extensions. */
const AFFIXED_TARGETS = 1500
const AFFIXES: readonly (readonly [RegExp, string])[] = [
  [/^(?:python|py)-/, 'with a prefix'],
  [/-(?:python|py|python3|py3)$/, 'with a suffix'],
  [/(?:\.js|-?js)$/, 'with a suffix'],
]

/** Characters of other alphabets, and digits, that look like letters. https://www.unicode.org/reports/tr39/ */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  і: 'i',
  ѕ: 's',
  ԁ: 'd',
  ɡ: 'g',
  ο: 'o',
  α: 'a',
  ν: 'v',
  ı: 'i',
}

/** What a name is called without the marks that a registry, or a reader, passes over. */
export function spellOf(type: string, name: string): string {
  const lower = name.toLowerCase()
  return type === 'pypi' ? lower.replaceAll(/[-_.]+/g, '-') : lower
}

function squash(name: string): string {
  return name.replaceAll(/[-_.@/]/g, '')
}

function fold(name: string): string {
  const letters = [...squash(name).normalize('NFKC')].map((char) => LOOKALIKES[char] ?? char).join('')
  return letters.replaceAll('rn', 'm').replaceAll('vv', 'w')
}

/** An index of names that is made once and asked often. */
export class NameIndex {
  private readonly book: NameBook
  private readonly bySquash = new Map<string, string>()
  private readonly byFold = new Map<string, string>()
  private readonly byWords = new Map<string, string>()
  private readonly bySlip = new Map<string, string[]>()
  private readonly rank = new Map<string, number>()
  private readonly scopes = new Set<string>()

  constructor(book: NameBook) {
    this.book = book
    for (const [rank, target] of book.targets.entries()) {
      this.rank.set(target, rank)
      if (target.startsWith('@')) this.scopes.add(target.split('/', 1)[0] ?? '')
      note(this.bySquash, squash(target), target)
      note(this.byFold, fold(target), target)
      if (/[-_./]/.test(target)) note(this.byWords, wordsOf(target), target)
      if (squash(target).length < MIN_TARGET) continue
      // `beautifulsoop` is near to beautifulsoup4, whose digit hides it.
      const stem = squash(target).replace(/\d+$/, '')
      for (const slip of new Set([...slipsOf(squash(target)), ...slipsOf(stem)])) {
        const known = this.bySlip.get(slip)
        if (known === undefined) this.bySlip.set(slip, [target])
        else known.push(target)
      }
    }
  }

  /** The better known name that a name could be taken for; undefined for one that is known itself. */
  nearest(name: string): NearName | undefined {
    if (this.book.known.has(name) || name.length > 100) return undefined
    // Nobody else can publish in a scope that is worth imitating.
    if (name.startsWith('@') && this.scopes.has(name.split('/', 1)[0] ?? '')) return undefined
    return this.bySpelling(name) ?? this.bySlips(name) ?? this.byAffix(name)
  }

  private bySpelling(name: string): NearName | undefined {
    const bare = squash(name)
    if (bare.length < MIN_TARGET) return undefined
    const same = this.bySquash.get(bare)
    // A scope of npm belongs to somebody: `babel-core` and `@babel/core` are told apart by everybody.
    if (same !== undefined && !same.startsWith('@'))
      return { target: same, how: 'is spelt with other separators' }
    // A digit at the end is a version or a variant far more often than a letter in disguise.
    const alike = this.byFold.get(fold(name))
    if (alike !== undefined && !alike.startsWith('@') && !/\d$/.test(name))
      return { target: alike, how: 'looks alike' }
    const words = /[-_./]/.test(name) ? this.byWords.get(wordsOf(name)) : undefined
    return words === undefined ? undefined : { target: words, how: 'has the same words in another order' }
  }

  private bySlips(name: string): NearName | undefined {
    const bare = squash(name)
    if (bare.length < MIN_TARGET) return undefined
    const candidates = new Set(slipsOf(bare).flatMap((slip) => this.bySlip.get(slip) ?? []))
    const [best] = [...candidates]
      .flatMap((target) => this.slipsTo(bare, target) ?? [])
      .sort((a, b) => a.slips - b.slips || this.rankOf(a.target) - this.rankOf(b.target))
    return best === undefined
      ? undefined
      : { target: best.target, how: `is ${best.slips === 1 ? 'one slip' : 'two slips'} of the finger away` }
  }

  private byAffix(name: string): NearName | undefined {
    for (const [affix, how] of AFFIXES) {
      const rest = name.replace(affix, '')
      const rank = rest === name ? undefined : this.rank.get(rest)
      if (rank !== undefined && rank < AFFIXED_TARGETS && rest.length >= MIN_TARGET)
        return { target: rest, how: `is it ${how}` }
    }
    return undefined
  }

  private slipsTo(bare: string, target: string): { target: string; slips: number } | undefined {
    const full = squash(target)
    const stem = full.replace(/\d+$/, '')
    // `boto4` beside `boto3`, `jinja` beside `jinja2`: another version of one family, not a slip.
    if (bare.replace(/\d+$/, '') === stem) return undefined
    const slips = Math.min(distance(bare, full, 2), distance(bare, stem, 2))
    return slips > allowedSlips(bare, full, this.rankOf(target) < FAMOUS_TARGETS)
      ? undefined
      : { target, slips }
  }

  private rankOf(target: string): number {
    return this.rank.get(target) ?? 0
  }
}

function note(map: Map<string, string>, key: string, target: string): void {
  if (key.length >= MIN_TARGET && !map.has(key)) map.set(key, target)
}

function wordsOf(name: string): string {
  return name
    .split(/[-_./@]+/)
    .filter((word) => word !== '')
    .sort()
    .join('-')
}

function allowedSlips(name: string, target: string, isFamous: boolean): number {
  if (target.length >= (isFamous ? MIN_FOR_TWO_OF_FAMOUS : MIN_FOR_TWO)) return 2
  if (target.length > MIN_TARGET) return 1
  // Five letters: only what a finger does, not what another word is.
  return isSwapOrDouble(name, target) || (isFamous && isNeighbour(name, target)) ? 1 : 0
}

/** Rows of a keyboard: a slip hits the key beside, or the one above or below. */
const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm']

function isNeighbour(name: string, target: string): boolean {
  if (name.length !== target.length) return false
  const at = [...name].findIndex((char, i) => char !== target[i])
  const [a, b] = [name[at] ?? '', target[at] ?? '']
  const rowA = ROWS.findIndex((row) => row.includes(a))
  const rowB = ROWS.findIndex((row) => row.includes(b))
  if (rowA < 0 || rowB < 0 || Math.abs(rowA - rowB) > 1) return false
  const apart = (ROWS[rowA]?.indexOf(a) ?? 0) - (ROWS[rowB]?.indexOf(b) ?? 0)
  return Math.abs(apart) <= 1
}

function isSwapOrDouble(name: string, target: string): boolean {
  if (name.length === target.length) return [...name].sort().join('') === [...target].sort().join('')
  return (
    name.length === target.length + 1 && name.replaceAll(/(.)\1/g, '$1') === target.replaceAll(/(.)\1/g, '$1')
  )
}

/** The name, and the name without each one of its letters: two names that are one slip apart share one of these. */
function slipsOf(name: string): readonly string[] {
  const slips = [name]
  for (let i = 0; i < name.length; i++) slips.push(name.slice(0, i) + name.slice(i + 1))
  return slips
}

/** Edits between two names: letters put in, left out, changed or swapped with their neighbour. At most `limit + 1`. */
export function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = Number(a[i - 1] !== b[j - 1])
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1)
      row.push(least)
    }
    before = last
    last = row
  }
  return Math.min(last[b.length] ?? 0, limit + 1)
}
