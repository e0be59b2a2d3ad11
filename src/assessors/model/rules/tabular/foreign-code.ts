/** Calls of Java that act on the machine, in source whose texts and comments were taken out. */
const JAVA =
  /\b(?:Runtime\s*\.\s*getRuntime|ProcessBuilder|URLClassLoader|defineClass|Class\s*\.\s*forName|System\s*\.\s*load(?:Library)?|ScriptEngineManager|ObjectInputStream|InitialContext|MethodHandles?|sun\s*\.\s*misc\s*\.\s*Unsafe|(?:Server)?Socket\s*\(|new\s+URL\s*\(|HttpClient|FileOutputStream|FileWriter|RandomAccessFile|Files\s*\.\s*(?:write\w*|delete\w*|copy|move|newOutputStream|createFile))/
/** Code of Python, Java or JavaScript in a text of a document. */
const ANY =
  /\b(?:__import__\s*\(|os\s*\.\s*(?:system|popen|exec\w*)\s*\(|subprocess\s*\.|(?:eval|exec|compile)\s*\(\s*(?:['"(]|base64|marshal|open|input|request|bytes|codecs)|pickle\s*\.\s*loads|marshal\s*\.\s*loads|Runtime\s*\.\s*getRuntime|ProcessBuilder|java\.lang\.(?:Runtime|ProcessBuilder)|javax\.script|Class\s*\.\s*forName|child_process|new\s+Function\s*\(|importlib\s*\.\s*import_module|socket\s*\.\s*socket)/

/** What in a Java source acts on the machine; texts and comments do not count. Escapes of letters are resolved as the compiler does. */
export function activeJava(source: string): { readonly call: string; readonly offset: number } | undefined {
  const plain = source.replace(/\\u+([0-9a-fA-F]{4})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  const found = JAVA.exec(withoutTexts(plain))
  return found === null
    ? undefined
    : { call: plain.slice(found.index, found.index + 120), offset: found.index }
}

/** The source with blanks in the place of texts and comments; one pass, whatever is left open. */
function withoutTexts(source: string): string {
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < source.length; at++) {
    const end = endOfText(source, at)
    if (end === undefined) continue
    parts.push(source.slice(from, at), ' '.repeat(end - at))
    from = end
    at = end - 1
  }
  parts.push(source.slice(from))
  return parts.join('')
}

/** Where a text or comment that begins here ends; undefined when none begins. */
function endOfText(source: string, at: number): number | undefined {
  const char = source.charAt(at)
  if (char === '/') return endOfComment(source, at)
  if (char !== '"' && char !== "'") return undefined
  for (let i = at + 1; i < source.length; i++) {
    const inner = source.charAt(i)
    if (inner === '\\') i++
    else if (inner === char || inner === '\n') return i + 1
  }
  return source.length
}

function endOfComment(source: string, at: number): number | undefined {
  const next = source.charAt(at + 1)
  const close = next === '*' ? '*/' : next === '/' ? '\n' : undefined
  if (close === undefined) return undefined
  const end = source.indexOf(close, at + 2)
  return end < 0 ? source.length : end + close.length
}

/** Whether a Java source has a body, and every brace is closed: one that was cut does not compile, and shows less than it had. */
export function isWholeJava(source: string): boolean {
  const bare = withoutTexts(source)
  let depth = 0
  for (const char of bare) {
    if (char === '{') depth++
    if (char === '}') depth--
  }
  return depth === 0 && bare.includes('{')
}

/** What in a text looks like code that acts on the machine. */
export function activeText(text: string): string | undefined {
  const found = ANY.exec(text)
  return found === null ? undefined : text.slice(Math.max(0, found.index - 20), found.index + 100).trim()
}
