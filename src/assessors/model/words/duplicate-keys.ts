import type { ConfigPart } from '../subjects/config-subject.ts'

/** Characters of a JSON text in which keys are compared; larger ones are vocabularies. */
const MAX_CHARS = 2 * 1024 * 1024
/** Keys by which loaders decide what to run: two values for one of them are meant to be read differently. */
const DECISIVE =
  /^(?:_target_|__target__|class_path|auto_map|chat_template|trust_remote_code|architectures|custom_pipelines|tokenizer_class|processor_class|model_type|class_name|registered_name|module|handler|target|config|function)$/

/** Keys that stand twice in one object of a JSON text: Python takes the last, other readers the first. */
export function duplicateParts(text: string): readonly ConfigPart[] {
  if (text.length > MAX_CHARS) return []
  const parts: ConfigPart[] = []
  const open: (Set<string> | undefined)[] = []
  let at = 0
  while (at < text.length) {
    const char = text[at]
    if (char === '{') open.push(new Set())
    else if (char === '[') open.push(undefined)
    else if (char === '}' || char === ']') open.pop()
    else if (char === '"') {
      const end = endOfString(text, at)
      const keys = open.at(-1)
      if (keys !== undefined && isKey(text, end)) noteKey(text.slice(at + 1, end - 1), keys, at, parts)
      at = end
      continue
    }
    at++
  }
  return parts.slice(0, 10)
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return Math.min(at + 1, text.length)
}

function isKey(text: string, end: number): boolean {
  let at = end
  while (
    at < text.length &&
    (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t')
  )
    at++
  return text[at] === ':'
}

function noteKey(raw: string, keys: Set<string>, at: number, parts: ConfigPart[]): void {
  const key = raw.includes('\\') ? unescapeKey(raw) : raw
  if (keys.has(key) && DECISIVE.test(key))
    parts.push({
      deed: 'duplicate',
      path: key,
      why: `the key ${key} stands twice in one object`,
      text: key,
      at,
    })
  keys.add(key)
}

function unescapeKey(raw: string): string {
  try {
    return String(JSON.parse(`"${raw}"`))
  } catch {
    return raw // Information: it is compared as it stands.
  }
}
