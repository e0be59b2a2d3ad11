import { readLines, type SourceLine } from './source-lines.ts'

/** A loop that goes on without end, or nearly so. */
export interface EndlessLoop {
  /** The method or function that it stands in. */
  readonly name: string
  /** Its head, as `while _0:`. */
  readonly head: string
  /** Characters from the start. */
  readonly offset: number
}

/** Rounds of loops within loops over constant ranges. The interpreter does a few million a second: these take minutes. */
const MAX_ROUNDS = 1e9
/** The only method that loading calls (torch/csrc/jit/serialization/import.cpp). */
const LOADED = '__setstate__'
/** Names that stand for other names for other names. */
const MAX_COPIES = 8
/** What leaves a loop besides `break`. The printer writes `raise` as a call. */
const EXITS = new Set(['return', 'raise', 'assert', 'RaiseException'])
const LOOPS = new Set(['while', 'for'])

interface Definition {
  readonly name: string
  readonly body: readonly SourceLine[]
}

/** Loops without an end in code of a source that runs when it is loaded: in `__setstate__`, and in what that calls of the same source. */
export function findEndlessLoops(text: string): readonly EndlessLoop[] {
  if (!text.includes(LOADED) || !/\b(?:while|for)\b/.test(text)) return []
  return loadedOf(definitionsOf(readLines(text))).flatMap((definition) => loopsOf(definition))
}

function definitionsOf(lines: readonly SourceLine[]): readonly Definition[] {
  return lines.flatMap(({ words: [first, name = ''] }, i) =>
    first === 'def' ? [{ name, body: bodyOf(lines, i) }] : [],
  )
}

/** The lines of the block behind a head. */
function bodyOf(lines: readonly SourceLine[], head: number): readonly SourceLine[] {
  const { indent = 0 } = lines[head] ?? {}
  let end = head + 1
  while ((lines[end]?.indent ?? -1) > indent) end++
  return lines.slice(head + 1, end)
}

/** What loading runs, by the last part of names that are called. */
function loadedOf(definitions: readonly Definition[]): readonly Definition[] {
  const byName = Map.groupBy(definitions, ({ name }) => name)
  const names = new Set([LOADED])
  // A set is gone through in order of insertion, with what is added on the way.
  for (const name of names)
    for (const called of callsOf(byName.get(name) ?? [])) if (byName.has(called)) names.add(called)
  return [...names].flatMap((name) => byName.get(name) ?? [])
}

function callsOf(definitions: readonly Definition[]): readonly string[] {
  const lines = definitions.flatMap(({ body }) => body)
  return lines.flatMap(({ words }) => words.filter((_, i) => words[i + 1] === '('))
}

function loopsOf({ name, body }: Definition): readonly EndlessLoop[] {
  const values = valuesOf(body)
  const found: EndlessLoop[] = []
  /** Loops around the line, and the rounds that they make together. */
  const around: { indent: number; rounds: number }[] = []
  for (const [i, line] of body.entries()) {
    while ((around.at(-1)?.indent ?? -1) >= line.indent) around.pop()
    if (!LOOPS.has(line.words[0] ?? '')) continue
    const outer = around.at(-1)?.rounds ?? 1
    const rounds = canLeave(bodyOf(body, i)) ? 1 : outer * roundsOf(line.words, values)
    around.push({ indent: line.indent, rounds })
    if (outer <= MAX_ROUNDS && rounds > MAX_ROUNDS)
      found.push({ name, head: line.words.join(' ').slice(0, 100), offset: line.offset })
  }
  return found
}

/** Whether something in the body of a loop ends it; a `break` in a loop inside ends that one. */
function canLeave(body: readonly SourceLine[]): boolean {
  let inner: number | undefined
  for (const { indent, words } of body) {
    if (inner !== undefined && indent <= inner) inner = undefined
    if (words.some((word) => EXITS.has(word))) return true
    if (inner === undefined && words[0] === 'break') return true
    if (inner === undefined && LOOPS.has(words[0] ?? '')) inner = indent
  }
  return false
}

function roundsOf(words: readonly string[], values: Values): number {
  if (words[0] === 'while') return isTrue(words.slice(1, -1), values) ? Number.POSITIVE_INFINITY : 1
  const at = words.indexOf('in')
  if (words[at + 1] !== 'range') return 1
  const [first, second, step = 1] = argumentsOf(words.slice(at + 3, -2)).map((part) => intOf(part, values))
  if (first === undefined || step === undefined || step === 0) return 1
  const length = second === undefined ? first / step : (second - first) / step
  return Number.isFinite(length) ? Math.max(1, length) : 1
}

/** What each name is ever set to in a function. The printer makes a name for every condition: `_0 = True`, `while _0:`. */
type Values = ReadonlyMap<string, readonly (readonly string[])[]>

function valuesOf(body: readonly SourceLine[]): Values {
  const values = new Map<string, (readonly string[])[]>()
  for (const { words } of body) {
    const isFor = words[0] === 'for'
    const at = words.indexOf(isFor ? 'in' : '=')
    if (at < 1) continue
    // `x = True` and `x : bool = True`; of what is set in any other way nothing is known.
    const isOne = !isFor && words[at + 1] !== '=' && (at === 1 || words[1] === ':')
    const names = isOne ? words.slice(0, 1) : words.slice(0, at)
    for (const name of names) {
      const known = values.get(name) ?? []
      known.push(isOne ? words.slice(at + 1) : [])
      values.set(name, known)
    }
  }
  return values
}

/** @param known names that were asked about; one that stands for itself is nothing */
function isTrue(words: readonly string[], values: Values, known = new Map<string, boolean>()): boolean {
  const bare = unwrapped(words)
  if (bare.length === 2 && bare[0] === 'not') return bare[1] === 'False' || bare[1] === '0'
  const [word = ''] = bare
  if (bare.length !== 1) return false
  if (word === 'True' || /^[1-9]\d*\.?\d*$/.test(word)) return true
  const old = known.get(word)
  if (old !== undefined || known.size > MAX_COPIES) return old ?? false
  known.set(word, false)
  const is = values.get(word)?.every((value) => isTrue(value, values, known)) ?? false
  known.set(word, is)
  return is
}

/** A number, or the only one that a name is set to. */
function intOf(words: readonly string[], values: Values, depth = 0): number | undefined {
  const [word = ''] = unwrapped(words)
  if (unwrapped(words).length !== 1 || depth > MAX_COPIES) return undefined
  if (/^\d[\d_]*$/.test(word)) return Number(word.replaceAll('_', ''))
  const set = values.get(word)?.map((value) => intOf(value, values, depth + 1))
  return set === undefined || set.length !== 1 ? undefined : set[0]
}

/** Without the brackets around it, and without `bool(…)` and `int(…)`. */
function unwrapped(words: readonly string[]): readonly string[] {
  let [start, end] = [0, words.length]
  for (;;) {
    if ((words[start] === 'bool' || words[start] === 'int') && words[start + 1] === '(') start++
    if (words[start] !== '(' || words[end - 1] !== ')') return words.slice(start, end)
    start++
    end--
  }
}

function argumentsOf(words: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [[]]
  for (const word of words)
    if (word === ',') parts.push([])
    else parts.at(-1)?.push(word)
  return parts.filter((part) => part.length > 0)
}
