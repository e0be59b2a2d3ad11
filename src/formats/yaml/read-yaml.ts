import type { Document, Node, ParsedNode } from 'yaml'
import type { YamlProblem, YamlTag, YamlView } from './yaml-view.ts'

/** Characters of a YAML text that are parsed. Configurations have some thousand; the parser makes 100 bytes of each. */
const MAX_YAML_CHARS = 2 * 1024 * 1024
/** Flow collections in each other. Real ones have five; the parser recurses. */
const MAX_FLOW_DEPTH = 200
/** Block collections in each other, by indentation. */
const MAX_INDENT = 2000
/** Uses of anchors: what is multiplied more is a bomb (CWE-776). https://en.wikipedia.org/wiki/Billion_laughs_attack */
const MAX_ALIASES = 1000
/** Explicit keys on one line, and how far such a line may be indented. */
const MAX_KEYS = 3
const MAX_KEY_INDENT = 40
/** Put in front of brackets at the margin: deeper than what they close. */
const MARGIN = ' '.repeat(40)
const MAX_TAGS = 10_000
const MAX_PROBLEMS = 20
const MAX_LINE = 300

/** Parses a YAML text without making anything of its tags; bombs are refused, never unrolled. */
export async function readYaml(text: string): Promise<YamlView> {
  // PyYAML does not mind closing brackets at the margin; this parser does.
  const closed = /^[\]}]/m.test(text) ? text.replace(/^(?=[\]}])/gm, MARGIN) : text
  const limit = limitOf(closed)
  if (limit !== undefined) return { documents: [], tags: [], problems: [limit] }
  const yaml = await import('yaml')
  const tags: YamlTag[] = []
  const problems: YamlProblem[] = []
  const documents: unknown[] = []
  try {
    const options = { logLevel: 'silent', prettyErrors: false, strict: false } as const
    for (const document of yaml.parseAllDocuments(closed, options)) {
      noteErrors(document, problems)
      yaml.visit(document, {
        Node(_key, node) {
          noteTag(node as Node, closed, tags)
        },
      })
      documents.push(plainOf(document, problems))
    }
  } catch (error) {
    // The parser recurses; what is nested deeper than its stack is no configuration.
    if (!(error instanceof RangeError)) throw error
    problems.push({ kind: 'limit', message: 'it is nested too deep', at: 0 })
  }
  return { documents, tags, problems }
}

function limitOf(text: string): YamlProblem | undefined {
  if (text.length > MAX_YAML_CHARS)
    return { kind: 'limit', message: `only YAML of up to ${MAX_YAML_CHARS} characters is parsed`, at: 0 }
  const flow = deepestFlow(text)
  if (flow !== undefined)
    return { kind: 'limit', message: `brackets are nested deeper than ${MAX_FLOW_DEPTH}`, at: flow }
  const key = deepestKey(text) ?? deepestFlowKey(text)
  if (key !== undefined) return { kind: 'limit', message: 'keys are nested in keys', at: key }
  // `- - - -` nests as deep as it is indented.
  const indent = new RegExp(`^[ ?-]{${MAX_INDENT}}`, 'm').exec(text)
  return indent === null
    ? undefined
    : { kind: 'limit', message: `a line is indented by more than ${MAX_INDENT}`, at: indent.index }
}

/** Where `? ? ?` nests keys in keys: the parser takes exponential time for them, and no configuration has them. */
function deepestKey(text: string): number | undefined {
  if (!text.includes('?')) return undefined
  for (const { 0: start, index } of text.matchAll(/^[ ?-]{2,2000}/gm)) {
    const keys = start.split('?').length - 1
    if (keys > MAX_KEYS || (keys > 0 && start.length > MAX_KEY_INDENT)) return index
  }
  return undefined
}

/** The same inside brackets, `[? [? [?`: levels that hold an explicit key. */
function deepestFlowKey(text: string): number | undefined {
  if (!text.includes('?')) return undefined
  const levels: boolean[] = []
  let keys = 0
  for (const { 0: sign, index } of text.matchAll(/[[\]{}]|(?<=[\s[{,])\?(?=[\s[\]{},])/g)) {
    if (sign === '[' || sign === '{') levels.push(false)
    else if (sign !== '?') keys -= levels.pop() === true ? 1 : 0
    else if (levels.at(-1) === false) {
      levels[levels.length - 1] = true
      keys += 1
    }
    if (keys > MAX_KEYS) return index
  }
  return undefined
}

/** Where brackets are nested too deep; those inside texts count as well, which does no harm. */
function deepestFlow(text: string): number | undefined {
  let depth = 0
  for (const { 0: sign, index } of text.matchAll(/[[\]{}]/g)) {
    if (sign === '[' || sign === '{') depth++
    else if (depth > 0) depth--
    if (depth > MAX_FLOW_DEPTH) return index
  }
  return undefined
}

function noteErrors(document: Document.Parsed, problems: YamlProblem[]): void {
  for (const { code, message, pos } of document.errors) {
    if (problems.length >= MAX_PROBLEMS) return
    const kind = code === 'DUPLICATE_KEY' ? 'duplicate' : 'syntax'
    problems.push({ kind, message: message.split('\n', 1)[0] ?? code, at: pos[0] })
  }
}

function noteTag(node: Node, text: string, tags: YamlTag[]): void {
  const { tag } = node
  if (tag === undefined || tags.length >= MAX_TAGS) return
  const at = (node as ParsedNode).range?.[0] ?? 0
  const before = text.lastIndexOf(tag.replace(/^tag:yaml\.org,2002:/, ''), at)
  const start = text.lastIndexOf('\n', before < 0 ? at : before) + 1
  const line = text.slice(start, start + MAX_LINE).split('\n', 1)[0] ?? ''
  tags.push({ tag, line: line.trim(), at: before < 0 ? at : before })
}

function plainOf(document: Document.Parsed, problems: YamlProblem[]): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    if (!(error instanceof ReferenceError) && !(error instanceof TypeError) && !(error instanceof RangeError))
      throw error
    // An alias without its anchor is a fault; one that is used too often is an attack.
    const kind = /alias count/i.test(error.message) ? 'aliases' : 'syntax'
    problems.push({ kind, message: error.message, at: 0 })
    return null
  }
}
