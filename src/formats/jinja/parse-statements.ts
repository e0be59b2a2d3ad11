import type { Expression, Parameter, Statement, Target } from './jinja-ast.ts'
import { parseExpression, parseFilter, parseTuple } from './parse-expression.ts'
import type { TokenCursor } from './token-cursor.ts'

/** Statements up to the end of the template. Grammar: parser.py of Jinja 3.1, and the tags that transformers adds. @throws JinjaBreak */
export function parseStatements(cursor: TokenCursor): Statement[] {
  const { body } = parseBody(cursor, [])
  return body
}

interface Body {
  readonly body: Statement[]
  /** The tag that ended it; its name was taken, the rest of the tag was not. */
  readonly end: string
}

/** Statements up to one of the tags named. */
function parseBody(cursor: TokenCursor, ends: readonly string[]): Body {
  return cursor.nest(() => {
    const body: Statement[] = []
    while (cursor.token !== undefined) {
      const { at } = cursor
      if (cursor.is('text')) {
        body.push({ kind: 'text', text: cursor.take().text, at })
      } else if (cursor.skip('begin', 'value')) {
        body.push({ kind: 'output', value: parseTuple(cursor), at })
        cursor.expect('end', 'value')
      } else {
        cursor.expect('begin', 'block')
        const tag = cursor.expect('name').text
        if (ends.includes(tag)) return { body, end: tag }
        body.push(parseTag(cursor, tag, at))
      }
    }
    if (ends.length > 0) throw cursor.broken(`${ends.join(' or ')} is missing`)
    return { body, end: '' }
  })
}

/** The statements of a block that `end…` closes. */
function parseClosed(cursor: TokenCursor, end: string): Statement[] {
  cursor.expect('end', 'block')
  const { body } = parseBody(cursor, [end])
  if (end === 'endblock' && cursor.is('name')) cursor.take()
  cursor.expect('end', 'block')
  return body
}

type TagParser = (cursor: TokenCursor, at: number, tag: string) => Statement

const TAGS: ReadonlyMap<string, TagParser> = new Map<string, TagParser>([
  ['for', parseFor],
  ['if', parseIf],
  ['set', parseSet],
  ['macro', parseMacro],
  ['call', parseCallBlock],
  ['filter', parseFilterBlock],
  ['with', parseWith],
  ['block', parseBlock],
  ['autoescape', parseAutoescape],
  ['generation', parseGeneration],
  ['print', parsePrint],
  ['do', parseDo],
  ['include', parseInclusion],
  ['import', parseInclusion],
  ['from', parseInclusion],
  ['extends', parseInclusion],
  ['break', parseJump],
  ['continue', parseJump],
])

function parseTag(cursor: TokenCursor, tag: string, at: number): Statement {
  const parse = TAGS.get(tag)
  if (parse !== undefined) return parse(cursor, at, tag)
  if (tag === 'else' || tag === 'elif' || (tag.startsWith('end') && TAGS.has(tag.slice(3))))
    throw cursor.broken(`the tag ${tag} closes nothing`)
  // A tag of an extension: what stands in it is its own affair, what stands behind it is not.
  while (!cursor.is('end')) cursor.take()
  cursor.take()
  return { kind: 'jump', at }
}

function parseFor(cursor: TokenCursor, at: number): Statement {
  const target = parseTarget(cursor, false)
  cursor.expect('name', 'in')
  const over = parseTuple(cursor, { hasChoice: false, endsAt: 'recursive' })
  const test = cursor.skip('name', 'if') ? parseExpression(cursor) : undefined
  cursor.skip('name', 'recursive')
  cursor.expect('end', 'block')
  const { body, end } = parseBody(cursor, ['endfor', 'else'])
  const otherwise = end === 'else' ? parseClosed(cursor, 'endfor') : []
  if (end === 'endfor') cursor.expect('end', 'block')
  return { kind: 'for', target, over, test, body, otherwise, at }
}

function parseIf(cursor: TokenCursor, at: number): Statement {
  // A chain of `elif` is read in a loop: some templates have dozens.
  const arms: { test: Expression; yes: Statement[]; at: number }[] = []
  let no: Statement[] = []
  let armAt = at
  for (;;) {
    const test = parseTuple(cursor, { hasChoice: false })
    cursor.expect('end', 'block')
    const { body, end } = parseBody(cursor, ['elif', 'else', 'endif'])
    arms.push({ test, yes: body, at: armAt })
    armAt = cursor.at
    if (end === 'elif') continue
    if (end === 'else') no = parseClosed(cursor, 'endif')
    else cursor.expect('end', 'block')
    break
  }
  return arms.reduceRight<Statement>(
    (rest, arm, i) => ({ kind: 'if', ...arm, no: i === arms.length - 1 ? no : [rest] }),
    { kind: 'jump', at },
  )
}

function parseSet(cursor: TokenCursor, at: number): Statement {
  const target = parseTarget(cursor, true)
  if (cursor.skip('sign', '=')) {
    const value = parseTuple(cursor)
    cursor.expect('end', 'block')
    return { kind: 'set', target, value, at }
  }
  const filter = cursor.is('sign', '|') ? parseFilter(cursor, undefined) : undefined
  return { kind: 'capture', target, filter, body: parseClosed(cursor, 'endset'), at }
}

/** Names with commas, in parentheses or without; with a dot for an attribute of a namespace. */
function parseTarget(cursor: TokenCursor, hasAttributes: boolean): Target {
  const targets: { name: string; attribute: string | undefined }[] = []
  const isClosed = cursor.skip('sign', '(')
  do {
    if (targets.length > 0 && !cursor.is('name')) break
    const name = cursor.expect('name').text
    const attribute = hasAttributes && cursor.skip('sign', '.') ? cursor.expect('name').text : undefined
    targets.push({ name, attribute })
  } while (cursor.skip('sign', ','))
  if (isClosed) cursor.expect('sign', ')')
  return targets
}

function parseParameters(cursor: TokenCursor): Parameter[] {
  const parameters: Parameter[] = []
  cursor.expect('sign', '(')
  while (!cursor.is('sign', ')')) {
    if (parameters.length > 0) cursor.expect('sign', ',')
    if (cursor.is('sign', ')')) break
    const name = cursor.expect('name').text
    parameters.push({ name, fallback: cursor.skip('sign', '=') ? parseExpression(cursor) : undefined })
  }
  cursor.expect('sign', ')')
  return parameters
}

function parseMacro(cursor: TokenCursor, at: number): Statement {
  const name = cursor.expect('name').text
  const parameters = parseParameters(cursor)
  return { kind: 'macro', name, parameters, body: parseClosed(cursor, 'endmacro'), at }
}

function parseCallBlock(cursor: TokenCursor, at: number): Statement {
  const parameters = cursor.is('sign', '(') ? parseParameters(cursor) : []
  const call = parseExpression(cursor)
  return { kind: 'call-block', parameters, call, body: parseClosed(cursor, 'endcall'), at }
}

function parseFilterBlock(cursor: TokenCursor, at: number): Statement {
  const filter = parseFilter(cursor, undefined, true)
  return { kind: 'filter-block', filter, body: parseClosed(cursor, 'endfilter'), at }
}

function parseWith(cursor: TokenCursor, at: number): Statement {
  const targets: (readonly [Target, Expression])[] = []
  while (!cursor.is('end')) {
    if (targets.length > 0) cursor.expect('sign', ',')
    const name = cursor.expect('name').text
    cursor.expect('sign', '=')
    targets.push([[{ name, attribute: undefined }], parseExpression(cursor)])
  }
  return { kind: 'with', targets, body: parseClosed(cursor, 'endwith'), at }
}

function parseBlock(cursor: TokenCursor, at: number): Statement {
  cursor.expect('name')
  while (cursor.skip('name', 'scoped') || cursor.skip('name', 'required'));
  return { kind: 'group', tag: 'block', value: undefined, body: parseClosed(cursor, 'endblock'), at }
}

function parseAutoescape(cursor: TokenCursor, at: number): Statement {
  const value = parseExpression(cursor)
  return { kind: 'group', tag: 'autoescape', value, body: parseClosed(cursor, 'endautoescape'), at }
}

function parseGeneration(cursor: TokenCursor, at: number): Statement {
  return {
    kind: 'group',
    tag: 'generation',
    value: undefined,
    body: parseClosed(cursor, 'endgeneration'),
    at,
  }
}

function parsePrint(cursor: TokenCursor, at: number): Statement {
  const value = parseTuple(cursor)
  cursor.expect('end', 'block')
  return { kind: 'output', value, at }
}

function parseDo(cursor: TokenCursor, at: number): Statement {
  const value = parseTuple(cursor)
  cursor.expect('end', 'block')
  return { kind: 'effect', value, at }
}

/** What follows the name of the other template (`as x`, `import a, b`, `ignore missing`) decides nothing here. */
function parseInclusion(cursor: TokenCursor, at: number, tag: string): Statement {
  const value = parseExpression(cursor)
  while (!cursor.is('end')) {
    if (!cursor.is('name') && !cursor.is('sign', ','))
      throw cursor.broken(`${tag} is not written as it should be`)
    cursor.take()
  }
  cursor.expect('end', 'block')
  return { kind: 'inclusion', tag, value, at }
}

function parseJump(cursor: TokenCursor, at: number): Statement {
  cursor.expect('end', 'block')
  return { kind: 'jump', at }
}
