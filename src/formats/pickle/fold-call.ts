import { type CallValue, strValue, type Value } from './value.ts'

/**
 * The value of a call that only makes text or bytes from constants, so that a name written in pieces is still read.
 * Anything else stays the call it is.
 */
export function foldCall(call: CallValue): Value {
  if (call.callee.kind !== 'global' || call.args.kind !== 'tuple' || call.kwargs !== undefined) return call
  const fold = FOLDS[`${call.callee.module}.${call.callee.name}`]
  return fold?.(call.args.items) ?? call
}

type Fold = (args: readonly Value[]) => Value | undefined

function encode([text, encoding]: readonly Value[]): Value | undefined {
  if (text?.kind !== 'str' || text.cut) return undefined
  const name = encoding?.kind === 'str' ? encoding.text.toLowerCase() : 'utf-8'
  if (name !== 'latin1' && name !== 'latin-1') return undefined
  return { kind: 'bytes', bytes: Buffer.from(text.text, 'latin1'), offset: -1, length: text.text.length }
}

function decode([bytes]: readonly Value[]): Value | undefined {
  if (bytes?.kind === 'str') return bytes
  if (bytes?.kind !== 'bytes' || bytes.bytes.length < bytes.length) return undefined
  return strValue(Buffer.from(bytes.bytes).toString('latin1'))
}

function bytesOf(args: readonly Value[]): Value | undefined {
  const [first] = args
  if (args.length === 0) return { kind: 'bytes', bytes: new Uint8Array(0), offset: -1, length: 0 }
  return first?.kind === 'bytes' ? first : encode(args)
}

const FOLDS: Readonly<Record<string, Fold>> = {
  '_codecs.encode': encode,
  'codecs.encode': encode,
  '_codecs.decode': decode,
  'codecs.decode': decode,
  'builtins.str': decode,
  'builtins.bytes': bytesOf,
  'builtins.bytearray': bytesOf,
}
