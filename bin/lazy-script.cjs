'use strict'
// Makes one script of the modules that the bundler wrote one by one (CommonJS, `preserveModules`). A module runs when one of
// its names is first used, not when it is imported: a scan of one pickle then sets up a fraction of them (ADR 0012).
// This holds because nothing in src/ works at import time (STYLE.md, rule 8).
const { posix } = require('node:path')
const { writeLate } = require('./late-modules.cjs')

/** `const NAME=require("FROM")` or `require("FROM")`: `{ start, end, name, from }`, or undefined. */
function importOf(statement) {
  const declaration = statement.type === 'VariableDeclaration' ? statement.declarations[0] : undefined
  const call = declaration?.init ?? statement.expression
  if (call?.type !== 'CallExpression' || call.callee.name !== 'require') return undefined
  const { start, end } = statement
  return { start, end, name: declaration?.id.name, from: call.arguments[0]?.value }
}

/** Whether a word only names a property, as `b` in `a.b` or `{ b: 1 }`. */
function isProperty(key, parent) {
  if (key === 'property') return parent.type === 'MemberExpression' && !parent.computed
  return key === 'key' && !parent.computed
}

/** Every node right below a node, with the field that it stands in. */
function* childrenOf(node) {
  for (const [key, value] of Object.entries(node))
    for (const child of Array.isArray(value) ? value : [value])
      if (child !== null && typeof child === 'object') yield [key, child]
}

/** Every identifier below a node that stands for a value; `isMade` when `new` makes one of what it leads to. */
function* identifiersOf(node, isMade = false) {
  for (const [key, child] of childrenOf(node)) {
    const made = key === 'callee' ? node.type === 'NewExpression' : isMade && key === 'object'
    if (child.type !== 'Identifier') yield* identifiersOf(child, made)
    else if (!isProperty(key, node) || node.shorthand) yield { ...child, isMade: made, parent: node }
  }
}

/** Every `require("FROM")` that stands in an expression, as a late import leaves it. */
function* callsOf(node) {
  for (const [, child] of childrenOf(node)) {
    if (child.type === 'CallExpression' && child.callee.name === 'require') yield child
    yield* callsOf(child)
  }
}

/** A use of an imported module becomes a call. `new a().B()` would make an `a`: there the call stands in brackets. */
function useAsCall({ name, start, end, isMade, parent }) {
  if (parent.type !== 'MemberExpression' && parent.type !== 'CallExpression')
    throw new Error(`a module is handed on as a whole: ${name}`)
  return { start, end, text: isMade ? `(${name}())` : `${name}()` }
}

/** The edits that make the modules imported by one module run late, and which those are. `numberOf` knows ours. */
function editsOf(program, numberOf) {
  const ours = program.body
    .flatMap((statement) => importOf(statement) ?? [])
    .flatMap((one) => (numberOf(one.from) === undefined ? [] : [{ ...one, number: numberOf(one.from) }]))
  const names = new Set(ours.flatMap(({ name }) => name ?? []))
  const starts = new Set(ours.map(({ start }) => start))
  const others = program.body.filter(({ start }) => !starts.has(start))
  const edits = [
    ...ours.map(({ start, end, name, number }) => ({
      start,
      end,
      text: name === undefined ? '' : `let ${name}_;const ${name}=()=>${name}_??=make(${number});`,
    })),
    ...[...identifiersOf({ others })].filter(({ name }) => names.has(name)).map(useAsCall),
    ...[...callsOf({ others })]
      .map(({ start, end, arguments: given }) => ({ start, end, number: numberOf(given[0]?.value) }))
      .filter(({ number }) => number !== undefined)
      .map(({ start, end, number }) => ({ start, end, text: `make(${number})` })),
  ].sort((a, b) => b.start - a.start)
  return { edits, imported: ours.map(({ number }) => number) }
}

/** Numbers of the modules that the first one imports, and those import, other than late. */
function reachedFirst(importsOf) {
  const reached = new Set([0])
  for (const i of reached) for (const next of importsOf[i]) reached.add(next)
  return reached
}

const WHEN_ASKED = `const whenAsked=(id)=>{let loaded;return new Proxy({},{get:(_,key)=>(loaded??=require(id))[key]})};`
const RUNTIME = `'use strict';const made=[];const make=(i)=>{const found=made[i];if(found!==undefined)return found;const fresh={};made[i]=fresh;(modules[i]??later(i))(fresh);return fresh};`

const READ_LATER = (file) =>
  `let late;const later=(i)=>(late??=require(__dirname+"/../bin/late-modules.cjs").lateModules(__dirname+"/${file}",{make,whenAsked,require}))(i);`

/** Modules of Node and of npm take milliseconds to load, and most runs need few of them. One that is taken as a whole is loaded at once. */
const OTHERS = /\blet (\w+) ?= ?require\([`"']([\w:@./-]+)[`"']\);(?!\1=)/g

/** The same script in ASCII, which is read without decoding it and takes half the memory of what is not. */
function inAscii(text) {
  if (/String\.raw`[^`]*[^\0-\x7f]/.test(text)) throw new Error('String.raw with a character beyond ASCII')
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The text of a module as a function, and the numbers of those that it imports. */
function readModule({ fileName, code: given }, numbers, parseAst) {
  const code = given.replace(OTHERS, (all, name, id) =>
    id.startsWith('.') ? all : `const ${name}=whenAsked("${id}");`,
  )
  const numberOf = (from) =>
    typeof from === 'string' ? numbers.get(posix.join(posix.dirname(fileName), from)) : undefined
  const { edits, imported } = editsOf(parseAst(code, { lang: 'js' }, fileName), numberOf)
  const text = edits.reduce((all, one) => all.slice(0, one.start) + one.text + all.slice(one.end), code)
  return { text: `(exports)=>{${text}\n}`, imported }
}

/**
 * The text of a script that exports what the first of the chunks exports, and of a second one with the modules that it only
 * imports late; without such modules there is no second.
 * @param chunks `{ fileName, code }` as the bundler wrote them
 * @param parseAst the bundler's parser
 * @param laterFile the name of the second, beside the first
 */
function lazyScripts(chunks, parseAst, laterFile) {
  const numbers = new Map(chunks.map(({ fileName }, i) => [fileName, i]))
  const read = chunks.map((chunk) => readModule(chunk, numbers, parseAst))
  const isFirst = reachedFirst(read.map(({ imported }) => imported))
  const firstOnes = read.flatMap(({ text }, i) => (isFirst.has(i) ? [`${i}:${text}`] : []))
  const laterOnes = read.flatMap(({ text }, i) =>
    isFirst.has(i) ? [] : [{ number: i, text: inAscii(text) }],
  )
  const isSplit = laterOnes.length > 0
  const head = `${WHEN_ASKED}${RUNTIME}${isSplit ? READ_LATER(laterFile) : ''}`
  return {
    first: inAscii(`${head}const modules={${firstOnes.join(',\n')}};Object.assign(exports,make(0))\n`),
    ...(isSplit && { later: writeLate(laterOnes) }),
  }
}

module.exports = { lazyScripts }
