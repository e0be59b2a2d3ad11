import { readGguf } from '../../formats/gguf/index.ts'
import { readModelCard } from '../../formats/model-card/index.ts'
import { diffLines, listOf, recordOf, textOf, utf8Text } from '../../ground/lang/index.ts'
import type { Differences, FileChange, TextChange } from './compare-port.ts'
import type { ComparedModel } from './ports.ts'

/** Bytes of a text that is compared line by line: a tokenizer's words are larger and tell a person nothing. */
const MAX_TEXT_BYTES = 1024 * 1024
/** Lines that are shown of one text, and texts that are shown. */
const MAX_LINES = 300
const MAX_TEXTS = 200
/** Templates of one model. */
const MAX_TEMPLATES = 100
/** GGUF files of one model whose headers are read for templates. */
const MAX_GGUF = 16

const TEXT = /\.(?:json|jsonl|py|md|txt|ya?ml|toml|cfg|ini|jinja2?|sh|ipynb|html|js|ts|csv|model_card)$/i
const TEXT_NAME = /(?:^|\/)(?:LICEN[CS]E|NOTICE|COPYING|README|MLmodel|Dockerfile|\.gitattributes)$/i
/** Words and merges of tokenizers: data, however they are written. */
const DATA = /(?:^|\/)(?:vocab|tokenizer|merges|added_tokens)\.(?:json|txt)$/i

/** Whether a file is shown line by line by its name. */
export function isText(name: string): boolean {
  return (TEXT.test(name) || TEXT_NAME.test(name)) && !DATA.test(name)
}

/** A text of a model that is small enough to show; undefined when it is not there, too large, or no text. */
async function readText(model: ComparedModel, name: string | undefined): Promise<string | undefined> {
  const file = name === undefined ? undefined : model.files.find((one) => one.name === name)
  if (file === undefined || file.size > MAX_TEXT_BYTES) return undefined
  return utf8Text(await model.withFile(file.name, (source) => source.read(0, file.size)))
}

/** Texts that changed, came or went, line by line. */
export async function compareTexts(
  before: ComparedModel,
  after: ComparedModel,
  changes: readonly FileChange[],
): Promise<readonly TextChange[]> {
  const found: TextChange[] = []
  for (const change of changes) {
    if (!isText(change.path) || change.change === 'renamed') continue
    if (found.length >= MAX_TEXTS) {
      found.push(
        remark('…', `More than ${MAX_TEXTS} texts differ; the others are listed among the files only.`),
      )
      break
    }
    const text = await compareText(before, after, change)
    if (text !== undefined) found.push(text)
  }
  return found
}

function remark(path: string, text: string): TextChange {
  return { path, lines: [{ sign: ' ', text }], cut: true }
}

async function compareText(
  before: ComparedModel,
  after: ComparedModel,
  { path, change }: FileChange,
): Promise<TextChange | undefined> {
  const old = change === 'added' ? '' : await readText(before, path)
  const fresh = change === 'removed' ? '' : await readText(after, path)
  if (old === undefined || fresh === undefined)
    return remark(path, `It is larger than ${MAX_TEXT_BYTES} bytes or no UTF-8, so its lines are not shown.`)
  const lines = diffLines(spread(path, old), spread(path, fresh), MAX_LINES)
  // Two spellings of one JSON: the file changed, what it says did not.
  return lines.lines.length === 0 ? undefined : { path, ...lines }
}

/** JSON one member a line, so that a line tells one thing. Its templates are told elsewhere. */
function spread(path: string, text: string): string {
  const value = path.endsWith('.json') ? parseJson(text) : undefined
  if (value === undefined) return text
  return JSON.stringify(value, (key, item) => (key === 'chat_template' ? undefined : item), 2)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Information: what is no JSON is shown as it stands.
  }
}

/** Chat templates that changed, came or went: of the tokenizer, in files of their own, in GGUF headers. */
export async function compareTemplates(
  before: ComparedModel,
  after: ComparedModel,
  changes: readonly FileChange[],
): Promise<readonly TextChange[]> {
  const isTouched = (path: string) =>
    changes.some((change) => change.path === path || change.pathBefore === path)
  const old = await templatesOf(before, isTouched)
  const fresh = await templatesOf(after, isTouched)
  const found: TextChange[] = []
  for (const path of new Set([...old.keys(), ...fresh.keys()])) {
    const [was = '', is = ''] = [old.get(path), fresh.get(path)]
    if (was !== is) found.push({ path, ...diffLines(was, is, MAX_LINES) })
  }
  return found
}

async function templatesOf(
  model: ComparedModel,
  isTouched: (path: string) => boolean,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const put = (path: string, text: string | undefined) => {
    if (text !== undefined && found.size < MAX_TEMPLATES) found.set(path, text)
  }
  let headers = 0
  for (const { name } of model.files) {
    if (!isTouched(name)) continue
    if (/(?:^|\/)(?:tokenizer_config|chat_template|processor_config)\.json$/.test(name))
      for (const [path, text] of templatesIn(name, await readText(model, name))) put(path, text)
    else if (/\.gguf$/i.test(name) && headers++ < MAX_GGUF)
      for (const { key, text } of (await model.withFile(name, (source) => readGguf(source))).templates)
        put(`${name}#${key}`, text)
  }
  return found
}

/** `chat_template` is a text, or a list of names and texts (transformers, tokenization_utils_base). */
function templatesIn(name: string, text: string | undefined): readonly (readonly [string, string])[] {
  const template = text === undefined ? undefined : recordOf(parseJson(text)).chat_template
  if (typeof template === 'string') return [[`${name}#chat_template`, template]]
  return listOf(template).flatMap((item) => {
    const { name: of, template: body } = recordOf(item)
    return typeof body === 'string' ? [[`${name}#chat_template.${textOf(of) ?? ''}`, body] as const] : []
  })
}

/** The licence that the cards name, when they name different ones. */
export async function compareLicence(
  before: ComparedModel,
  after: ComparedModel,
): Promise<Differences['licence']> {
  const [old, fresh] = [await licenceOf(before), await licenceOf(after)]
  if (old === fresh) return undefined
  return { ...(old === undefined ? {} : { before: old }), ...(fresh === undefined ? {} : { after: fresh }) }
}

async function licenceOf(model: ComparedModel): Promise<string | undefined> {
  const card = model.files.find(({ name }) => /^README\.md$/i.test(name))
  const text = await readText(model, card?.name)
  if (text === undefined) return undefined
  const { license, licenseName } = readModelCard(text).card
  return license === 'other' ? (licenseName ?? license) : license
}
