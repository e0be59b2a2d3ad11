import { parseDocument } from 'yaml'
import { cardJsonOf } from './card-json.ts'
import type { CardJson } from './model-card.ts'

/** Characters of front matter that are parsed. The longest seen, with evaluation results, has 90,000. */
const MAX_FRONT_MATTER = 256 * 1024
/** Brackets in each other. Real ones have four; the parser recurses. */
const MAX_FLOW_DEPTH = 64
/** Columns of indentation, and of `- - -`, each of which opens a level. */
const MAX_INDENT = 200

/** The two parts of a card's text. */
export interface SplitCard {
  /** YAML between the two lines of `---`; undefined when the text has none. */
  readonly yaml: string | undefined
  readonly body: string
  readonly problems: readonly string[]
}

/** Cuts a card in two: front matter as huggingface_hub finds it, and the rest. */
export function splitCard(text: string): SplitCard {
  if (!/^---[ \t]*\n/.test(text)) return { yaml: undefined, body: text, problems: [] }
  const start = text.indexOf('\n') + 1
  const end = /^---[ \t]*$/m.exec(text.slice(start, start + MAX_FRONT_MATTER))
  if (end === null) {
    const problem = `the front matter has no end within ${MAX_FRONT_MATTER} characters`
    return { yaml: undefined, body: text, problems: [problem] }
  }
  return {
    yaml: text.slice(start, start + end.index),
    body: text.slice(start + end.index + end[0].length),
    problems: [],
  }
}

/** The keys of front matter; a broken one has none, and says why. Aliases are refused: nobody writes them, bombs are made of them. */
export function readFrontMatter(yaml: string): {
  readonly fields: Readonly<Record<string, CardJson>>
  readonly problems: readonly string[]
} {
  const limit = limitOf(yaml)
  if (limit !== undefined) return { fields: {}, problems: [limit] }
  try {
    const document = parseDocument(yaml, { stringKeys: true, logLevel: 'silent', prettyErrors: false })
    const [error] = document.errors
    if (error !== undefined)
      return { fields: {}, problems: [`the front matter is no YAML: ${error.message.slice(0, 200)}`] }
    const { value, isCut } = cardJsonOf(document.toJS({ maxAliasCount: 0 }))
    const problems = isCut ? ['parts of the front matter are too long, too deep or no JSON'] : []
    if (value === null) return { fields: {}, problems }
    if (typeof value !== 'object' || Array.isArray(value))
      return { fields: {}, problems: [...problems, 'the front matter is no list of keys'] }
    return { fields: value as Readonly<Record<string, CardJson>>, problems }
  } catch (error) {
    // An alias, or what is nested deeper than the parser's stack: either is an attack or nonsense, and is said.
    return {
      fields: {},
      problems: [`the front matter was not read: ${(error as Error).message.slice(0, 200)}`],
    }
  }
}

function limitOf(yaml: string): string | undefined {
  let depth = 0
  for (const { 0: sign } of yaml.matchAll(/[[\]{}]/g)) {
    depth = sign === '[' || sign === '{' ? depth + 1 : Math.max(0, depth - 1)
    if (depth > MAX_FLOW_DEPTH) return `brackets of the front matter are nested deeper than ${MAX_FLOW_DEPTH}`
  }
  // `? ? ?` nests keys in keys, for which the parser takes exponential time.
  if (/^[ -]*\?/m.test(yaml)) return 'the front matter has keys that are no plain words'
  return new RegExp(`^[ -]{${MAX_INDENT}}`, 'm').test(yaml)
    ? `a line of the front matter is indented by more than ${MAX_INDENT}`
    : undefined
}
