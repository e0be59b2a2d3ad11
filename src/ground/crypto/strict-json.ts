import { SallyportError, utf8Text } from '../lang/index.ts'

/** Levels. Deeper than any document of ours; a deeper one is an attack on whoever recurses over it (CWE-674). */
const MAX_DEPTH = 128

const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a

/**
 * JSON from outside (RFC 8259) that says one thing only: well-formed UTF-8 without a mark, no name twice in one object
 * (two readers would see two documents), no `__proto__`, at most 128 levels.
 * @throws SallyportError `BAD_INPUT` naming `what`
 */
export function parseStrictJson(bytes: Uint8Array, what: string): unknown {
  const text = utf8Text(bytes)
  if (text === undefined) throw new SallyportError('BAD_INPUT', `${what} is not well-formed UTF-8`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new SallyportError('BAD_INPUT', `${what} is not JSON`, { cause })
  }
  refuseTwins(text, what)
  return value
}

/** Walks text that is already known to be JSON, so that it need only find names and levels. */
function refuseTwins(text: string, what: string): void {
  // One set of names for each open object, undefined for an open array.
  const open: (Set<string> | undefined)[] = []
  let at = 0
  while (at < text.length) {
    if (text.charCodeAt(at) !== QUOTE) {
      trackLevel(open, text.charCodeAt(at), what)
      at++
      continue
    }
    const end = endOfText(text, at)
    if (text.charCodeAt(skipSpace(text, end)) === COLON) addName(open.at(-1), text.slice(at, end), what)
    at = end
  }
}

function trackLevel(open: (Set<string> | undefined)[], code: number, what: string): void {
  if (code === OPEN_BRACE) open.push(new Set())
  else if (code === OPEN_BRACKET) open.push(undefined)
  else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) open.pop()
  if (open.length > MAX_DEPTH)
    throw new SallyportError('BAD_INPUT', `${what} is nested deeper than ${MAX_DEPTH} levels`)
}

function addName(names: Set<string> | undefined, quoted: string, what: string): void {
  const name = String(JSON.parse(quoted))
  const shown = JSON.stringify(name.slice(0, 80))
  if (name === '__proto__') throw new SallyportError('BAD_INPUT', `${what} holds the name ${shown}`)
  if (names?.has(name))
    throw new SallyportError('BAD_INPUT', `${what} holds the name ${shown} twice in one object`)
  names?.add(name)
}

function endOfText(text: string, start: number): number {
  let at = start + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    let slashes = 0
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return quote + 1
    at = quote + 1
  }
}

function skipSpace(text: string, start: number): number {
  let at = start
  while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at++
  return at
}
