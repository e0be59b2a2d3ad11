import { utf8Text } from '../../ground/lang/index.ts'
import { modernName } from './compat-names.ts'
import { type Machine, UNDERFLOW } from './machine.ts'
import { lined, type OpArguments, type Opcode, plain } from './opcode.ts'
import type { CallWay } from './pickle-event.ts'
import { latin1Text } from './read-literals.ts'
import { type CallValue, type DictValue, sequenceValue, setOn, strValue, type Value } from './value.ts'

const NO_MARK = 'a MARK is needed and there is none'

function importOf(machine: Machine, module: string, name: string): Value {
  const found = modernName(module, name, machine.proto)
  machine.emit({ kind: 'global', offset: machine.offset, ...found })
  return { kind: 'global', ...found }
}

/** The import that two lines name, or why there is none. */
function findGlobal(machine: Machine, { first, second }: OpArguments): Value | string {
  const module = utf8Text(first)
  const name = utf8Text(second)
  if (module === undefined || name === undefined) return 'an import is not written in UTF-8'
  return importOf(machine, module, name)
}

function global(machine: Machine, args: OpArguments): string | undefined {
  const found = findGlobal(machine, args)
  return typeof found === 'string' ? found : machine.push(found)
}

function stackGlobal(machine: Machine): string | undefined {
  const name = machine.pop()
  const module = machine.pop()
  if (name === undefined || module === undefined) return UNDERFLOW
  if (module.kind === 'str' && name.kind === 'str' && !module.cut && !name.cut)
    return machine.push(importOf(machine, module.text, name.text))
  if (!mayBeText(module) || !mayBeText(name)) return 'STACK_GLOBAL needs two strings'
  machine.emit({ kind: 'unresolved', offset: machine.offset, module, name })
  return machine.push({ kind: 'unknown', why: 'an import whose name is made at run time' })
}

function mayBeText(value: Value): boolean {
  return ['str', 'call', 'attribute', 'unknown', 'persistent', 'global'].includes(value.kind)
}

function call(machine: Machine, way: CallWay, parts: Omit<CallValue, 'kind' | 'state'>): string | undefined {
  const made: CallValue = { kind: 'call', ...parts }
  machine.emit({ kind: 'call', offset: machine.offset, way, call: made })
  return machine.push(machine.evaluator.fold(made))
}

function reduce(machine: Machine): string | undefined {
  const args = machine.pop()
  const callee = machine.pop()
  return args === undefined || callee === undefined ? UNDERFLOW : call(machine, 'reduce', { callee, args })
}

function newObject(machine: Machine): string | undefined {
  const args = machine.pop()
  const callee = machine.pop()
  return args === undefined || callee === undefined ? UNDERFLOW : call(machine, 'newobj', { callee, args })
}

function newObjectEx(machine: Machine): string | undefined {
  const kwargs = machine.pop()
  const args = machine.pop()
  const callee = machine.pop()
  if (kwargs === undefined || args === undefined || callee === undefined) return UNDERFLOW
  return call(machine, 'newobj', { callee, args, kwargs })
}

function instance(machine: Machine, args: OpArguments): string | undefined {
  // Lib/pickle.py imports before it looks for the MARK, Modules/_pickle.c after.
  const callee = findGlobal(machine, args)
  if (typeof callee === 'string') return callee
  const items = machine.popMark()
  if (items === undefined) return NO_MARK
  return call(machine, 'inst', { callee, args: sequenceValue('tuple', items) })
}

function object(machine: Machine): string | undefined {
  const items = machine.popMark()
  if (items === undefined) return NO_MARK
  const [callee, ...args] = items
  if (callee === undefined) return UNDERFLOW
  return call(machine, 'obj', { callee, args: sequenceValue('tuple', args) })
}

function build(machine: Machine): string | undefined {
  const state = machine.pop()
  const target = machine.top()
  if (state === undefined || target === undefined) return UNDERFLOW
  machine.emit({ kind: 'build', offset: machine.offset, target, state })
  machine.evaluator.planted(target, ['__setstate__'], [state])
  if (target.kind === 'call') target.state = joinedState(target.state, state)
  return undefined
}

/** A second dict is added to the first, as `__dict__` is; what was planted by the first stays. */
function joinedState(old: Value | undefined, state: Value): Value {
  if (old?.kind !== 'dict' || state.kind !== 'dict') return state
  const joined: DictValue = { kind: 'dict', entries: [...old.entries], count: old.count }
  setOn(joined, state.entries.flat())
  return joined
}

function persistent(machine: Machine, id: Value): string | undefined {
  machine.emit({ kind: 'persistent', offset: machine.offset, id })
  return machine.push({ kind: 'persistent', id })
}

function persistentLine(machine: Machine, { first }: OpArguments): string | undefined {
  const text = latin1Text(first)
  return persistent(machine, strValue(text))
}

function persistentBinary(machine: Machine): string | undefined {
  const id = machine.pop()
  return id === undefined ? UNDERFLOW : persistent(machine, id)
}

function extension(machine: Machine, code: number): string | undefined {
  if (code <= 0) return 'an extension code must be greater than zero'
  machine.emit({ kind: 'ext', offset: machine.offset, code })
  return machine.push({ kind: 'unknown', why: `extension ${code} of copyreg` })
}

function protocol(machine: Machine, { fixed }: OpArguments): string | undefined {
  const version = fixed.getUint8(0)
  if (version > 5) return `pickle protocol ${version} does not exist`
  machine.proto = version
  return undefined
}

function readOnly(machine: Machine): string | undefined {
  return machine.top() === undefined ? UNDERFLOW : undefined
}

/** Opcodes that import, call, build or steer, by byte. STOP and FRAME belong to the reader, see run-pickle.ts. */
export const OBJECT_OPCODES: readonly (readonly [number, Opcode])[] = [
  [0x80, plain('PROTO', 1, protocol)],
  [0x63, lined('GLOBAL', 2, global)],
  [0x93, plain('STACK_GLOBAL', 0, stackGlobal)],
  [0x52, plain('REDUCE', 0, reduce)],
  [0x81, plain('NEWOBJ', 0, newObject)],
  [0x92, plain('NEWOBJ_EX', 0, newObjectEx)],
  [0x69, lined('INST', 2, instance)],
  [0x6f, plain('OBJ', 0, object)],
  [0x62, plain('BUILD', 0, build)],
  [0x50, lined('PERSID', 1, persistentLine)],
  [0x51, plain('BINPERSID', 0, persistentBinary)],
  [0x82, plain('EXT1', 1, (machine, { fixed }) => extension(machine, fixed.getUint8(0)))],
  [0x83, plain('EXT2', 2, (machine, { fixed }) => extension(machine, fixed.getUint16(0, true)))],
  [0x84, plain('EXT4', 4, (machine, { fixed }) => extension(machine, fixed.getInt32(0, true)))],
  [0x98, plain('READONLY_BUFFER', 0, readOnly)],
]
