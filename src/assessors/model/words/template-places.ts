/** A template, or a text that a model is always told, inside a configuration. */
export interface FoundTemplate {
  readonly name: string
  readonly text: string
  readonly isTemplate: boolean
}

const MAX_FOUND = 200
const MAX_DEPTH = 12

/** Keys of templates: tokenizers, processors, chat_template.json, vLLM, llama.cpp, Open WebUI. */
const TEMPLATE_KEY = /(?:^|_)(?:chat_?|instruction_?|prompt_?|custom_?|tool_?use_?|rag_?)?templates?$/i
/** Keys of texts that stand before every conversation. */
const PROMPT_KEY =
  /^(?:default_|custom_)?(?:system|instruction)_?(?:prompt|message|text|instruction)s?$|^pre_?prompt$/i

/** Tokens that stand in conversations by themselves, in the files of tokenizers. */
const TOKEN_PATH =
  /(?:^|\.)(?:(?:bos|eos|unk|sep|pad|cls|mask)_token(?:\.content)?|(?:additional|extra)_special_tokens\.\d+(?:\.content)?|added_tokens(?:_decoder)?\.\d+\.content)$/
/** Three words in a row: marks for a model have fewer. */
const SENTENCE = /\p{L}{2,}[ ,]{1,2}\p{L}{2,}[ ,]{1,2}\p{L}{2,}/u

/** Templates and system texts in a parsed configuration, wherever they stand. */
export function findTemplates(root: unknown): readonly FoundTemplate[] {
  const found: FoundTemplate[] = []
  visit(root, '', 0, found)
  return found
}

function visit(node: unknown, path: string, depth: number, found: FoundTemplate[]): void {
  if (typeof node !== 'object' || node === null || depth > MAX_DEPTH || found.length >= MAX_FOUND) return
  for (const [key, value] of Object.entries(node)) {
    const name = path === '' ? key : `${path}.${key}`
    if (typeof value === 'string') noteText(found, { key, path, name, value })
    // A vocabulary has no templates and 100,000 entries.
    else if (key !== 'vocab' && key !== 'merges') visit(value, name, depth + 1, found)
  }
}

interface Entry {
  readonly key: string
  readonly path: string
  readonly name: string
  readonly value: string
}

function noteText(found: FoundTemplate[], { key, path, name, value }: Entry): void {
  if (isTemplate(key, path, value)) found.push({ name, text: value, isTemplate: true })
  else if ((PROMPT_KEY.test(key) && value !== '') || (SENTENCE.test(value) && TOKEN_PATH.test(name)))
    found.push({ name, text: value, isTemplate: false })
}

function isTemplate(key: string, path: string, value: string): boolean {
  if (!value.includes('{{') && !value.includes('{%')) return false
  return TEMPLATE_KEY.test(key) || TEMPLATE_KEY.test(path.replace(/\.\d+$/, '')) || /\bmessages\b/.test(value)
}
