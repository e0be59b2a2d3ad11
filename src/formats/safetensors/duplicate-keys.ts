/** Keys that stand twice in one object of a JSON text that is known to be valid; at most `limit` of them. */
export function duplicateKeys(json: string, limit: number): string[] {
  const found: string[] = []
  const levels: (Set<string> | undefined)[] = []
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g
  for (let match = token.exec(json); match !== null && found.length < limit; match = token.exec(json)) {
    const text = match[0]
    if (text === '{') levels.push(new Set())
    else if (text === '[') levels.push(undefined)
    else if (text === '}' || text === ']') levels.pop()
    else if (match[1] !== undefined) noteKey(text.slice(0, text.lastIndexOf('"') + 1), levels.at(-1), found)
  }
  return found
}

function noteKey(quoted: string, keys: Set<string> | undefined, found: string[]): void {
  const key = quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1)
  if (keys?.has(key)) found.push(key)
  keys?.add(key)
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g

/** Numbers and texts that JSON.parse takes and the parser of the reference refuses: `1.0` for a size, half of a surrogate pair. */
export function looseTokens(json: string, limit: number): string[] {
  const found: string[] = []
  for (const [token] of json.matchAll(TOKEN)) {
    if (found.length >= limit) break
    if (token.startsWith('"')) {
      if (token.includes('\\u') && !String(JSON.parse(token)).isWellFormed())
        found.push('a text with half a character')
    } else if (!/^\d+$/.test(token)) found.push(`the number ${token.slice(0, 40)}`)
  }
  return found
}
