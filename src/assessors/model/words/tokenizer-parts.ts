import type { ConfigPart } from '../subjects/config-subject.ts'

/** Steps of a normaliser or decoder that are looked at, nested ones included. Published ones have up to 400. */
const MAX_STEPS = 5000
const MAX_DEPTH = 8
/** Added tokens that are looked at. The largest published lists have some thousand. */
const MAX_ADDED = 200_000
const MAX_PARTS = 20
const MAX_SHOWN = 80
/** Ids of a vocabulary that two words share: more than these come from a broken conversion, not from somebody with a purpose. */
const MAX_TWINS = 20

type Record_ = Readonly<Record<string, unknown>>

/** What a tokenizer.json (https://huggingface.co/docs/tokenizers/api/normalizers) makes of words behind the back of who writes them. */
export function tokenizerParts(root: unknown): readonly ConfigPart[] {
  if (!isRecord(root) || !isRecord(root.model)) return []
  const parts: ConfigPart[] = []
  for (const stage of ['normalizer', 'pre_tokenizer', 'decoder']) rewriteParts(root[stage], stage, parts)
  framingParts(root.post_processor, parts)
  const added = addedTokens(root.added_tokens)
  addedParts(added, parts)
  vocabularyParts(added, root.model.vocab, parts)
  return parts.slice(0, MAX_PARTS)
}

/** A token that stands beside the vocabulary. */
export interface AddedToken {
  readonly id: number
  readonly content: string
}

/** The list `added_tokens` of a tokenizer.json. */
export function addedTokens(list: unknown): readonly AddedToken[] {
  if (!Array.isArray(list)) return []
  return list.slice(0, MAX_ADDED).flatMap((one: unknown) => {
    if (!isRecord(one) || typeof one.id !== 'number' || typeof one.content !== 'string') return []
    return [{ id: one.id, content: one.content }]
  })
}

/** Whether two tokens may share an id or a place: reserved ones are renamed by who fine-tunes. */
export function isRenamed(before: string, after: string): boolean {
  return RESERVED.test(before) || RESERVED.test(after)
}

const RESERVED = /unused|reserved|extra|placeholder|madeup|dummy|special|pad|sentinel|control|<\|?\d+\|?>/i

function isRecord(value: unknown): value is Record_ {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Tokens that are put around every text. Each stands for itself; one that stands for words puts those there. */
function framingParts(processor: unknown, parts: ConfigPart[]): void {
  const inner: unknown = isRecord(processor) ? processor.processors : undefined
  const steps: readonly unknown[] = Array.isArray(inner) ? inner.slice(0, MAX_STEPS) : [processor]
  for (const step of steps)
    for (const [name, words] of framesOf(step)) {
      if (words.every((word) => word === name) || !hasWord(words.join(' '))) continue
      const why = `puts ${quote(words.join(' '))} where it says ${quote(name)}`
      parts.push({ deed: 'rewrite', path: 'post_processor', why: `post_processor ${why}`, text: why })
    }
}

/** The tokens that each name of a TemplateProcessing stands for. */
function framesOf(step: unknown): readonly (readonly [string, readonly string[]])[] {
  const tokens = isRecord(step) && isRecord(step.special_tokens) ? step.special_tokens : {}
  return Object.entries(tokens)
    .slice(0, MAX_STEPS)
    .flatMap(([name, token]) => {
      const words: unknown = isRecord(token) ? token.tokens : undefined
      return Array.isArray(words) ? [[name, words.map(String)] as const] : []
    })
}

interface Step {
  readonly step: unknown
  readonly path: string
  readonly depth: number
}

/** Steps that replace or prepend text, wherever they are nested. */
function rewriteParts(root: unknown, stage: string, parts: ConfigPart[]): void {
  const open: Step[] = [{ step: root, path: stage, depth: 0 }]
  let left = MAX_STEPS
  for (let one = open.pop(); one !== undefined && left-- > 0; one = open.pop()) {
    const { step, path, depth } = one
    if (!isRecord(step) || depth > MAX_DEPTH) continue
    const rewrite = rewriteOf(step)
    if (rewrite !== undefined) parts.push({ deed: 'rewrite', path, why: `${path} ${rewrite}`, text: rewrite })
    open.push(...innerSteps(step, path, depth))
  }
}

function innerSteps(step: Record_, path: string, depth: number): readonly Step[] {
  return ['normalizers', 'pretokenizers', 'decoders'].flatMap((key) => {
    const list: unknown = step[key]
    if (!Array.isArray(list)) return []
    return list
      .slice(0, MAX_STEPS)
      .map((inner: unknown, i) => ({ step: inner, path: `${path}.${key}[${i}]`, depth: depth + 1 }))
  })
}

function rewriteOf(step: Record_): string | undefined {
  if (step.type === 'Prepend' && typeof step.prepend === 'string' && hasWord(step.prepend))
    return `puts ${quote(step.prepend)} before every text`
  if (step.type !== 'Replace' || typeof step.content !== 'string' || !isRecord(step.pattern)) return undefined
  const { String: plain, Regex: regex } = step.pattern
  const pattern = typeof plain === 'string' ? plain : typeof regex === 'string' ? regex : ''
  const words = typeof plain === 'string' ? plain : literalsOf(pattern)
  return hasWord(step.content) || hasWord(words)
    ? `replaces ${quote(pattern)} by ${quote(step.content)}`
    : undefined
}

/** A word of a person, as against spaces, punctuation and marks such as `</w>`, `[URL]` or `HTTPURL`. */
function hasWord(text: string): boolean {
  const bare = text.slice(0, 4096).replace(/<[^<>]{0,60}>|\[[A-Za-z_]{1,40}\]|@USER|HTTPURL/g, '|')
  return /\p{L}*\p{Ll}\p{L}{2,}|\p{L}{2,}\p{Ll}\p{L}*|\p{Lo}{3,}|https?:|\w\.\w{2}/u.test(bare)
}

/** The words that a regular expression asks for; classes, escapes and options are none. */
function literalsOf(regex: string): string {
  return regex
    .slice(0, 4096)
    .replace(/\\[pPux]\{[^}]{0,40}\}|\\./g, ' ')
    .replace(/\[[^\]]{0,400}\]/g, ' ')
    .replace(/\(\?[a-zA-Z<>=!:-]{1,8}/g, ' ')
}

function addedParts(added: readonly AddedToken[], parts: ConfigPart[]): void {
  const byId = new Map<number, string>()
  const byContent = new Map<string, number>()
  for (const { id, content } of added) {
    const first = byId.get(id)
    if (first !== undefined && first !== content)
      parts.push(shadow(`gives the id ${id} to ${quote(first)} and to ${quote(content)}`, content))
    const other = byContent.get(content)
    if (other !== undefined && other !== id)
      parts.push(shadow(`gives ${quote(content)} the ids ${other} and ${id}`, content))
    byId.set(id, content)
    byContent.set(content, id)
  }
}

/** Added tokens against the vocabulary: BPE and WordPiece keep ids by word, Unigram words by place. */
function vocabularyParts(added: readonly AddedToken[], vocab: unknown, parts: ConfigPart[]): void {
  const words = wordsOf(vocab)
  for (const { id, content } of added) {
    const own = words.ids.get(content)
    if (own !== undefined && own !== id)
      parts.push(shadow(`gives ${quote(content)} the id ${id}, and the vocabulary ${own}`, content))
    const there = words.byId.get(id)
    if (own === undefined && there !== undefined && there !== content && !isRenamed(there, content))
      parts.push(shadow(`has ${quote(content)} at ${id}, where the vocabulary has ${quote(there)}`, content))
    if (parts.length >= MAX_PARTS) return
  }
  if (words.twins.length <= MAX_TWINS)
    for (const [first, second] of words.twins)
      if (!isRenamed(first, second))
        parts.push(shadow(`gives ${quote(first)} and ${quote(second)} of the vocabulary one id`, second))
}

interface Vocabulary {
  readonly ids: ReadonlyMap<string, number>
  readonly byId: ReadonlyMap<number, string>
  /** Words that share an id, {@link MAX_TWINS} and one at most. */
  readonly twins: readonly (readonly [string, string])[]
}

function wordsOf(vocab: unknown): Vocabulary {
  const ids = new Map<string, number>()
  const byId = new Map<number, string>()
  const twins: [string, string][] = []
  const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(vocab)
    ? vocab.map((one: unknown, i) => [Array.isArray(one) ? one[0] : undefined, i] as const)
    : Object.entries(isRecord(vocab) ? vocab : {})
  for (const [word, id] of entries) {
    if (typeof word !== 'string' || typeof id !== 'number') continue
    ids.set(word, id)
    const first = byId.get(id)
    if (first === undefined) byId.set(id, word)
    else if (twins.length <= MAX_TWINS) twins.push([first, word])
  }
  return { ids, byId, twins }
}

function shadow(why: string, text: string): ConfigPart {
  return { deed: 'shadowed-token', path: 'added_tokens', why, text: text.slice(0, MAX_SHOWN) }
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, MAX_SHOWN))
}
