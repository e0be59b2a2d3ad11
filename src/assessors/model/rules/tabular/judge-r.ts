import lists from '../../../../../catalog/rules-metadata/r-functions.json' with { type: 'json' }
import { callsIn, type RArgument, type RCall, type RNode, writeR } from '../../../../formats/rdata/index.ts'

const EXECUTE = new Set(lists.execute)
const QUALIFIED = new Set(lists.qualified)
const WRITE = new Set(lists.write)
const EVALUATE = new Set(lists.evaluate)
const PARSE = new Set(lists.parse)
const LOOKUP = new Set(lists.lookup)
/** Where the function stands among the arguments of a function that calls it. */
const FUNCTION_SLOT: Readonly<Record<string, number>> = lists.apply
/** Functions that act, under another name from then on. */
const ALIASED = new Set(lists.aliased)
const ASSIGN = new Set(['<-', '<<-', '=', 'assign'])
/** Calls of compiled code; those of packages name it by a symbol of their own, not by the name of a function of C. */
const FOREIGN = new Set(['.C', '.Call', '.External', '.External2', '.Fortran', '.Internal'])
const STARTUP = new Set(lists.startup)
const MASKED = new Set(lists.masked)
const GENERICS = lists.generics
const ALTREP_PACKAGES = new Set(lists.altrepPackages)

/** What the worst call of an expression does. `hidden`: its name is put together. `opaque`: it runs text that stands elsewhere. */
export type RDeed = 'execute' | 'hidden' | 'write' | 'opaque'

/** Worst first. */
const DEEDS: readonly RDeed[] = ['execute', 'hidden', 'write', 'opaque']

export interface RAct {
  readonly deed: RDeed
  readonly name: string
  /** The call as R code. */
  readonly call: string
}

/** Names of R functions in text that is parsed and run. */
const NAMED_IN_TEXT = new RegExp(
  `(?:^|[^\\w.])(${lists.execute.map((name) => name.replaceAll('.', '\\.')).join('|')})\\s*\\(`,
)

/** What was found of an expression, since several rules ask for the same one. */
const KNOWN = { enter: new WeakMap<RNode, RAct | 'none'>(), skip: new WeakMap<RNode, RAct | 'none'>() }

/** The worst that an expression does when it runs, or undefined when nothing in it acts on the machine. */
export function worstAct(code: RNode, closures: 'enter' | 'skip'): RAct | undefined {
  const known = KNOWN[closures].get(code)
  if (known !== undefined) return known === 'none' ? undefined : known
  const act = findWorst(code, closures)
  KNOWN[closures].set(code, act ?? 'none')
  return act
}

function findWorst(code: RNode, closures: 'enter' | 'skip'): RAct | undefined {
  const { calls, compiledNames } = callsIn(code, { closures })
  let worst: RAct | undefined
  for (const call of calls) {
    const act = actOf(call)
    if (act !== undefined && (worst === undefined || DEEDS.indexOf(act.deed) < DEEDS.indexOf(worst.deed)))
      worst = act
    if (worst?.deed === 'execute') return worst
  }
  if (worst?.deed === 'hidden') return worst
  // The instructions of compiled code may call what no call of its source shows.
  const compiled = compiledNames.find((name) => EXECUTE.has(name))
  return compiled === undefined ? worst : { deed: 'execute', name: compiled, call: `${compiled}(…)` }
}

/** Whether an expression calls anything at all. */
export function callsAnything(code: RNode): boolean {
  return code.kind === 'bytecode' || callsIn(code, { closures: 'skip' }).calls.length > 0
}

/** A function that R runs by itself in a workspace of this name. */
export function isStartup(name: string): boolean {
  return STARTUP.has(name)
}

/** A function that plain use of a workspace calls: a method of a generic, or one that hides a function of R. */
export function isReached(name: string): boolean {
  return MASKED.has(name) || GENERICS.some((generic) => name.startsWith(`${generic}.`))
}

export function isKnownAltrepPackage(name: string): boolean {
  return ALTREP_PACKAGES.has(name)
}

function actOf(call: RCall): RAct | undefined {
  const [callee, ...rest] = call.items
  if (callee === undefined) return undefined
  const args = rest.map(({ value }) => value)
  const name = nameOf(callee.value)
  const text = (): string => writeR(call)
  if (name === undefined)
    return hidesCallee(callee.value) ? { deed: 'hidden', name: 'a computed name', call: text() } : undefined
  const bare = bareName(name)
  const foreign = FOREIGN.has(bare) && args[0] !== undefined ? foldText(args[0]) : undefined
  if (EXECUTE.has(foreign ?? bare) || QUALIFIED.has(name)) return { deed: 'execute', name, call: text() }
  if (Object.hasOwn(FUNCTION_SLOT, bare)) return appliedAct(rest, FUNCTION_SLOT[bare] ?? 0, text)
  if (EVALUATE.has(bare)) return evaluatedAct(args, text)
  if (namesAlias(bare, args)) return { deed: 'execute', name: 'a function under another name', call: text() }
  if (!changesFiles(bare, rest)) return undefined
  const isPlanted = args.some((arg) => isStartPath(foldText(arg)))
  return { deed: isPlanted ? 'execute' : 'write', name, call: text() }
}

/** Files that a login, a shell, R or a scheduler runs or trusts: who writes them runs programs, only later. */
function isStartPath(path: string | undefined): boolean {
  return (
    path !== undefined &&
    /(?:^|\/)\.(?:Rprofile|Renviron|bashrc|bash_profile|profile|zshrc|ssh\/)|^\/etc\/|crontab|authorized_keys/.test(
      path,
    )
  )
}

/** `f <- system`, `as.name("system")`: the function is handed on. */
function namesAlias(bare: string, args: readonly RNode[]): boolean {
  const [first, second] = args
  if (ASSIGN.has(bare)) return second?.kind === 'symbol' && ALIASED.has(second.name)
  return LOOKUP.has(bare) && first !== undefined && ALIASED.has(foldText(first) ?? '')
}

/** Changes files, or loads objects from the network, which may run code in turn. */
function changesFiles(bare: string, rest: readonly RArgument[]): boolean {
  if (WRITE.has(bare)) return true
  if (bare === 'cat') return rest.some((item) => item.name === 'file')
  if (!['load', 'readRDS', 'unserialize', 'attach'].includes(bare)) return false
  return rest.some(
    ({ value }) =>
      value.kind === 'call' && ['url', 'gzcon'].includes(bareName(nameOf(value.items[0]?.value) ?? '')),
  )
}

/** `do.call("system", …)`, `lapply(x, system)`: the function stands among the arguments. */
function appliedAct(args: readonly RArgument[], slot: number, text: () => string): RAct | undefined {
  const arg = (args.find(({ name }) => name === 'FUN' || name === 'what' || name === 'f') ?? args[slot])
    ?.value
  if (arg === undefined) return undefined
  const name = nameOf(arg)
  if (name !== undefined && EXECUTE.has(bareName(name))) return { deed: 'execute', name, call: text() }
  if (hidesCallee(arg) || (arg.kind === 'call' && name === undefined && isPutTogether(arg)))
    return { deed: 'hidden', name: 'a computed name', call: text() }
  const folded = foldText(arg)
  return folded !== undefined && EXECUTE.has(bareName(folded))
    ? { deed: 'execute', name: folded, call: text() }
    : undefined
}

function bareName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1)
}

/** `eval(parse(text = …))`: known when the text is, hidden when it is put together. */
function evaluatedAct(args: readonly RNode[], text: () => string): RAct | undefined {
  for (const arg of args) {
    const source = parsedText(arg)
    if (source === undefined) continue
    const folded = foldText(source)
    const found = folded === undefined ? undefined : NAMED_IN_TEXT.exec(folded)?.[1]
    if (found !== undefined) return { deed: 'execute', name: found, call: text() }
    if (folded !== undefined) continue
    return isPutTogether(source)
      ? { deed: 'hidden', name: 'text put together from numbers', call: text() }
      : { deed: 'opaque', name: 'text that stands elsewhere', call: text() }
  }
  return undefined
}

/** What `parse(text = …)` parses. */
function parsedText(node: RNode): RNode | undefined {
  if (node.kind !== 'call' || !PARSE.has(bareName(nameOf(node.items[0]?.value) ?? ''))) return undefined
  return (node.items.find(({ name }) => name === 'text') ?? node.items[1])?.value
}

/** Whether the callee is looked up by a name that is computed and not readable. */
function hidesCallee(callee: RNode): boolean {
  if (callee.kind !== 'call') return false
  const [head, ...rest] = callee.items
  if (!LOOKUP.has(nameOf(head?.value) ?? '')) return false
  return rest[0] !== undefined && foldText(rest[0].value) === undefined && isPutTogether(rest[0].value)
}

/** Text made by functions that turn numbers or rearranged letters into text: nobody writes a name like that in earnest. */
function isPutTogether(node: RNode): boolean {
  return callsIn(node, { closures: 'skip', maxNodes: MAX_FOLDED }).calls.some((call) =>
    [
      'rawToChar',
      'intToUtf8',
      'chartr',
      'rev',
      'strtoi',
      'base64decode',
      'base64_dec',
      'as.hexmode',
      'utf8ToInt',
      'bitwXor',
      'decode',
      'memDecompress',
    ].includes(nameOf(call.items[0]?.value) ?? ''),
  )
}

/** The name that a callee stands for: a symbol, a text, `pkg::name`, `(name)`, `get("na" …)`. */
function nameOf(node: RNode | undefined, depth = 0): string | undefined {
  if (node === undefined || depth > 8) return undefined
  if (node.kind === 'symbol' || node.kind === 'builtin') return node.name
  if (node.kind === 'text') return node.values[0]
  return node.kind === 'call' ? computedName(node, depth) : undefined
}

function computedName(call: RCall, depth: number): string | undefined {
  const [head, first, second] = call.items
  const name = plainName(call)
  if (head === undefined || first === undefined) return undefined
  if (name === '(') return nameOf(first.value, depth + 1)
  if (name === '::' || name === ':::') {
    const inner = nameOf(second?.value, depth + 1)
    return inner === undefined ? undefined : `${nameOf(first.value, depth + 1) ?? ''}::${inner}`
  }
  if (['$', '[[', '@'].includes(name)) return memberName(second?.value)
  const looked = nameOf(head.value, depth + 1)
  return looked !== undefined && LOOKUP.has(bareName(looked)) ? foldText(first.value) : undefined
}

/** `baseenv()$system`: what an object calls its own methods is its own affair, these names apart. */
function memberName(node: RNode | undefined): string | undefined {
  const name = node?.kind === 'symbol' ? node.name : node?.kind === 'text' ? node.values[0] : undefined
  return name !== undefined && ALIASED.has(name) ? name : undefined
}

/** Nodes that are folded for one text: parts may be shared, and then the whole is larger than the file. */
const MAX_FOLDED = 500

interface Fuel {
  left: number
}

/** The text of `"a"`, `paste0("a", "b")`, `rawToChar(as.raw(c(…)))`, `intToUtf8(c(…))`; undefined for anything else. */
function foldText(node: RNode, fuel: Fuel = { left: MAX_FOLDED }): string | undefined {
  if (fuel.left-- <= 0) return undefined
  if (node.kind === 'text') return node.count === 1 ? node.values[0] : node.values.join('\n')
  if (node.kind !== 'call') return undefined
  const name = plainName(node)
  const args = node.items.slice(1)
  const [first] = args
  if (first === undefined) return undefined
  if (name === '(') return foldText(first.value, fuel)
  if (name === 'rawToChar' || name === 'intToUtf8') return foldCodes(first.value, fuel)
  return name === 'paste0' || name === 'paste' ? foldPaste(name, args, fuel) : undefined
}

function plainName({ items }: RCall): string {
  return items[0]?.value.kind === 'symbol' ? items[0].value.name : ''
}

function foldPaste(name: string, args: readonly RArgument[], fuel: Fuel): string | undefined {
  const separator = args.find((arg) => arg.name === 'sep' || arg.name === 'collapse')
  const parts = args.filter((arg) => arg.name === undefined).map(({ value }) => foldText(value, fuel))
  if (parts.includes(undefined)) return undefined
  const standard = name === 'paste' ? ' ' : ''
  return parts.join(separator === undefined ? standard : (foldText(separator.value, fuel) ?? ''))
}

/** Character codes in `c(…)`, `as.raw(…)`, `as.integer(…)`. */
function foldCodes(node: RNode, fuel: Fuel): string | undefined {
  const codes = codesOf(node, fuel)
  return codes === undefined || codes.some((code) => !Number.isInteger(code) || code < 0 || code > 0x10ffff)
    ? undefined
    : String.fromCodePoint(...codes)
}

function codesOf(node: RNode, fuel: Fuel): number[] | undefined {
  if (fuel.left-- <= 0) return undefined
  if (node.kind === 'number') return node.values.length === node.count ? node.values.map(Number) : undefined
  if (node.kind !== 'call') return undefined
  const name = plainName(node)
  if (!['c', 'as.raw', 'as.integer', '('].includes(name)) return undefined
  const parts = node.items.slice(1).map(({ value }) => codesOf(value, fuel))
  return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? [])
}
