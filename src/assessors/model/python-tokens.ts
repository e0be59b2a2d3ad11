/** A piece of generated Python. `text` is what stands between the quotes of a string. */
export interface PythonToken {
  readonly kind: 'name' | 'text' | 'number' | 'mark' | 'end'
  readonly text: string
}

/** Blanks, then a name, a string of one line without prefix, a number, the end of a statement, a mark. */
const TOKEN =
  /[ \t]*(?:([A-Za-z_]\w*)|'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|(\d[\w.]*|\.\d\w*)|([\n;])|(\.\.\.|->|[=!<>]=|\*\*|\/\/|<<|>>|[-+*/%@&|^~<>=.,:()[\]{}]))/y

/** The tokens of Python as programs write it, or undefined where it is written otherwise: comments, prefixed or long strings, joined lines. */
export function pythonTokens(source: string): readonly PythonToken[] | undefined {
  const tokens: PythonToken[] = []
  const text = source.trimEnd()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const isGlued = /\w/.test(text[TOKEN.lastIndex - 1] ?? '') && /['"]/.test(text[TOKEN.lastIndex] ?? '')
    const found = TOKEN.exec(text)
    const token = found === null || isGlued ? undefined : tokenOf(found)
    // Two strings side by side are one to Python.
    if (token === undefined || (token.kind === 'text' && tokens.at(-1)?.kind === 'text')) return undefined
    tokens.push(token)
  }
  return tokens
}

function tokenOf([, name, single, double, number, end, mark]: RegExpExecArray): PythonToken {
  const text = single ?? double
  if (text !== undefined) return { kind: 'text', text }
  if (name !== undefined) return { kind: 'name', text: name }
  if (number !== undefined) return { kind: 'number', text: number }
  return end === undefined ? { kind: 'mark', text: mark ?? '' } : { kind: 'end', text: end }
}
