/** A value that is known. Lists and dictionaries hold guesses; a namespace is a dictionary that changes. */
export type Plain = string | number | boolean | null | PlainList | PlainDict
export interface PlainList {
  readonly kind: 'list'
  readonly items: readonly Guess[]
}
export interface PlainDict {
  readonly kind: 'dict'
  readonly entries: Map<string, Guess>
}

/** A comparison of what people say (or of the date) with a constant of the template. */
export interface Trigger {
  readonly on: 'content' | 'date'
  readonly words: string
  readonly isNegated: boolean
}

/** What is known of a value without running the template. */
export interface Guess {
  /** Every value found possible. */
  readonly values: readonly Plain[]
  /** It may be something else too. */
  readonly isOpen: boolean
  /** It comes from what is said in a conversation. */
  readonly isContent: boolean
  /** It comes from the clock. */
  readonly isDate: boolean
  /** A text made of constants in a way that was not followed to its end. */
  readonly isBuilt: boolean
  readonly triggers: readonly Trigger[]
  /** How it is reached, for people; empty for constants. */
  readonly path: string
  /** Items or characters that it has at least, where it is too long to be followed. */
  readonly least?: number
}

/** Values of one guess that are followed. */
const MAX_VALUES = 12
/** Triggers of one guess that are kept. */
const MAX_TRIGGERS = 12
/** Characters of a path that are kept. */
const MAX_PATH = 200

const OPEN: Guess = {
  values: [],
  isOpen: true,
  isContent: false,
  isDate: false,
  isBuilt: false,
  triggers: [],
  path: '',
}

/** A value that nothing is known of. */
export function open(path: string, more: Partial<Guess> = {}): Guess {
  return { ...OPEN, path: path.slice(0, MAX_PATH), ...more }
}

/** A value that is known. */
export function known(value: Plain): Guess {
  return { ...OPEN, values: [value], isOpen: false }
}

/** One of two values. */
export function either(a: Guess, b: Guess): Guess {
  const values = [...new Set([...a.values, ...b.values])]
  return {
    values: values.slice(0, MAX_VALUES),
    isOpen: a.isOpen || b.isOpen || values.length > MAX_VALUES,
    isContent: a.isContent || b.isContent,
    isDate: a.isDate || b.isDate,
    isBuilt: a.isBuilt || b.isBuilt || values.length > MAX_VALUES,
    triggers: joinTriggers(a.triggers, b.triggers),
    path: a.path || b.path,
    ...leastOf(Math.max(a.least ?? 0, b.least ?? 0)),
  }
}

/** Notes a size, where there is one. */
export function leastOf(size: number): Partial<Guess> {
  return size > 0 ? { least: size } : {}
}

/** Both lists, each trigger once. */
export function joinTriggers(a: readonly Trigger[], b: readonly Trigger[]): readonly Trigger[] {
  if (b.length === 0 || a === b) return a
  const all = [...a]
  for (const trigger of b)
    if (!all.some((other) => other.words === trigger.words && other.isNegated === trigger.isNegated))
      all.push(trigger)
  return all.slice(0, MAX_TRIGGERS)
}

/** What a result made of several guesses has from all of them, its values apart. */
export function traitsOf(parts: readonly Guess[]): Partial<Guess> {
  return {
    isContent: parts.some((part) => part.isContent),
    isDate: parts.some((part) => part.isDate),
    isBuilt: parts.some((part) => part.isBuilt),
    triggers: parts.reduce<readonly Trigger[]>((all, part) => joinTriggers(all, part.triggers), []),
  }
}

/** The result of an operation for every combination of known values; open where the operation has no answer. */
export function combine(
  parts: readonly Guess[],
  operate: (values: readonly Plain[]) => Plain | undefined,
): Guess {
  const traits = traitsOf(parts)
  const hasText = parts.some((part) => part.values.some(isWordy))
  let rows: Plain[][] = [[]]
  for (const part of parts) {
    rows = rows.flatMap((row) => part.values.map((value) => [...row, value])).slice(0, MAX_VALUES)
    if (part.isOpen && rows.length === 0) break
  }
  const results = new Set<Plain>()
  let isOpen = parts.some((part) => part.isOpen)
  let isLost = isOpen && hasText
  for (const row of rows) {
    const result = row.length === parts.length ? operate(row) : undefined
    if (result === undefined) {
      isOpen = true
      isLost ||= hasText
    } else results.add(result)
  }
  const isBuilt = traits.isBuilt === true || isLost
  return { ...OPEN, ...traits, values: [...results], isOpen, isBuilt, path: pathOf(parts) }
}

/** The result of an operation for which there is no budget: as good as hidden, when there was text in it. */
export function unfollowed(parts: readonly Guess[], path: string): Guess {
  const traits = traitsOf(parts)
  return open(path, {
    ...traits,
    isBuilt: traits.isBuilt === true || parts.some(({ values }) => values.some(isWordy)),
  })
}

function pathOf(parts: readonly Guess[]): string {
  return parts.find((part) => part.path !== '')?.path ?? ''
}

function isWordy(value: Plain): boolean {
  if (typeof value === 'string') return value !== ''
  return isList(value) && value.items.some((item) => item.values.some((inner) => typeof inner === 'string'))
}

export function isList(value: Plain | undefined): value is PlainList {
  return typeof value === 'object' && value !== null && value.kind === 'list'
}

export function isDict(value: Plain | undefined): value is PlainDict {
  return typeof value === 'object' && value !== null && value.kind === 'dict'
}

/** A list of constants. */
export function listOf(values: readonly Plain[]): PlainList {
  return { kind: 'list', items: values.map(known) }
}

/** The values of a list when every item is known and has one value. */
export function plainItems(value: Plain | undefined): Plain[] | undefined {
  if (typeof value === 'string') return [...value]
  if (isDict(value)) return [...value.entries.keys()]
  if (!isList(value)) return undefined
  const items: Plain[] = []
  for (const item of value.items) {
    const [only] = item.values
    if (item.isOpen || item.values.length !== 1 || only === undefined) return undefined
    items.push(only)
  }
  return items
}

/** Lists in lists whose text is followed. */
const MAX_LIST_DEPTH = 4

/** Text of a value as Python's `str` writes it. Undefined for what is not followed. */
export function textOf(value: Plain | undefined, depth = 0): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value === null) return 'None'
  const items = isList(value) && depth < MAX_LIST_DEPTH ? plainItems(value) : undefined
  if (items === undefined || items.length > 1000) return undefined
  const texts = items.map((item) => (typeof item === 'string' ? `'${item}'` : textOf(item, depth + 1)))
  return texts.every((text) => text !== undefined) ? `[${texts.join(', ')}]` : undefined
}
