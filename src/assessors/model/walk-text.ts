import { utf8Text } from '../../ground/lang/index.ts'
import type { TextFormat } from './rule.ts'
import { cover, type Place, type Walk } from './walk-report.ts'
import { walkTorchScript } from './walk-torchscript.ts'
import { judgeWords } from './words/walk-words.ts'

/** Bytes of a text that are read. The largest tokenizer.json seen has 35 MB. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024

const INERT =
  /(^|\/)(\.gitattributes|\.gitignore|LICENSE|NOTICE|README|CITATION\.cff|version|byteorder|Modelfile|\.format_version|\.storage_alignment|serialization_id)$|\.(txt|md|rst|json|jsonl|csv|tsv|toml|ini|cfg|yaml|yml|jinja|jinja2|j2|merges|vocab|html|svg|xml)$/i

/** Judges a text. False when the bytes are not UTF-8 text. */
export async function walkText(walk: Walk, place: Place): Promise<boolean> {
  const head = utf8Text(trimPartial(await place.source.read(0, 4096, walk.signal), place.source.size))
  if (head === undefined || head.includes('\0')) return false
  const bytes = await place.source.read(0, MAX_TEXT_BYTES, walk.signal)
  const text = utf8Text(bytes)
  if (text === undefined || text.includes('\0')) return false
  const name = place.members.at(-1) ?? walk.path
  if (/(^|\/)code\/__torch__[^\0]*\.py$/.test(name)) {
    walkTorchScript(walk, place, text, bytes.length)
    return true
  }
  const format = formatOf(name, text)
  const unread = await judgeWords(walk, place, { name, text, format })
  const reason = reasonOf(name, format, place.source.size > bytes.length) ?? unread
  const base = { format, readBytes: bytes.length, status: reason === undefined ? 'full' : 'none' } as const
  cover(walk, place, reason === undefined ? base : { ...base, reason })
  return true
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
  if (/\.ya?ml$/i.test(name)) return 'yaml'
  return isJson(text) ? 'json' : 'text'
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false // Information: it is some other text.
  }
}

function reasonOf(name: string, format: TextFormat, isCut: boolean): string | undefined {
  if (isCut) return `only the first ${MAX_TEXT_BYTES} bytes of a text were read`
  if (format === 'json' || format === 'python' || INERT.test(name)) return undefined
  return 'a text that we do not know the use of'
}
