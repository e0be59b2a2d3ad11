/** A small assembler for pickles in tests: every function gives the opcodes of one thing, one character a byte. */

const byte = (value: number): string => String.fromCharCode(value & 0xff)
const four = (value: number): string =>
  byte(value) + byte(value >>> 8) + byte(value >>> 16) + byte(value >>> 24)

/** Opcodes that push a text, below 256 ASCII characters by one length byte. */
export function text(value: string): string {
  return value.length < 256 ? `\x8c${byte(value.length)}${value}` : `X${four(value.length)}${value}`
}

/** Opcodes that push bytes, given one character a byte. */
export function bytes(value: string): string {
  return value.length < 256 ? `C${byte(value.length)}${value}` : `B${four(value.length)}${value}`
}

/** STACK_GLOBAL: the import as protocol 4 writes it, dotted names included. */
export function imported(module: string, name: string): string {
  return `${text(module)}${text(name)}\x93`
}

/** A tuple of what the parts push. */
export function tuple(...parts: readonly string[]): string {
  return `(${parts.join('')}t`
}

/** REDUCE: a call of what `callee` pushes. */
export function call(callee: string, ...args: readonly string[]): string {
  return `${callee}${tuple(...args)}R`
}

/** A dict of text keys. */
export function dict(entries: Readonly<Record<string, string>>): string {
  const items = Object.entries(entries).map(([key, value]) => text(key) + value)
  return `}(${items.join('')}u`
}

/** A list of what the parts push. */
export function list(...parts: readonly string[]): string {
  return `](${parts.join('')}e`
}

/** A whole stream of protocol 4. */
export function stream(...parts: readonly string[]): string {
  return `\x80\x04${parts.join('')}.`
}

/** The bytes of a text that has one character a byte. */
export function bytesOf(latin1: string): Uint8Array {
  return Uint8Array.from(Buffer.from(latin1, 'latin1'))
}
