import { canonicalJson } from '../../ground/crypto/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { SubjectKind } from './subject-name.ts'

/** Characters of a prompt, a tool list or an endpoint; the longest system prompts published have a hundred thousand. */
const MAX_TEXT = 4_000_000
/** Tools of one list; the largest public servers offer a few hundred. */
const MAX_TOOLS = 5_000

/** Characters of one file of words: half of what the assessor looks at in one text. */
const WORDS_CHARS = 30_000
/** Characters that two pieces share: longer than any sentence the assessor looks for. */
const OVERLAP_CHARS = 1_000

/** The file that says of what kind and name a version is. */
const SUBJECT_FILE = 'subject.json'
/** The file that holds what a version is, by kind. */
export const CONTENT_FILES: readonly string[] = ['prompt.jinja', 'tools.json', 'endpoint.json']

/** The files of one version: what they hold is its whole identity. */
export type SubjectFiles = readonly { readonly name: string; readonly text: string }[]

/** A tool, by whichever of the common forms it was written in. */
export interface Tool {
  readonly name: string
  readonly description?: string
  readonly schema?: unknown
  readonly [other: string]: unknown
}

/**
 * The canonical form of a prompt, a tool list or an endpoint: the same thing written otherwise has the same digest, and any word more
 * has another (ARCHITECTURE, rule 2).
 * @throws SallyportError `BAD_INPUT` naming what is wrong, `TOO_LARGE`
 */
export function identityOf(
  { kind, name }: { readonly kind: Exclude<SubjectKind, 'dataset'>; readonly name: string },
  text: string,
): SubjectFiles {
  // Words that were approved for one purpose are not approved for another: the name is part of what it is.
  return [{ name: SUBJECT_FILE, text: pretty({ kind, name }) }, ...contentOf(kind, text)]
}

function contentOf(kind: Exclude<SubjectKind, 'dataset'>, text: string): SubjectFiles {
  if (text.length > MAX_TEXT)
    throw new SallyportError(
      'TOO_LARGE',
      `the ${kind} has ${text.length} characters; the limit is ${MAX_TEXT}`,
    )
  if (kind === 'prompt') return promptFiles(text)
  if (kind === 'tool-list') {
    const tools = toolsOf(parsed(text))
    return [{ name: 'tools.json', text: pretty(tools) }, ...wordsOf(tools.map((tool) => pretty(tool)))]
  }
  const endpoint = endpointOf(parsed(text))
  const words = Object.values(endpoint).filter((value) => typeof value !== 'number')
  return [{ name: 'endpoint.json', text: pretty(endpoint) }, ...wordsOf(words.map((one) => pretty(one)))]
}

/** A template keeps its name's ending, so that the assessor reads it as one; line ends and a byte order mark are no words of it. */
function promptFiles(text: string): SubjectFiles {
  const words = text
    .replace(/^\ufeff/, '')
    .replaceAll(/\r\n?/g, '\n')
    .normalize('NFC')
  if (words.trim() === '') throw new SallyportError('BAD_INPUT', 'the prompt is empty')
  return [{ name: 'prompt.jinja', text: words }]
}

/**
 * What the model will read, as texts that the assessor reads like templates: a few to a file, each file short enough to be looked at
 * to its end.
 */
function wordsOf(texts: readonly string[]): SubjectFiles {
  const files: string[] = []
  let last = ''
  for (const text of texts.flatMap(piecesOf)) {
    if (last !== '' && last.length + text.length > WORDS_CHARS) {
      files.push(last)
      last = ''
    }
    last += text
  }
  if (last !== '') files.push(last)
  return files.map((text, i) => ({ name: `words/${String(i + 1).padStart(4, '0')}.jinja`, text }))
}

/** Braces that would begin a tag of a template are parted; pieces overlap, so that no sentence is cut in all of them. */
function piecesOf(text: string): readonly string[] {
  const plain = text.replaceAll(/\{(?=[{%#])/g, '{ ').replaceAll('\\n', '\n')
  const pieces: string[] = []
  for (let at = 0; at < plain.length; at += WORDS_CHARS - OVERLAP_CHARS)
    pieces.push(plain.slice(at, at + WORDS_CHARS))
  return pieces
}

/** MCP's `tools/list`, OpenAI's and Anthropic's arrays of tools, sorted by name. */
function toolsOf(value: unknown): readonly Tool[] {
  const found = listOf(value)
  if (found.length > MAX_TOOLS)
    throw new SallyportError('TOO_LARGE', `the list has ${found.length} tools; the limit is ${MAX_TOOLS}`)
  const tools = found.map((one, i) => toolOf(one, i))
  const names = new Set<string>()
  for (const { name } of tools) {
    // Two tools of one name: clients differ in which one they call.
    if (names.has(name)) throw new SallyportError('BAD_INPUT', `two tools are called "${name.slice(0, 100)}"`)
    names.add(name)
  }
  return tools.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  const record = recordOf(value)
  const inner = record?.tools ?? recordOf(record?.result)?.tools
  if (Array.isArray(inner)) return inner
  throw new SallyportError(
    'BAD_INPUT',
    'this is no list of tools: an array, or an object with "tools" (MCP tools/list), is wanted',
  )
}

function toolOf(value: unknown, at: number): Tool {
  const outer = recordOf(value)
  // OpenAI wraps each in {"type": "function", "function": {…}}.
  const tool = recordOf(outer?.function) ?? outer
  if (tool === undefined || typeof tool.name !== 'string' || tool.name === '')
    throw new SallyportError('BAD_INPUT', `tool ${at + 1} has no name`)
  const { name, description, inputSchema, input_schema, parameters, ...other } = tool
  const schema = inputSchema ?? input_schema ?? parameters
  if (description !== undefined && typeof description !== 'string')
    throw new SallyportError('BAD_INPUT', `the description of tool "${name.slice(0, 100)}" is no text`)
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(schema === undefined ? {} : { schema }),
    ...other,
  }
}

const ENDPOINT_FIELDS = ['provider', 'model', 'url', 'systemPrompt', 'tools', 'parameters', 'guard'] as const

/** Who answers, as what, told what, with which tools. Prompts and tools may be named by the digest that they have here. */
function endpointOf(value: unknown): Readonly<Record<string, unknown>> {
  const record = recordOf(value)
  if (record === undefined || typeof record.provider !== 'string' || typeof record.model !== 'string')
    throw new SallyportError(
      'BAD_INPUT',
      'an endpoint is an object with at least "provider" and "model"; also known are url, systemPrompt, tools, parameters, guard',
    )
  const unknown = Object.keys(record).find((key) => !ENDPOINT_FIELDS.some((known) => known === key))
  if (unknown !== undefined)
    throw new SallyportError(
      'BAD_INPUT',
      `"${unknown.slice(0, 100)}" is no field of an endpoint; known are ${ENDPOINT_FIELDS.join(', ')}`,
    )
  const tools = record.tools
  return { ...record, ...(Array.isArray(tools) ? { tools: toolsOf(tools) } : {}) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw new SallyportError('BAD_INPUT', `this is no JSON: ${(cause as Error).message}`, { cause })
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined
}

/** Keys in the order of RFC 8785, one to a line, so that a difference is a line. */
function pretty(value: unknown): string {
  try {
    return `${JSON.stringify(JSON.parse(canonicalJson(value)), undefined, 2)}\n`
  } catch (cause) {
    throw new SallyportError('BAD_INPUT', `it cannot be written canonically: ${(cause as Error).message}`, {
      cause,
    })
  }
}
