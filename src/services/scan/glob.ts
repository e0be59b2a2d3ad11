/** Alternatives that the braces of one pattern may make. */
const MAX_ALTERNATIVES = 1000
/** Characters of a pattern. */
const MAX_PATTERN = 4096

/** Says whether a name with `/` between its parts is meant. */
export type NameMatcher = (name: string) => boolean

/**
 * A pattern of file names: `*` and `?` inside one part of a name, `**` for any number of parts, `[a-z]`, `[!a-z]`, `{a,b}`.
 * Without a `/` it is matched with the last part, in every folder; with a `/` at its end it means all that a folder holds.
 * Work grows with pattern times name, never faster. `undefined` when the pattern is empty or makes too many alternatives.
 */
export function compileGlob(pattern: string): NameMatcher | undefined {
  if (pattern === '' || pattern.length > MAX_PATTERN) return undefined
  const alternatives = expandBraces(pattern)
  if (alternatives === undefined) return undefined
  const matchers = alternatives.map(matcherOf)
  return (name) => matchers.some((matches) => matches(name))
}

function matcherOf(pattern: string): NameMatcher {
  const trimmed = pattern.replace(/^\.?\//, '')
  const body = trimmed.endsWith('/') ? `${trimmed}**` : trimmed
  const isAnywhere =
    !trimmed.includes('/') || (trimmed.indexOf('/') === trimmed.length - 1 && pattern[0] !== '/')
  const parts = isAnywhere ? ['**', ...body.split('/')] : body.split('/')
  return (name) => matchParts(parts, name.split('/'))
}

/** Row by row: `reach[j]` says whether the parts so far can have used up the first j parts of the name. */
function matchParts(parts: readonly string[], names: readonly string[]): boolean {
  let reach = [true, ...names.map(() => false)]
  parts.forEach((part, at) => {
    const next: boolean[] = new Array(names.length + 1).fill(false)
    if (part === '**') {
      // The last one stands for at least one part, so that `folder/**` is not the folder itself.
      const isLast = at === parts.length - 1
      let isOpen = false
      for (let j = 0; j <= names.length; j++) {
        next[j] = isOpen || (!isLast && reach[j] === true)
        isOpen ||= reach[j] === true
      }
    } else
      for (let j = 1; j <= names.length; j++)
        next[j] = reach[j - 1] === true && matchPart(part, names[j - 1] ?? '')
    reach = next
  })
  return reach[names.length] === true
}

/** One part without `/`: on a mismatch only the last star takes one more character. */
function matchPart(part: string, name: string): boolean {
  const tokens = tokensOf(part)
  const chars = [...name]
  let [t, c, star, mark] = [0, 0, -1, 0]
  while (c < chars.length) {
    const token = tokens[t]
    if (token?.kind === 'star') {
      star = t++
      mark = c
    } else if (token?.kind === 'one' && token.accepts(chars[c] ?? '')) {
      t++
      c++
    } else if (star >= 0) {
      t = star + 1
      c = ++mark
    } else return false
  }
  return tokens.slice(t).every(({ kind }) => kind === 'star')
}

type Token = { readonly kind: 'star' } | { readonly kind: 'one'; readonly accepts: (char: string) => boolean }

function tokensOf(part: string): readonly Token[] {
  const chars = [...part]
  const tokens: Token[] = []
  for (let i = 0; i < chars.length; i++) {
    const char = chars[i] ?? ''
    const end = char === '[' ? chars.indexOf(']', i + 2) : -1
    if (char === '*') tokens.push({ kind: 'star' })
    else if (char === '?') tokens.push({ kind: 'one', accepts: () => true })
    else if (end > 0) {
      tokens.push(classOf(chars.slice(i + 1, end)))
      i = end
    } else tokens.push({ kind: 'one', accepts: (other) => other === char })
  }
  return tokens
}

function classOf(chars: readonly string[]): Token {
  const isNegated = chars[0] === '!' || chars[0] === '^'
  const body = isNegated ? chars.slice(1) : chars
  const ranges: (readonly [string, string])[] = []
  for (let i = 0; i < body.length; i++) {
    const from = body[i] ?? ''
    const isRange = body[i + 1] === '-' && i + 2 < body.length
    ranges.push([from, isRange ? (body[i + 2] ?? from) : from])
    if (isRange) i += 2
  }
  return {
    kind: 'one',
    accepts: (char) => ranges.some(([from, to]) => char >= from && char <= to) !== isNegated,
  }
}

/** `a{b,c}d` as `abd` and `acd`, innermost braces first; `undefined` beyond the limit. */
function expandBraces(pattern: string): readonly string[] | undefined {
  const done: string[] = []
  const open = [pattern]
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    const group = /\{([^{}]*)\}/.exec(text)
    if (group === null) done.push(text)
    else {
      const [before, after] = [text.slice(0, group.index), text.slice(group.index + group[0].length)]
      for (const choice of (group[1] ?? '').split(',')) open.push(`${before}${choice}${after}`)
    }
    if (done.length + open.length > MAX_ALTERNATIVES) return undefined
  }
  return done
}
