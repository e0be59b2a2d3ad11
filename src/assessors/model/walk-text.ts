import { utf8Text } from '../../ground/lang/index.ts'
import type { TextFormat } from './rule.ts'
import { isArmoured, isIdentifier, isPointer, textUse } from './text-use.ts'
import { walkEncoded } from './walk-encoded.ts'
import { walkNotebook, walkPython, walkRequirements, walkShell } from './walk-python.ts'
import { applyRules, cover, type Place, type Walk } from './walk-report.ts'
import { walkTorchScript } from './walk-torchscript.ts'
import type { Enter } from './walker.ts'
import { judgeWords } from './words/walk-words.ts'

/** Bytes of a text that are read. The largest tokenizer.json seen has 35 MB. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024

/** Judges a text; with `enter`, pickles that are encoded in it too. False when the bytes are no text. */
export async function walkText(walk: Walk, place: Place, enter?: Enter): Promise<boolean> {
  const start = await place.source.read(0, 4096, walk.signal)
  const name = place.members.at(-1) ?? walk.path
  const head = decode(start, trimPartial(start, place.source.size), name)
  if (head === undefined || head.includes('\0')) return false
  const bytes = await place.source.read(0, MAX_TEXT_BYTES, walk.signal)
  const text = decode(bytes, bytes, name)
  if (text === undefined || text.includes('\0')) return false
  if (/(^|\/)code\/__torch__[^\0]*\.py$/.test(name)) {
    walkTorchScript(walk, place, text, bytes.length)
    return true
  }
  const format = formatOf(name, text)
  applyRules(walk, place, { kind: 'text', format, text, name })
  const { use, reason, isPart = false } = await walkAs(walk, place, { name, text, format })
  if (enter !== undefined) await walkEncoded(walk, place, text, enter)
  const cut =
    place.source.size > bytes.length
      ? `only the first ${MAX_TEXT_BYTES} bytes of a text were read`
      : undefined
  const why = cut ?? reason
  const status = why === undefined ? 'full' : isPart || cut !== undefined ? 'partial' : 'none'
  cover(walk, place, {
    format: use,
    readBytes: bytes.length,
    status,
    ...(why === undefined ? {} : { reason: why }),
  })
  return true
}

/** UTF-8; UTF-16 that says so by its byte order mark; or, when the name is that of a text, one byte a character. */
function decode(start: Uint8Array, bytes: Uint8Array, name: string): string | undefined {
  const [first, second] = start
  if (first === 0xff && second === 0xfe) return utf16(bytes, 'utf-16le')
  if (first === 0xfe && second === 0xff) return utf16(bytes, 'utf-16be')
  return utf8Text(bytes) ?? (isPlain(start, name) ? Buffer.from(bytes).toString('latin1') : undefined)
}

/** Old texts are in the code page of their country. Control characters are in none of them. */
function isPlain(start: Uint8Array, name: string): boolean {
  const isNamed = /\.pyw?$/i.test(name) || textUse(name) !== undefined
  return (
    isNamed && !start.subarray(0, 4096).some((byte) => byte < 9 || (byte > 13 && byte < 27) || byte === 127)
  )
}

function utf16(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    const whole = bytes.subarray(0, bytes.length - (bytes.length % 2))
    return new TextDecoder(encoding, { fatal: true }).decode(whole)
  } catch {
    return undefined // Information: it is no text; other readers will say what it is.
  }
}

/** The first bytes of a longer file may end inside a character. */
function trimPartial(head: Uint8Array, size: number): Uint8Array {
  if (head.length === size) return head
  let end = head.length
  while (end > 0 && end > head.length - 4 && ((head[end - 1] ?? 0) & 0xc0) === 0x80) end--
  return end > 0 && (head[end - 1] ?? 0) >= 0xc0 ? head.subarray(0, end - 1) : head
}

function formatOf(name: string, text: string): TextFormat {
  if (/\.pyw?$/i.test(name) || /^#![^\n]*python/.test(text)) return 'python'
  if (/\.ya?ml$|(?:^|\/)ML(?:model|project)$/i.test(name)) return 'yaml'
  return isJson(text) ? 'json' : 'text'
}

function isJson(text: string): boolean {
  if (!/^\ufeff?\s*[[{]/.test(text)) return false
  try {
    JSON.parse(text.replace(/^\ufeff/, ''))
    return true
  } catch {
    return false // Information: it is some other text.
  }
}

/** Whether a text that begins as JSON ends inside a text or a bracket. Lenient readers take comments and NaN; none takes half a file. */
function isCutJson(text: string): boolean {
  if (!/^\ufeff?\s*[[{]/.test(text)) return false
  const unquoted = text.replace(/"(?:[^"\\]|\\[\s\S])*"/g, '""')
  let depth = 0
  for (const char of unquoted) {
    if (char === '{' || char === '[') depth += 1
    else if (char === '}' || char === ']') depth -= 1
  }
  return depth > 0 || (unquoted.match(/"/g)?.length ?? 0) % 2 === 1
}

interface Walked {
  readonly use: string
  readonly reason?: string | undefined
  readonly isPart?: boolean
}

async function walkAs(
  walk: Walk,
  place: Place,
  named: { readonly name: string; readonly text: string; readonly format: TextFormat },
): Promise<Walked> {
  const { name, text, format } = named
  if (format === 'python') {
    walkRequirements(walk, place, named)
    return { use: format, reason: await walkPython(walk, place, named), isPart: true }
  }
  if (/\.pyi$/i.test(name)) return { use: 'source' }
  if (format === 'json' && /"nbformat"/.test(text)) {
    const problem = await walkNotebook(walk, place, { name, text: text.replace(/^\ufeff/, '') })
    if (problem !== undefined)
      return { use: 'notebook', reason: problem === '' ? undefined : problem, isPart: true }
  }
  if (isPointer(text)) return { use: 'pointer', reason: 'a pointer of Git LFS to a file that is not here' }
  walkShell(walk, place, named)
  walkRequirements(walk, place, named)
  const unread = await judgeWords(walk, place, named)
  return format === 'text' ? ofText(name, text, unread) : { use: format, reason: unread, isPart: true }
}

function ofText(name: string, text: string, unread: string | undefined): Walked {
  if (/\.(?:json|ipynb|geojson)$/i.test(name) && isCutJson(text))
    return { use: 'json', reason: 'the JSON breaks off before its end', isPart: true }
  const use = textUse(name) ?? (isIdentifier(text) || isArmoured(text) ? 'data' : undefined)
  return use === undefined
    ? { use: 'text', reason: 'a text that we do not know the use of' }
    : { use: use === 'text' || use === 'data' ? 'text' : use, reason: unread, isPart: true }
}
