import type { Value } from '../../formats/pickle/index.ts'
import type { ImportPolicy } from './import-policy.ts'
import { type PythonToken, pythonTokens } from './python-tokens.ts'
import { isReachingName } from './reaching-names.ts'

/**
 * What the code of a graph of torch.fx is, which its loader runs and then traces (torch/fx/graph_module.py).
 *
 * - `ordinary`: lines as torch.fx writes them, of submodules, tensors and functions that only compute.
 * - `own`: it goes beyond that. - `acting`: it names what runs code, starts programs or reaches into the interpreter.
 */
export type GraphCode = 'ordinary' | 'own' | 'acting'

/** Words of the statements and values that torch.fx writes. */
const WORDS = new Set(['def', 'return', 'None', 'True', 'False', 'and', 'or', 'not', 'in', 'is', 'Ellipsis'])
/** Functions and types of Python that graphs call, none of which calls what it is given. */
const BUILTINS = new Set(
  'slice range tuple list dict set float int bool str len max min sum abs getattr'.split(' '),
)
/** Packages whose functions only record or compute when a graph is traced. */
const COMPUTING = new Set(['torch', 'torchvision', 'torchaudio', 'einops', 'math', 'operator', '_operator'])
/** Operators of PyTorch's own libraries, as exported graphs call them. */
const OPERATOR =
  /^torch\.ops\.(?:aten|prims|prim|quantized|quantized_decomposed|torchvision)\.[a-z_]\w*(?:\.\w+)?$/
/** What torch.fx itself puts around a graph to take its inputs apart. */
const OWN_CALLS =
  /^torch\.(?:fx\.(?:_symbolic_trace\.)?wrap|(?:fx|utils)\._pytree\.tree_(?:flatten|unflatten|flatten_spec))$/
const OWN_MODULE = /^torch(?:\.(?:fx|utils)\._pytree)?$|^(?:math|operator|_operator)$/

/** Newer versions import what Python has anyway. */
const BUILTIN_IMPORT = /^from builtins import (\w+) as \1$/gm
const IMPORT_MODULE = /^import ([\w.]+)(?: as (\w+))?$/
const IMPORT_NAME = /^from ([\w.]+) import (\w+)(?: as (\w+))?$/

/** Judges a call that makes a graph of code in the file; undefined for every other call. */
export function graphCodeOf(
  policy: ImportPolicy,
  { callee, args }: Value & { kind: 'call' },
): GraphCode | undefined {
  if (callee.kind !== 'global' || callee.module !== 'torch.fx.graph_module') return undefined
  if (callee.name !== 'reduce_graph_module' || args.kind !== 'tuple') return undefined
  const [body, imports] = args.items
  if (body?.kind !== 'dict' || body.count !== body.entries.length) return 'own'
  if (
    body.entries.some(
      ([key, value]) => key.kind !== 'str' || (value.kind === 'global' && key.text !== '_tracer_cls'),
    )
  )
    return 'own'
  // Older versions call it `code`.
  const codes = body.entries.filter(([key]) => key.kind === 'str' && /^_?code$/.test(key.text))
  const importText = wholeText(imports)?.replace(BUILTIN_IMPORT, (line, name) =>
    BUILTINS.has(name) ? '' : line,
  )
  const codeTexts = codes.map(([, code]) => wholeText(code))
  const texts = [importText, ...codeTexts]
  if (texts.some((text) => text !== undefined && isActing(policy, text))) return 'acting'
  const names = importText === undefined ? undefined : namesOfImports(policy, importText)
  if (names === undefined || codeTexts.length === 0) return 'own'
  const isOrdinary = codeTexts.every((text) => text !== undefined && isOrdinaryCode(policy, text, names))
  return isOrdinary ? 'ordinary' : 'own'
}

function wholeText(value: Value | undefined): string | undefined {
  return value?.kind === 'str' && !value.cut ? value.text : undefined
}

/** Any word that no graph has, whether it stands in the code or in a string: names may be put together at run time. */
function isActing(policy: ImportPolicy, text: string): boolean {
  const words = text.match(/[A-Za-z_]\w*/g) ?? []
  return words.some((word) => policy.isAttackName(word) || isReachingName(word) || BAD_WORD.test(word))
}

/** Special names, and modules that act whatever is read of them. */
const BAD_WORD =
  /^__\w+__$|^(?:os|sys|subprocess|builtins|importlib|pickle|shutil|open|compile|globals|locals|vars)$/

/** Local name → path that it stands for. */
type Names = ReadonlyMap<string, string>

/** What the lines in front of a graph import; undefined when one imports what is not known to compute. */
function namesOfImports(policy: ImportPolicy, text: string): Names | undefined {
  const names = new Map([['torch', 'torch']])
  for (const line of text.split('\n').map((one) => one.trim())) {
    if (line === '' || line === 'NoneType = type(None)') continue
    const [, module = '', as] = IMPORT_MODULE.exec(line) ?? []
    const [, from = '', name = '', alias = name] = IMPORT_NAME.exec(line) ?? []
    if (OWN_MODULE.test(module)) names.set(as ?? module, module)
    else if (from !== '' && isComputing(policy, `${from}.${name}`)) names.set(alias, `${from}.${name}`)
    else return undefined
  }
  return names
}

function isComputing(policy: ImportPolicy, path: string, isCalled = true): boolean {
  if (OPERATOR.test(path) || OWN_CALLS.test(path)) return true
  const end = path.lastIndexOf('.')
  const module = path.slice(0, end)
  const role = policy.roleOf(module, path.slice(end + 1))
  if (role === 'callable' || role === 'class')
    return module !== 'builtins' || BUILTINS.has(path.slice(end + 1))
  return isCalled && role === 'value' && COMPUTING.has(module.split('.', 1)[0] ?? '')
}

function isOrdinaryCode(policy: ImportPolicy, text: string, imported: Names): boolean {
  const tokens = pythonTokens(text)
  if (tokens === undefined) return false
  const locals = localsOf(tokens)
  if (locals === undefined) return false
  const taken = [...locals].some((name) => imported.has(name) || BUILTINS.has(name))
  if (taken || handsTextToMembers(tokens)) return false
  return tokens.every((token, i) => {
    if (token.kind === 'text') return !policy.isActingMethod(token.text)
    if (token.kind !== 'name') return true
    const before = tokens[i - 1]?.text
    if (before === '.' && tokens[i - 1]?.kind === 'mark') return !policy.isActingMethod(token.text)
    return isKnownRoot(policy, { tokens, i, locals, imported })
  })
}

interface RootPlace {
  readonly tokens: readonly PythonToken[]
  readonly i: number
  readonly locals: ReadonlySet<string>
  readonly imported: Names
}

/** A name that begins a path: a word, a local, a parameter that is named, or something imported that computes. */
function isKnownRoot(policy: ImportPolicy, { tokens, i, locals, imported }: RootPlace): boolean {
  const name = tokens[i]?.text ?? ''
  if (name === 'getattr') return isMemberRead(tokens, i, locals)
  if (WORDS.has(name) || BUILTINS.has(name) || locals.has(name) || name === 'self') return true
  const before = tokens[i - 1]
  if (before?.kind === 'name' && before.text === 'def') return name === 'forward'
  if (tokens[i + 1]?.text === '=' && (before?.text === '(' || before?.text === ',')) return true
  if (name === 'NoneType') return true
  const path = imported.get(name)
  if (path === undefined) return false
  const attributes = attributesAt(tokens, i + 1)
  // A module that is kept under another name would be out of sight.
  const isCalled = tokens[i + 1 + 2 * attributes.length]?.text === '('
  return isComputing(policy, [path, ...attributes].join('.'), isCalled)
}

/** `getattr(self.layer1, "0")`, which torch.fx writes where the name of a member is a number. */
function isMemberRead(tokens: readonly PythonToken[], i: number, locals: ReadonlySet<string>): boolean {
  const of = tokens[i + 2]
  if (tokens[i + 1]?.text !== '(' || of?.kind !== 'name') return false
  return of.text === 'self' || of.text === 'getattr' || locals.has(of.text)
}

/** Whether text is given to a member of the model: what that is, and what it does with a path or address, is not known here. */
function handsTextToMembers(tokens: readonly PythonToken[]): boolean {
  const roots: string[] = []
  return tokens.some((token, i) => {
    if (token.kind === 'text') return roots.at(-1) === 'self'
    if (token.kind !== 'mark') return false
    if (token.text === '(') roots.push(rootBefore(tokens, i))
    else if (token.text === ')') roots.pop()
    return false
  })
}

/** The first name of the path that is called; `self` for the outcome of another call. */
function rootBefore(tokens: readonly PythonToken[], open: number): string {
  let i = open - 1
  while (tokens[i]?.kind === 'name' && tokens[i - 1]?.text === '.') i -= 2
  const first = tokens[i]
  if (first?.kind === 'name') return WORDS.has(first.text) ? '' : first.text
  return first?.text === ')' || first?.text === ']' ? 'self' : ''
}

function attributesAt(tokens: readonly PythonToken[], start: number): string[] {
  const names: string[] = []
  for (let i = start; tokens[i]?.text === '.' && tokens[i + 1]?.kind === 'name'; i += 2)
    names.push(tokens[i + 1]?.text ?? '')
  return names
}

const OPENING = new Set(['(', '[', '{'])
const CLOSING = new Set([')', ']', '}'])

/** Names that the code gives values to, parameters among them; undefined when it changes something else. */
function localsOf(tokens: readonly PythonToken[]): Set<string> | undefined {
  const locals = new Set<string>()
  for (const statement of statementsOf(tokens)) {
    const names = statement[0]?.token.text === 'def' ? parametersOf(statement) : targetsOf(statement)
    if (names === undefined) return undefined
    for (const name of names) locals.add(name)
  }
  locals.delete('self')
  return locals
}

function parametersOf(header: readonly Placed[]): string[] {
  return header
    .filter(({ token, depth }, i) => {
      const before = header[i - 1]?.token.text ?? ''
      return token.kind === 'name' && depth === 1 && ['(', ',', '*'].includes(before)
    })
    .map(({ token }) => token.text)
}

function targetsOf(statement: readonly Placed[]): string[] | undefined {
  // A decorator is called.
  if (statement[0]?.token.text === '@') return undefined
  const end = statement.findLastIndex(
    ({ token, depth }) => depth === 0 && token.text === '=' && token.kind === 'mark',
  )
  const targets = statement.slice(0, Math.max(0, end)).flatMap(({ token, depth }, i) => {
    const before = statement[i - 1]?.token.text ?? '='
    const isTarget = token.kind === 'name' && depth === 0 && (before === ',' || before === '=')
    return isTarget ? [{ name: token.text, after: statement[i + 1]?.token.text ?? '' }] : []
  })
  return targets.every(({ after }) => TARGET_ENDS.has(after)) ? targets.map(({ name }) => name) : undefined
}

/** What follows a plain name that gets a value. */
const TARGET_ENDS = new Set([',', '=', ':'])

interface Placed {
  readonly token: PythonToken
  /** Brackets around it. */
  readonly depth: number
}

function statementsOf(tokens: readonly PythonToken[]): Placed[][] {
  const statements: Placed[][] = [[]]
  let depth = 0
  for (const token of tokens) {
    if (token.kind === 'mark' && CLOSING.has(token.text)) depth -= 1
    if (token.kind === 'end' && depth === 0) statements.push([])
    else statements.at(-1)?.push({ token, depth })
    if (token.kind === 'mark' && OPENING.has(token.text)) depth += 1
  }
  return statements
}
