import { readYaml } from '../../../formats/yaml/index.ts'
import type { TextFormat } from '../rule.ts'
import type { ConfigPart } from '../subjects/config-subject.ts'
import type { TemplatePart } from '../subjects/template-subject.ts'
import { applyRules, type Place, type Walk } from '../walk-report.ts'
import { findCommands } from './command-places.ts'
import { configParts } from './config-parts.ts'
import { documentParts } from './document-parts.ts'
import { duplicateParts } from './duplicate-keys.ts'
import { instructionIn, invisibleIn } from './instructions.ts'
import { layerParts } from './layer-parts.ts'
import { findSecrets } from './secrets/find-secrets.ts'
import { isTelling } from './secrets/telling-text.ts'
import { servingParts, tritonParts } from './serving-parts.ts'
import { tagParts } from './tag-parts.ts'
import { templateParts } from './template-parts.ts'
import { findTemplates } from './template-places.ts'
import { tokenizerParts } from './tokenizer-parts.ts'
import { manifestParts } from './torchserve-manifest.ts'

/** A text as it was found: a file, a member, or a value of metadata. */
export interface Words {
  readonly name: string
  readonly text: string
  readonly format: TextFormat
  /** Place in bytes, for values of metadata. */
  readonly offset?: number
}

/** Characters of a value of metadata that can hold more than a name or a number. */
const LEAST_VALUE = 16

/** Characters of a value that may be one half of a pair of keys, and how many of them are looked at beside each other. */
const MAX_SHORT = 200
const MAX_TOGETHER = 2000

/** Values of one file. Graphs of MXNet have some ten thousand attributes. */
const MAX_ENTRIES = 50_000

/** Parts of one configuration that are told of. */
const MAX_PARTS = 50

/** Bytes of a JSON text that is looked into as a configuration; tokenizer.json, the largest, is no configuration. */
const MAX_CONFIG_CHARS = 8 * 1024 * 1024

/** Judges a text by what it is: a template, a configuration, an order to a model. Gives the reason when it was not understood in full. */
export async function judgeWords(walk: Walk, place: Place, words: Words): Promise<string | undefined> {
  const { name, format } = words
  if (/\.(?:jinja2?|j2)$/i.test(name)) return judgeTemplate(walk, place, words)
  if (format === 'yaml') return judgeYaml(walk, place, words)
  if (format === 'json') return judgeJson(walk, place, words)
  if (/(?:^|[/.])__metadata__\./.test(name) && /\{%|\{\{.*messages/.test(words.text))
    return judgeTemplate(walk, place, words)
  const told = documentParts(name, words.text)
  if (told.length > 0) applyRules(walk, place, { kind: 'document', name, parts: told })
  if (/(?:^|\/)Modelfile[^/]*$/i.test(name)) judgePrompt(walk, place, words)
  if (/(?:^|\/)(?:[\w-]{1,60}[_-])?config\.pbtxt$/i.test(name))
    noteParts(walk, place, name, tritonParts(words.text))
  return undefined
}

/** Judges values of metadata, each by what it is; templates are entered as places of their own. */
export async function judgeMetadata(
  walk: Walk,
  place: Place,
  entries: Iterable<readonly [string, unknown]>,
): Promise<void> {
  let left = MAX_ENTRIES
  const short: [string, string][] = []
  for (const [name, value] of entries) {
    if (left-- <= 0) break
    if (typeof value !== 'string' || value.length < LEAST_VALUE) continue
    if (name.includes('chat_template')) {
      judgeTemplate(walk, place, { name, text: value, format: 'text' })
      continue
    }
    const isJson = /^\s*[[{]/.test(value) && parseJson(value) !== undefined
    const words: Words = { name, text: value, format: isJson ? 'json' : 'text' }
    applyRules(walk, place, { kind: 'text', ...words, isMetadata: true })
    await judgeWords(walk, place, words)
    if (value.length <= MAX_SHORT && short.length < MAX_TOGETHER) short.push([name, value])
  }
  judgeTogether(walk, place, short)
}

/** The two halves of a pair of keys stand in two values: what is a secret only beside its neighbours is judged with them. */
function judgeTogether(walk: Walk, place: Place, entries: readonly (readonly [string, string])[]): void {
  const text = entries.map(([name, value]) => `${name} = ${value}`).join('\n')
  if (!isTelling(text)) return
  const alone = new Set(entries.flatMap(([, value]) => findSecrets(value).map(({ secret }) => secret)))
  const [joined] = findSecrets(text).filter(({ secret }) => !alone.has(secret))
  if (joined === undefined) return
  const name = entries.find(([, value]) => value.includes(joined.secret))?.[0] ?? ''
  applyRules(walk, place, { kind: 'text', name, text, format: 'text', isMetadata: true })
}

/** Judges a chat template; the reason when it cannot be parsed. */
function judgeTemplate(walk: Walk, place: Place, words: Words): string | undefined {
  const { name, text, offset } = words
  const isChat = !/\.(?:jinja2|j2)$/i.test(name) || /\bmessages?\b/.test(text) || /chat.?template/i.test(name)
  const { parts, reason } = templateParts(text, { isChat })
  applyRules(walk, place, { kind: 'template', name, offset, parts })
  return reason
}

/** Judges a text that a model is always told. */
function judgePrompt(walk: Walk, place: Place, { name, text, offset }: Words): void {
  const parts: TemplatePart[] = []
  const found = instructionIn(text)
  if (found !== undefined) parts.push({ deed: 'instruction', why: found.why, text: found.text, at: 0 })
  const invisible = invisibleIn(text)
  if (invisible !== undefined)
    parts.push({ deed: 'invisible', why: invisible, text: text.slice(0, 100), at: 0 })
  if (parts.length > 0) applyRules(walk, place, { kind: 'template', name, offset, parts })
}

async function judgeYaml(walk: Walk, place: Place, words: Words): Promise<string | undefined> {
  const view = await readYaml(words.text)
  const parts: ConfigPart[] = [...tagParts(view, walk.policy)]
  let reason: string | undefined
  for (const document of view.documents)
    reason = judgeTree(walk, place, { words, root: document, parts }) ?? reason
  for (const { kind, message, at } of view.problems)
    if (kind === 'aliases') parts.push({ deed: 'bomb', path: '', why: message, text: message, at })
  noteParts(walk, place, words.name, parts)
  const broken = view.problems.find(({ kind }) => kind === 'syntax' || kind === 'limit')
  // A text that no YAML reader takes is only words, unless it speaks of what a more lenient one would act on.
  const isTelling =
    /!!python|tag:yaml\.org,2002:python|_target_|class_path|^\s*[\w-]+:\s*!(?:new|apply|name|module):/m.test(
      words.text,
    )
  if (broken?.kind === 'limit' || (broken !== undefined && isTelling)) return `YAML: ${broken.message}`
  return reason
}

function judgeJson(walk: Walk, place: Place, words: Words): string | undefined {
  const isTokenizer = /(?:^|\/)tokenizer\.json$/i.test(words.name)
  const isLarge = words.text.length > MAX_CONFIG_CHARS
  if (isLarge && !isTokenizer) return undefined
  const root = parseJson(words.text)
  const parts: ConfigPart[] = [...duplicateParts(words.text), ...manifestParts(walk, place, root)]
  if (isTokenizer) parts.push(...tokenizerParts(root))
  const reason = isLarge ? undefined : judgeTree(walk, place, { words, root, parts })
  noteParts(walk, place, words.name, parts)
  return reason
}

function noteParts(walk: Walk, place: Place, name: string, parts: readonly ConfigPart[]): void {
  if (parts.length > 0) applyRules(walk, place, { kind: 'config', name, parts: parts.slice(0, MAX_PARTS) })
}

interface Tree {
  readonly words: Words
  readonly root: unknown
  readonly parts: ConfigPart[]
}

function judgeTree(walk: Walk, place: Place, { words, root, parts }: Tree): string | undefined {
  const { parts: found, isCut } = configParts(root, walk.policy)
  parts.push(...found, ...servingParts(words.name, root, walk.policy), ...layerParts(root))
  const commands = findCommands(words.name, root)
  if (commands.length > 0) applyRules(walk, place, { kind: 'shell', name: words.name, commands })
  let reason = isCut ? 'the configuration is too large or too deep to be looked at in full' : undefined
  for (const { name, text, isTemplate } of findTemplates(root)) {
    const inner: Words = { ...words, name: `${words.name}:${name}`, text }
    if (isTemplate) reason = judgeTemplate(walk, place, inner) ?? reason
    else judgePrompt(walk, place, inner)
  }
  return reason
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch {
    return undefined // Information: it is some other text.
  }
}
