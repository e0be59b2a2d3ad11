import type { Random } from './mutate.ts'

type Kind = 'str' | 'int' | 'bytes' | 'none' | 'tuple' | 'list' | 'dict' | 'set' | 'global' | 'object'

/** What the stack holds while a stream is made; `mark` is a MARK. */
interface State {
  readonly stack: (Kind | 'mark')[]
  memo: number
  text: string
}

const NAMES: readonly (readonly [string, string])[] = [
  ['os', 'system'],
  ['posix', 'system'],
  ['builtins', 'eval'],
  ['builtins', 'getattr'],
  ['builtins', 'str.join'],
  ['builtins', 'list'],
  ['builtins', 'map'],
  ['builtins', 'chr'],
  ['__builtin__', 'map'],
  ['itertools', 'imap'],
  ['operator', 'concat'],
  ['operator', 'attrgetter'],
  ['operator', 'methodcaller'],
  ['functools', 'partial'],
  ['functools', 'reduce'],
  ['collections', 'OrderedDict'],
  ['copy_reg', '_reconstructor'],
  ['_codecs', 'encode'],
  ['torch', 'os.system'],
  ['acme.nets', 'Block'],
]

const byte = (value: number): string => String.fromCharCode(value & 0xff)
const four = (value: number): string =>
  byte(value) + byte(value >>> 8) + byte(value >>> 16) + byte(value >>> 24)

type Step = readonly [text: string, ...kinds: Kind[]]

/** Opcodes that push one value, in every way that protocols 0 to 5 have. */
function literal(random: Random): Step {
  const [module, name] = NAMES[random(NAMES.length)] ?? ['os', 'system']
  const word = random(2) === 0 ? module : name
  const ways: readonly Step[] = [
    [`\x8c${byte(word.length)}${word}`, 'str'],
    [`X${four(word.length)}${word}`, 'str'],
    [`\x8d${four(word.length)}\0\0\0\0${word}`, 'str'],
    [`V${word}\n`, 'str'],
    [`V\\u006f${word}\n`, 'str'],
    [`S'${word}'\n`, 'str'],
    [`S"\\x6f\\163"\n`, 'str'],
    [`U${byte(word.length)}${word}`, 'str'],
    [`T${four(word.length)}${word}`, 'str'],
    [`C${byte(word.length)}${word}`, 'bytes'],
    [`B${four(word.length)}${word}`, 'bytes'],
    [`\x96${four(word.length)}\0\0\0\0${word}`, 'bytes'],
    ['K\x07', 'int'],
    ['M\x01\x02', 'int'],
    ['J\xff\xff\xff\xff', 'int'],
    ['I0x10\n', 'int'],
    ['I 1_0\n', 'int'],
    ['I01\n', 'int'],
    ['I5\0x\n', 'int'],
    ['L12L\n', 'int'],
    ['\x8a\x02\xff\x7f', 'int'],
    ['F1.5\n', 'int'],
    ['G\x3f\xf0\0\0\0\0\0\0', 'int'],
    ['N', 'none'],
    ['\x88', 'none'],
    [')', 'tuple'],
    [']', 'list'],
    ['}', 'dict'],
    ['\x8f', 'set'],
    [`c${module}\n${name}\n`, 'global'],
    [`\x8c${byte(module.length)}${module}\x94\x8c${byte(name.length)}${name}\x94\x93`, 'global'],
    ['Pid\n', 'object'],
  ]
  return ways[random(ways.length)] ?? ['N', 'none']
}

/** Opcodes that work on what is there, each with what must stand on top of the stack and what they leave. */
const WORKS: readonly (readonly [text: string, needs: readonly Kind[], leaves: Kind | undefined])[] = [
  ['R', ['global', 'tuple'], 'object'],
  ['R', ['object', 'tuple'], 'object'],
  ['\x81', ['global', 'tuple'], 'object'],
  ['\x92', ['global', 'tuple', 'dict'], 'object'],
  ['\x93', ['str', 'str'], 'global'],
  ['\x93', ['object', 'str'], 'global'],
  ['b', ['object', 'dict'], 'object'],
  ['b', ['object', 'str'], 'object'],
  ['b', ['global', 'dict'], 'global'],
  ['b', ['object', 'tuple'], 'object'],
  ['a', ['list', 'str'], 'list'],
  ['a', ['object', 'int'], 'object'],
  ['s', ['dict', 'str', 'global'], 'dict'],
  ['s', ['dict', 'str', 'int'], 'dict'],
  ['s', ['object', 'str', 'int'], 'object'],
  ['\x85', ['str'], 'tuple'],
  ['\x85', ['global'], 'tuple'],
  ['\x86', ['str', 'str'], 'tuple'],
  ['\x86', ['global', 'list'], 'tuple'],
  ['\x86', ['object', 'str'], 'tuple'],
  ['\x87', ['global', 'str', 'str'], 'tuple'],
  ['Q', ['str'], 'object'],
  ['Q', ['tuple'], 'object'],
  ['0', ['object'], undefined],
]

const CLOSERS: readonly (readonly [string, Kind])[] = [
  ['t', 'tuple'],
  ['l', 'list'],
  ['d', 'dict'],
  ['\x91', 'set'],
  ['iposix\nsystem\n', 'object'],
  ['icollections\nOrderedDict\n', 'object'],
]

/** A stream of opcodes that mostly works: the kinds on the stack are known while it is made. */
export function pickleSoup(random: Random): Uint8Array {
  const state: State = { stack: [], memo: 0, text: '' }
  if (random(4) > 0) state.text = `\x80${byte(random(6))}`
  for (let i = random(40); i >= 0; i--) addStep(state, random)
  while (state.stack.includes('mark') && random(8) > 0) close(state, random)
  return Uint8Array.from(`${state.text}${random(12) > 0 ? '.' : ''}`, (char) => char.charCodeAt(0))
}

function addStep(state: State, random: Random): void {
  const way = random(20)
  if (way < 8) addLiteral(state, random)
  else if (way < 13) work(state, random)
  else if (way === 13) open(state)
  else if (way === 14) close(state, random)
  else if (way === 15) remember(state, random)
  else if (way === 16) recall(state, random)
  else if (way === 17) addAll(state, random)
  else state.text += STRAY[random(STRAY.length)] ?? ''
}

/** Opcodes that may break the stream, and those that are rare. */
const STRAY = [
  '',
  '',
  '',
  '2',
  '0',
  '1',
  '\x95\x02\0\0\0\0\0\0\0',
  '\x82\x01',
  '\x97',
  '\x98',
  'o',
  '\x90',
  '\xff',
]

function addLiteral(state: State, random: Random): void {
  const [text, ...kinds] = literal(random)
  state.text += text
  // The long form of an import also writes two memo entries.
  if (text.endsWith('\x94\x93')) state.memo += 2
  state.stack.push(...kinds)
}

function work(state: State, random: Random): void {
  const start = random(WORKS.length)
  for (let i = 0; i < WORKS.length; i++) {
    const [text, needs, leaves] = WORKS[(start + i) % WORKS.length] ?? ['', [], undefined]
    const top = state.stack.slice(state.stack.length - needs.length)
    if (top.length < needs.length || needs.some((kind, at) => kind !== top[at])) continue
    state.stack.length -= needs.length
    if (leaves !== undefined) state.stack.push(leaves)
    state.text += text
    return
  }
  addLiteral(state, random)
}

function open(state: State): void {
  state.text += '('
  state.stack.push('mark')
}

function close(state: State, random: Random): void {
  const at = state.stack.lastIndexOf('mark')
  if (at < 0) return
  const items = state.stack.length - at - 1
  const [text, kind] = CLOSERS[random(CLOSERS.length)] ?? ['t', 'tuple']
  const isOdd = kind === 'dict' && items % 2 === 1
  state.stack.length = at
  state.text += isOdd ? 't' : text
  state.stack.push(isOdd ? 'tuple' : kind)
}

/** APPENDS, SETITEMS or ADDITEMS, with a MARK of their own. */
function addAll(state: State, random: Random): void {
  const top = state.stack.at(-1)
  const [text, needs] = literal(random)
  if (top === 'list') state.text += `(${text}${text}e`
  else if (top === 'set') state.text += `(${text}\x90`
  else if (top === 'dict' || top === 'object') state.text += `(X\x01\0\0\0k${text}u`
  if ((top === 'list' || top === 'set' || top === 'dict' || top === 'object') && needs === 'global')
    state.memo += text.endsWith('\x94\x93') ? (top === 'list' ? 4 : 2) : 0
}

function remember(state: State, random: Random): void {
  const top = state.stack.at(-1)
  if (top === undefined || top === 'mark') return
  const ways = ['\x94', `q${byte(state.memo)}`, `r${four(state.memo)}`, `p${state.memo}\n`, 'p1_0\n']
  state.text += ways[random(ways.length)] ?? ''
  state.memo += 1
}

function recall(state: State, random: Random): void {
  if (state.memo === 0) return
  const index = random(state.memo)
  const ways = [`h${byte(index)}`, `j${four(index)}`, `g${index}\n`, 'g1_0\n']
  state.text += ways[random(ways.length)] ?? ''
  state.stack.push('object')
}
