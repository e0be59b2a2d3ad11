import { namesInFormat } from './fold-format.ts'
import { callFilter, MAX_FOLDED_CHARS } from './fold-text.ts'
import type { FoldedArguments, Folding } from './folding.ts'
import {
  combine,
  type Guess,
  isDict,
  isList,
  known,
  open,
  type Plain,
  plainItems,
  traitsOf,
  unfollowed,
} from './guess.ts'
import type { Access } from './sight.ts'
import { triggersOf, wordsOf } from './triggers.ts'

/** Names under which a message holds what is said. */
const SPOKEN = new Set(['content', 'text'])

/** A name is read of a value. */
export interface Reading {
  readonly of: Guess
  readonly index: Guess
  readonly how: Access
  /** The name stands in the template as it is. */
  readonly isPlain: boolean
  readonly at: number
}

/** What is read of a value by name or place; the name is noted. */
export function foldAccess(folding: Folding, reading: Reading): Guess {
  const { of, index, how } = reading
  noteAccess(folding, reading)
  // A method that is taken, to be called elsewhere: sandboxes that look only at calls by a dot let it through (CVE-2025-27516).
  if (how !== 'item' && index.values.some((name) => name === 'format' || name === 'format_map'))
    noteFormat(folding, of, reading.at)
  const found = of.values.flatMap((value) => index.values.map((name) => itemOf(value, name, how)))
  const names = index.values.map((name) => (typeof name === 'number' ? '' : String(name)))
  const path = how === 'dot' ? `${of.path}.${names[0] ?? ''}` : `${of.path}[${names[0] ?? ''}]`
  const traits = { isDate: of.isDate, isContent: isSpoken(of, index), triggers: of.triggers }
  const isFound = found.length > 0 && found.every((guess) => guess !== undefined)
  const [only] = found
  if (isFound && !of.isOpen && !index.isOpen && only !== undefined && found.length === 1)
    return { ...only, triggers: [...traits.triggers, ...only.triggers] }
  const values = found.flatMap((guess) => guess?.values ?? [])
  const isBuilt =
    of.isBuilt ||
    index.isBuilt ||
    (of.values.length > 0 && index.isOpen && of.values.some((v) => typeof v === 'string'))
  return open(path, { ...traits, values, isBuilt })
}

function isSpoken(of: Guess, index: Guess): boolean {
  const [name] = index.values
  if (typeof name === 'string') return SPOKEN.has(name)
  return of.isContent
}

function itemOf(value: Plain, name: Plain, how: Access): Guess | undefined {
  if (isDict(value) && typeof name === 'string') return value.entries.get(name)
  if (typeof name !== 'number' || how === 'dot') return undefined
  if (isList(value)) return value.items.at(name)
  const char = typeof value === 'string' ? value.at(name) : undefined
  return char === undefined ? undefined : known(char)
}

function noteAccess(folding: Folding, { of, index, how, isPlain, at }: Reading): void {
  for (const name of index.values)
    if (typeof name === 'string')
      folding.see({ kind: 'access', how, name, of: of.path, isHidden: !isPlain, at })
  if (index.isOpen) folding.see({ kind: 'blind-access', how, of: of.path, isBuilt: index.isBuilt, at })
}

/** A filter over a value. */
export interface Filtering {
  readonly of: Guess
  readonly name: string
  readonly args: FoldedArguments
  readonly at: number
}

/** What a filter makes of a value; names that it reads are noted. */
export function foldFilter(folding: Folding, filtering: Filtering): Guess {
  const { of, name, args, at } = filtering
  const [first = open('')] = args.positional
  if (name === 'attr')
    return foldAccess(folding, { of, index: first, how: 'attr', isPlain: args.isPlain, at })
  noteArguments(folding, filtering)
  if (name === 'default' || name === 'd') return { ...of, values: [...of.values, ...first.values] }
  if (name === 'map' || name === 'select' || name === 'reject') return foldMapped(folding, filtering)
  if (name === 'replace') noteRewriting(folding, of, args.positional, at)
  if (name === 'format') noteFormat(folding, of, at)
  const parts = [of, ...args.positional]
  if (!folding.affords(parts)) return unfollowed(parts, of.path)
  const folded = combine(parts, ([value, ...rest]) =>
    value === undefined ? undefined : callFilter(value, name, rest),
  )
  return { ...folded, ...traitsAfter(filtering), path: of.path }
}

/** Text made of the inside of an object, as in `()|select|string`, is as good as built by hand. */
function traitsAfter({ of, name, args }: Filtering): Partial<Guess> {
  const isRoot = /^(?:messages|loop_messages|conversation)\b/.test(of.path)
  const isContent = of.isContent || (isRoot && (name === 'string' || name === 'tojson' || name === 'join'))
  const spoken =
    args.positional[0]?.values.some((value) => typeof value === 'string' && SPOKEN.has(value)) === true
  const compared = spoken && (name === 'selectattr' || name === 'rejectattr') ? args.positional[2] : undefined
  if (compared === undefined) return { isContent }
  return { isContent, triggers: [...of.triggers, ...triggersOf({ ...of, isContent: true }, compared)] }
}

const ATTRIBUTE_FIRST = new Set(['selectattr', 'rejectattr', 'groupby'])

/** Filters that read a name of every item: `map(attribute='a.b')`, `selectattr('a')`, `map('attr', 'a')`. */
function noteArguments(folding: Folding, { of, name, args, at }: Filtering): void {
  const attribute =
    args.named.get('attribute') ?? (ATTRIBUTE_FIRST.has(name) ? args.positional[0] : undefined)
  if (attribute !== undefined) noteDotted(folding, of, { ...args, positional: [attribute] }, at)
  const isMappedAttr = name === 'map' && wordsOf(args.positional[0] ?? open('')).includes('attr')
  if (isMappedAttr)
    noteDotted(folding, of, { ...args, positional: args.positional.slice(1), isPlain: false }, at)
}

function noteDotted(folding: Folding, of: Guess, args: FoldedArguments, at: number): void {
  const [attribute = open('')] = args.positional
  const names = wordsOf(attribute).flatMap((words) => words.split('.').slice(0, 20))
  for (const name of names)
    folding.see({ kind: 'access', how: 'argument', name, of: of.path, isHidden: false, at })
  if (attribute.isOpen)
    folding.see({ kind: 'blind-access', how: 'argument', of: of.path, isBuilt: attribute.isBuilt, at })
}

/** `map` over a known list with a filter by name; otherwise what comes out is open. */
function foldMapped(folding: Folding, { of, name, args, at }: Filtering): Guess {
  const [filter = open(''), ...rest] = args.positional
  const [by] = filter.values
  const [list] = of.values
  const items = list === undefined ? undefined : plainItems(list)
  if (name === 'map' && typeof by === 'string' && items !== undefined && items.length <= 1000) {
    const mapped = items.map((item) =>
      foldFilter(folding, {
        of: known(item),
        name: by,
        args: { ...args, positional: rest, named: new Map() },
        at,
      }),
    )
    return { ...known({ kind: 'list', items: mapped }), ...traitsOf(mapped) }
  }
  const [spoken] = wordsOf(args.named.get('attribute') ?? open(''))
  const isContent = of.isContent || (spoken !== undefined && SPOKEN.has(spoken))
  const isInside = of.values.length > 0 && !of.isOpen
  return open(of.path, { isContent, isBuilt: of.isBuilt || isInside, triggers: of.triggers })
}

/** Notes the names that a format text reads, and a format text that cannot be found out. */
export function noteFormat(folding: Folding, text: Guess, at: number): void {
  for (const value of text.values) {
    if (typeof value !== 'string' || value.length > MAX_FOLDED_CHARS) continue
    for (const name of namesInFormat(value))
      folding.see({ kind: 'access', how: 'format', name, of: text.path, isHidden: false, at })
  }
  if (text.isBuilt) folding.see({ kind: 'blind-access', how: 'format', of: text.path, isBuilt: true, at })
}

/** Notes that words people say are replaced by others. */
export function noteRewriting(folding: Folding, of: Guess, args: readonly Guess[], at: number): void {
  if (!of.isContent) return
  const [from] = wordsOf(args[0] ?? open(''))
  const [to] = wordsOf(args[1] ?? open(''))
  if (from !== undefined && to !== undefined) folding.see({ kind: 'rewriting', from, to, at })
}
