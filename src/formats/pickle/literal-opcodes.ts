import { mayHideBytes, mayHideText } from './hidden-start.ts'
import type { Machine } from './machine.ts'
import { lined, loaded, type OpArguments, type Opcode, plain } from './opcode.ts'
import { latin1Text, readBaseZero, readLong, readQuoted, readRawUnicode } from './read-literals.ts'
import { constantValue, floatValue, intValue, smallInt, strValue, type Value } from './value.ts'

const NONE = constantValue('None')
const TRUE = constantValue('True')
const FALSE = constantValue('False')
const SMALL = Array.from({ length: 256 }, (_, i) => intValue(i))
const EXPECTED_INT = 'an integer cannot be read'

/** Faster than TextDecoder for short texts; invalid bytes become U+FFFD. */
function utf8Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
}

function pushInt(machine: Machine, int: number): string | undefined {
  return machine.push(SMALL[int] ?? smallInt(int))
}

function pushText(machine: Machine, text: string, args: OpArguments): string | undefined {
  const { payloadOffset: offset, payloadLength: length } = args
  const cut = args.payload.length < length
  const value: Value = cut
    ? { kind: 'str', text, length, cut, stored: { offset, length, isLine: false } }
    : { kind: 'str', text, length, cut }
  if (mayHideText(text)) machine.emit({ kind: 'nested', offset: machine.offset, value })
  return machine.push(value)
}

function pushLine(machine: Machine, text: string, args: OpArguments): string | undefined {
  const length = args.firstLength
  machine.onText?.(text, machine.offset)
  if (args.first.length === length) {
    const value = strValue(text)
    if (mayHideText(text)) machine.emit({ kind: 'nested', offset: machine.offset, value })
    return machine.push(value)
  }
  const stored = { offset: machine.offset + 1, length, isLine: true }
  return machine.push({ kind: 'str', text, length, cut: true, stored })
}

function pushBytes(machine: Machine, args: OpArguments): string | undefined {
  const { payload, payloadOffset, payloadLength } = args
  // A view would keep its whole window alive.
  const bytes = payload.slice()
  const value: Value = { kind: 'bytes', bytes, offset: payloadOffset, length: payloadLength }
  if (machine.onText !== undefined && beginsAsText(args.seen))
    machine.onText(latin1Text(args.seen), machine.offset)
  if (mayHideBytes(bytes)) machine.emit({ kind: 'nested', offset: machine.offset, value })
  return machine.push(value)
}

/** Bytes that tell a text from numbers: arrays are bytes too. */
const TEXT_HEAD = 16

function beginsAsText(bytes: Uint8Array): boolean {
  if (bytes.length < TEXT_HEAD) return false
  for (let i = 0; i < TEXT_HEAD; i++) {
    const byte = bytes[i] ?? 0
    if ((byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) || byte > 0x7e) return false
  }
  return true
}

function int(machine: Machine, { first }: OpArguments): string | undefined {
  const text = latin1Text(first)
  if (text === '00') return machine.push(FALSE)
  if (text === '01') return machine.push(TRUE)
  // strtol finds no digit before the NUL, and takes that for nought.
  const value = text.startsWith('\0') ? 0n : readBaseZero(text)
  return value === undefined ? EXPECTED_INT : machine.push(intValue(value))
}

function long(machine: Machine, { first }: OpArguments): string | undefined {
  const text = latin1Text(first)
  const value = readBaseZero(text.endsWith('L') ? text.slice(0, -1) : text)
  return value === undefined ? EXPECTED_INT : machine.push(intValue(value))
}

function binaryLong(machine: Machine, args: OpArguments): string | undefined {
  if (args.payload.length < args.payloadLength || args.payloadLength > 1024)
    return machine.push(constantValue('<a very large int>'))
  return machine.push(intValue(readLong(args.payload)))
}

function string(machine: Machine, args: OpArguments): string | undefined {
  // Of a line that is cut the closing quote is not kept.
  const isCut = args.first.length < args.firstLength
  const text = isCut ? latin1Text(args.first) : readQuoted(args.first)
  return text === undefined ? 'a STRING argument is not quoted' : pushLine(machine, text, args)
}

function float(machine: Machine, { fixed }: OpArguments): string | undefined {
  return machine.push(floatValue(fixed.getFloat64(0)))
}

function constant(name: string, value: Value): Opcode {
  return plain(name, 0, (machine) => machine.push(value))
}

function loadedText(decode: (bytes: Uint8Array) => string): Opcode['run'] {
  return (machine, args) => {
    const text = decode(args.payload)
    machine.onText?.(args.seen === args.payload ? text : decode(args.seen), machine.offset)
    return pushText(machine, text, args)
  }
}

const utf8 = loadedText(utf8Of)
const ascii = loadedText(latin1Text)

/** Opcodes that push a value of their own, by byte (Lib/pickletools.py of CPython 3.13). */
export const LITERAL_OPCODES: readonly (readonly [number, Opcode])[] = [
  [0x49, lined('INT', 1, int)],
  [0x4a, plain('BININT', 4, (machine, { fixed }) => pushInt(machine, fixed.getInt32(0, true)))],
  [0x4b, plain('BININT1', 1, (machine, { fixed }) => pushInt(machine, fixed.getUint8(0)))],
  [0x4d, plain('BININT2', 2, (machine, { fixed }) => pushInt(machine, fixed.getUint16(0, true)))],
  [0x4c, lined('LONG', 1, long)],
  [0x8a, loaded('LONG1', 1, binaryLong)],
  [0x8b, loaded('LONG4', 4, binaryLong, true)],
  [0x53, lined('STRING', 1, string)],
  [0x54, loaded('BINSTRING', 4, ascii, true)],
  [0x55, loaded('SHORT_BINSTRING', 1, ascii)],
  [0x42, loaded('BINBYTES', 4, pushBytes)],
  [0x43, loaded('SHORT_BINBYTES', 1, pushBytes)],
  [0x8e, loaded('BINBYTES8', 8, pushBytes)],
  [0x96, loaded('BYTEARRAY8', 8, pushBytes)],
  [0x56, lined('UNICODE', 1, (machine, args) => pushLine(machine, readRawUnicode(args.first), args))],
  [0x58, loaded('BINUNICODE', 4, utf8)],
  [0x8c, loaded('SHORT_BINUNICODE', 1, utf8)],
  [0x8d, loaded('BINUNICODE8', 8, utf8)],
  [
    0x46,
    lined('FLOAT', 1, (machine, { first }) => machine.push(constantValue(latin1Text(first).slice(0, 32)))),
  ],
  [0x47, plain('BINFLOAT', 8, float)],
  [0x4e, constant('NONE', NONE)],
  [0x88, constant('NEWTRUE', TRUE)],
  [0x89, constant('NEWFALSE', FALSE)],
  [0x97, constant('NEXT_BUFFER', { kind: 'unknown', why: 'an out-of-band buffer' })],
]
