import type { RArgument, RNode } from './r-node.ts'

const MAX_DEPTH = 12
const MAX_ITEMS = 24
const MAX_TEXT = 120
/** Characters of the whole: more does not help a person. */
const MAX_LENGTH = 600

const INFIX = /^(?:[-+*/^<>~?:=!]|<=|>=|==|!=|&&?|\|\|?|<-|<<-|->|%[^%]*%|\$|@|::|:::|:=|\|>)$/
const TIGHT = new Set(['$', '@', '::', ':::', ':', '^'])

/** Nodes that are written: an expression may refer to the same part again and again. */
const MAX_NODES = 300

/** How much more is written. */
interface Pen {
  readonly depth: number
  readonly left: { nodes: number }
}

/** R code of an expression, shortened: for messages, not for running. */
export function writeR(node: RNode): string {
  const text = write(node, { depth: 0, left: { nodes: MAX_NODES } })
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text
}

function write(node: RNode, pen: Pen): string {
  if (pen.depth > MAX_DEPTH || pen.left.nodes-- <= 0) return '…'
  switch (node.kind) {
    case 'symbol':
      return writeName(node.name)
    case 'text':
      return node.count === 1
        ? quoted(node.values[0] ?? '')
        : `c(${some(node.values.map(quoted), node.count)})`
    case 'number':
      return node.count === 1 ? (node.values[0] ?? '…') : `c(${some([...node.values], node.count)})`
    case 'call':
      return writeCall(node.items, pen)
    case 'pairs':
      return `pairlist(${writeArguments(node.items, pen)})`
    case 'list':
      return `${node.isExpression ? 'expression' : 'list'}(${some(
        node.items.slice(0, MAX_ITEMS).map((item) => write(item, deeper(pen))),
        node.count,
      )})`
    case 'closure':
      return `function(${node.formals.kind === 'pairs' ? formals(node.formals.items, pen) : ''}) ${write(node.body, deeper(pen))}`
    case 'bytecode':
      return node.constants[0] === undefined ? '<bytecode>' : write(node.constants[0], deeper(pen))
    case 'promise':
      return write(node.code, deeper(pen))
    default:
      return writeOther(node)
  }
}

function writeOther(node: RNode): string {
  if (node.kind === 'builtin') return node.name
  if (node.kind === 'namespace') return `<namespace:${node.name}>`
  if (node.kind === 'environment') return '<environment>'
  if (node.kind === 'special')
    return node.name === 'null' ? 'NULL' : node.name === 'missing' ? '' : `<${node.name}>`
  return '<object>'
}

function writeCall(items: readonly RArgument[], pen: Pen): string {
  const [callee, ...rest] = items
  const name = callee?.value.kind === 'symbol' ? callee.value.name : undefined
  if (callee === undefined) return '<call>'
  if (name === '{')
    return `{ ${rest
      .slice(0, MAX_ITEMS)
      .map(({ value }) => write(value, deeper(pen)))
      .join('; ')} }`
  if (name === '(' && rest.length === 1) return `(${writeArguments(rest, pen)})`
  if ((name === '[' || name === '[[') && rest.length > 0) return writeIndex(name, rest, pen)
  if (name === 'function')
    return `function(${writeFormals(rest[0], pen)}) ${rest[1] === undefined ? '' : write(rest[1].value, deeper(pen))}`
  if (name !== undefined && INFIX.test(name) && rest.length <= 2 && rest.length > 0)
    return writeInfix(name, rest, pen)
  const head = write(callee.value, deeper(pen))
  return `${callee.value.kind === 'closure' ? `(${head})` : head}(${writeArguments(rest, pen)})`
}

function writeFormals(first: RArgument | undefined, pen: Pen): string {
  return first?.value.kind === 'pairs' ? formals(first.value.items, pen) : ''
}

function writeIndex(name: string, rest: readonly RArgument[], pen: Pen): string {
  const [object, ...indices] = rest
  const close = name === '[' ? ']' : ']]'
  return `${object === undefined ? '' : write(object.value, deeper(pen))}${name}${writeArguments(indices, pen)}${close}`
}

function writeInfix(name: string, rest: readonly RArgument[], pen: Pen): string {
  const parts = rest.map(({ value }) => write(value, deeper(pen)))
  if (parts.length === 1) return `${name}${parts[0]}`
  return parts.join(TIGHT.has(name) ? name : ` ${name} `)
}

function writeArguments(items: readonly RArgument[], pen: Pen): string {
  const shown = items.slice(0, MAX_ITEMS).map(({ name, value }) => {
    const text = write(value, deeper(pen))
    return name === undefined ? text : `${writeName(name)} = ${text}`
  })
  return some(shown, items.length)
}

/** `x, n = 3`: a formal without default has only its name. */
function formals(items: readonly RArgument[], pen: Pen): string {
  const shown = items.slice(0, MAX_ITEMS).map(({ name, value }) => {
    const isBare = value.kind === 'special' && value.name === 'missing'
    return isBare ? (name ?? '') : `${name ?? ''} = ${write(value, deeper(pen))}`
  })
  return some(shown, items.length)
}

function some(shown: string[], count: number): string {
  return count > shown.length ? [...shown, '…'].join(', ') : shown.join(', ')
}

function writeName(name: string): string {
  return /^[\p{L}.][\p{L}\p{N}._]*$/u.test(name) || name === '' ? name : `\`${name.slice(0, MAX_TEXT)}\``
}

function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)
}

function deeper(pen: Pen): Pen {
  return { ...pen, depth: pen.depth + 1 }
}
