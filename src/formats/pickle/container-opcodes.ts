import { type Machine, UNDERFLOW } from './machine.ts'
import { type OpArguments, type Opcode, plain } from './opcode.ts'
import { appendTo, type SequenceValue, sequenceValue, setOn, type Value } from './value.ts'

const NO_MARK = 'a MARK is needed and there is none'

function fixedTuple(name: string, length: number): Opcode {
  return plain(name, 0, (machine) => {
    const items: Value[] = []
    for (let i = 0; i < length; i++) {
      const item = machine.pop()
      if (item === undefined) return UNDERFLOW
      items.unshift(item)
    }
    return machine.push(machine.costs.tuple(items, machine.offset, machine.kept))
  })
}

function markedTuple(machine: Machine): string | undefined {
  const items = machine.popMark()
  if (items === undefined) return NO_MARK
  return machine.push(machine.costs.tuple(items, machine.offset, machine.kept))
}

function markedSequence(name: string, kind: 'list' | 'frozenset'): Opcode {
  return plain(name, 0, (machine) => {
    const items = machine.popMark()
    if (items === undefined) return NO_MARK
    const value = sequenceValue(kind, [], machine.kept)
    if (kind === 'frozenset') machine.costs.hash(items, machine.offset, 1)
    machine.costs.fill(value, items, machine.offset)
    appendTo(value, items, machine.kept)
    return machine.push(value)
  })
}

function empty(name: string, kind: SequenceValue['kind']): Opcode {
  return plain(name, 0, (machine) => machine.push({ kind, items: [], count: 0 }))
}

/** Adding to what is not a list calls its `append` or `extend`; adding to something imported changes the interpreter. */
function addItems(machine: Machine, items: readonly Value[] | undefined): string | undefined {
  if (items === undefined) return NO_MARK
  const target = machine.top()
  if (target === undefined) return UNDERFLOW
  // What is put into a list may be hashed yet: older protocols make a set of a list.
  machine.costs.hash(items, machine.offset, 1)
  if (target.kind === 'list' || target.kind === 'set') {
    machine.costs.fill(target, items, machine.offset)
    appendTo(target, items, machine.kept)
  } else if (isForeign(target)) machine.emit({ kind: 'mutate', offset: machine.offset, target, items })
  else machine.evaluator.planted(target, ADDING, [sequenceValue('list', items)])
  return undefined
}

/** Methods that APPEND, APPENDS and ADDITEMS look up on what is no list or set, on the object itself first. */
const ADDING = ['extend', 'append', 'add']

function setItems(machine: Machine, items: readonly Value[] | undefined): string | undefined {
  if (items === undefined) return NO_MARK
  if (items.length % 2 !== 0) return 'an odd number of items for a dict'
  const target = machine.top()
  if (target === undefined) return UNDERFLOW
  machine.costs.hash(items, machine.offset, 2)
  if (target.kind === 'dict') {
    machine.costs.fill(target, items, machine.offset)
    setOn(target, items, machine.kept)
  } else if (isForeign(target) || target.kind === 'call')
    machine.emit({ kind: 'mutate', offset: machine.offset, target, items })
  return undefined
}

function isForeign(target: Value): boolean {
  return ['global', 'unknown', 'persistent', 'attribute'].includes(target.kind)
}

function append(machine: Machine): string | undefined {
  const item = machine.pop()
  return item === undefined ? UNDERFLOW : addItems(machine, [item])
}

function setItem(machine: Machine): string | undefined {
  const value = machine.pop()
  const key = machine.pop()
  return value === undefined || key === undefined ? UNDERFLOW : setItems(machine, [key, value])
}

function dict(machine: Machine): string | undefined {
  const items = machine.popMark()
  if (items === undefined) return NO_MARK
  if (items.length % 2 !== 0) return 'an odd number of items for a dict'
  const value: Value = { kind: 'dict', entries: [], count: 0 }
  machine.costs.hash(items, machine.offset, 2)
  machine.costs.fill(value, items, machine.offset)
  setOn(value, items, machine.kept)
  return machine.push(value)
}

function duplicate(machine: Machine): string | undefined {
  const top = machine.top()
  return top === undefined ? UNDERFLOW : machine.push(top)
}

/** As PyLong_FromString with base 10: underscores between digits, blanks around, nothing after a NUL. */
function indexOfLine({ first }: OpArguments): number | undefined {
  const [line = ''] = Buffer.from(first.subarray(0, 64)).toString('latin1').split('\0', 1)
  const digits = /^[+-]?([0-9][0-9_]*)$/.exec(line.trim())?.[1]?.replaceAll('_', '')
  if (digits === undefined) return undefined
  const index = Number(digits)
  return Number.isSafeInteger(index) && (index === 0 || !line.includes('-')) ? index : undefined
}

function get(machine: Machine, args: OpArguments): string | undefined {
  const index = indexOfLine(args)
  return index === undefined ? 'a memo index is no number' : machine.get(index)
}

function put(machine: Machine, args: OpArguments): string | undefined {
  const index = indexOfLine(args)
  return index === undefined ? 'a memo index is no number' : machine.put(index)
}

/** Opcodes of stack, memo and containers, by byte. */
export const CONTAINER_OPCODES: readonly (readonly [number, Opcode])[] = [
  [0x28, plain('MARK', 0, (machine) => machine.mark())],
  [0x30, plain('POP', 0, (machine) => machine.popAny())],
  [0x31, plain('POP_MARK', 0, (machine) => (machine.popMark() === undefined ? NO_MARK : undefined))],
  [0x32, plain('DUP', 0, duplicate)],
  [0x67, { name: 'GET', fixedBytes: 0, lines: 1, run: get }],
  [0x68, plain('BINGET', 1, (machine, { fixed }) => machine.get(fixed.getUint8(0)))],
  [0x6a, plain('LONG_BINGET', 4, (machine, { fixed }) => machine.get(fixed.getUint32(0, true)))],
  [0x70, { name: 'PUT', fixedBytes: 0, lines: 1, run: put }],
  [0x71, plain('BINPUT', 1, (machine, { fixed }) => machine.put(fixed.getUint8(0)))],
  [0x72, plain('LONG_BINPUT', 4, (machine, { fixed }) => machine.put(fixed.getUint32(0, true)))],
  [0x94, plain('MEMOIZE', 0, (machine) => machine.memoize())],
  [0x29, empty('EMPTY_TUPLE', 'tuple')],
  [0x74, plain('TUPLE', 0, markedTuple)],
  [0x85, fixedTuple('TUPLE1', 1)],
  [0x86, fixedTuple('TUPLE2', 2)],
  [0x87, fixedTuple('TUPLE3', 3)],
  [0x5d, empty('EMPTY_LIST', 'list')],
  [0x6c, markedSequence('LIST', 'list')],
  [0x61, plain('APPEND', 0, append)],
  [0x65, plain('APPENDS', 0, (machine) => addItems(machine, machine.popMark()))],
  [0x7d, plain('EMPTY_DICT', 0, (machine) => machine.push({ kind: 'dict', entries: [], count: 0 }))],
  [0x64, plain('DICT', 0, dict)],
  [0x73, plain('SETITEM', 0, setItem)],
  [0x75, plain('SETITEMS', 0, (machine) => setItems(machine, machine.popMark()))],
  [0x8f, empty('EMPTY_SET', 'set')],
  [0x90, plain('ADDITEMS', 0, (machine) => addItems(machine, machine.popMark()))],
  [0x91, markedSequence('FROZENSET', 'frozenset')],
]
