import { type Token, Tokenizer } from './tokens.ts'

/** A statement, or the head of a block; what stands behind the colon of a head is a line of its own. */
export interface SourceLine {
  /** Columns; a line inside a block has more than its head. */
  readonly indent: number
  /** Texts of the tokens; a string is `""`. */
  readonly words: readonly string[]
  /** Characters from the start. */
  readonly offset: number
}

const HEADS = new Set(['class', 'def', 'while', 'for', 'if', 'elif', 'else', 'with'])

/** The lines of a source, joined where brackets are open, without comments and empty lines. */
export function readLines(text: string): readonly SourceLine[] {
  const lines: SourceLine[] = []
  const tokens = new Tokenizer(text)
  let line: Token[] = []
  let depth = 0
  let isFirst = true
  for (let token = tokens.next(); token !== undefined; token = tokens.next()) {
    if (token.kind === 'comment' || (token.kind === 'line' && depth > 0)) continue
    if (token.kind === 'line' || (depth === 0 && token.text === ';' && token.kind === 'mark')) {
      addLine(lines, line, isFirst ? text : undefined)
      isFirst = token.kind === 'line'
      line = []
      continue
    }
    if (token.kind === 'mark') depth = Math.max(0, depth + stepOf(token.text))
    line.push(token)
  }
  addLine(lines, line, isFirst ? text : undefined)
  return lines
}

/** @param text undefined behind a semicolon, where the line goes on in the block of what stands before it */
function addLine(lines: SourceLine[], line: readonly Token[], text: string | undefined): void {
  const [first] = line
  if (first === undefined) return
  const { offset } = first
  const indent =
    text === undefined
      ? (lines.at(-1)?.indent ?? 0)
      : offset - 1 - (offset === 0 ? -1 : text.lastIndexOf('\n', offset - 1))
  const words = line.map(({ kind, text: word }) => (kind === 'string' ? '""' : word))
  const end = HEADS.has(words[0] ?? '') ? headEnd(words) : words.length
  lines.push({ indent, words: words.slice(0, end), offset })
  const rest = line[end]
  if (rest !== undefined) lines.push({ indent: indent + 1, words: words.slice(end), offset: rest.offset })
}

/** Behind the colon that ends the head of a block. */
function headEnd(words: readonly string[]): number {
  let depth = 0
  for (const [i, word] of words.entries()) {
    depth += stepOf(word)
    if (depth === 0 && word === ':') return i + 1
  }
  return words.length
}

function stepOf(word: string): number {
  if (word === '(' || word === '[' || word === '{') return 1
  return word === ')' || word === ']' || word === '}' ? -1 : 0
}
