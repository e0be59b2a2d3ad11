/** Characters of one parenthesised with header that are looked through. */
const MAX_HEADER = 4000

/** `with … as (a, b):`: the names are lost, so that what is called by them is not known. */
const TARGETS =
  /^([ \t]*(?:async[ \t]+)?(?:with\b[^\n#'"]{0,200}|[^\n#'"]{0,200}\))[ \t]as )(\([\w, ]{1,80}\)|\[[\w, ]{1,80}\])(?=[ \t]*(?:[:,]|\\\n))/gm

/**
 * Writes what the grammar of @lezer/python does not know in another way, of the same length so that offsets stay: a `yield`
 * that yields nothing, `1.` without digits behind the dot, `case str():`, `for a, *_ in`, `as (a, b)` of a with, a form
 * feed before a line, and `with (…):` over several lines.
 * Strings are read from the original text.
 */
export function fillGaps(text: string): string {
  const plain = text
    .replace(/\byield(?=[ \t]*(?:[\r\n#)]|$))/g, 'None ')
    .replace(/(?<![\w.])(\d[\d_]{0,20})\.(?![\w.])/g, '$1 ')
    .replace(/(\bcase [\w.]{1,80})\(\)/g, '$1  ')
    .replace(/(\bfor [\w, ]{0,80})\*(?=\w{1,40}(?:, ?\w{1,40}){0,8} in\b)/g, '$1 ')
    .replace(/^\f/gm, '\n')
    .replace(TARGETS, (_, before: string, targets: string) => `${before}${'_'.repeat(targets.length)}`)
  return openWithHeaders(plain)
}

function openWithHeaders(text: string): string {
  let result = ''
  let done = 0
  for (const match of text.matchAll(/^[ \t]*(?:async[ \t]+)?with[ \t]*\(/gm)) {
    const open = match.index + match[0].length - 1
    const close = closeOf(text, open)
    if (close === undefined || open < done) continue
    const header = text.slice(open + 1, close).replace(/#[^\n]*/g, blank)
    if (header.trimEnd().endsWith(',')) {
      const at = header.lastIndexOf(',')
      result += `${text.slice(done, open)} ${oneLine(`${header.slice(0, at)} ${header.slice(at + 1)}`)} `
    } else result += `${text.slice(done, open)} ${oneLine(header)} `
    done = close + 1
  }
  return result + text.slice(done)
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, ' ')
}

function blank(text: string): string {
  return ' '.repeat(text.length)
}

/** Where the bracket opened at `open` closes, when a colon follows: then the brackets hold the header and nothing else. */
function closeOf(text: string, open: number): number | undefined {
  let depth = 0
  const header = text.slice(open, open + MAX_HEADER)
  for (const { 0: token, index } of header.matchAll(/"[^"\n]*"|'[^'\n]*'|[([{}\])]/g)) {
    if ('([{'.includes(token)) depth++
    else if (')]}'.includes(token)) depth--
    if (depth === 0) return /^[ \t]*:/.test(header.slice(index + 1, index + 20)) ? open + index : undefined
  }
  return undefined
}
