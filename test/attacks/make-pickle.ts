/** Opcodes of pickles, one character a byte. Every argument that ends up in a call is harmless. */

const byte = (value: number): string => String.fromCharCode(value & 0xff)
const four = (value: number): string =>
  byte(value) + byte(value >>> 8) + byte(value >>> 16) + byte(value >>> 24)

/** What stands in for a command or a source: it would only print. */
export const HARMLESS = 'echo sallyport'

/** SHORT_BINUNICODE or BINUNICODE. */
export function text(value: string): string {
  return value.length < 256 ? `\x8c${byte(value.length)}${value}` : `X${four(value.length)}${value}`
}

/** SHORT_BINBYTES or BINBYTES. */
export function raw(value: string): string {
  return value.length < 256 ? `C${byte(value.length)}${value}` : `B${four(value.length)}${value}`
}

/** STACK_GLOBAL. */
export function named(module: string, name: string): string {
  return `${text(module)}${text(name)}\x93`
}

export function tuple(...parts: readonly string[]): string {
  return `(${parts.join('')}t`
}

export function list(...parts: readonly string[]): string {
  return `](${parts.join('')}e`
}

export function dict(entries: Readonly<Record<string, string>>): string {
  return `}(${Object.entries(entries)
    .map(([key, value]) => text(key) + value)
    .join('')}u`
}

/** REDUCE. */
export function call(callee: string, ...args: readonly string[]): string {
  return `${callee}${tuple(...args)}R`
}

/** A stream of protocol 4. */
export function stream(...parts: readonly string[]): string {
  return `\x80\x04${parts.join('')}.`
}

/** A stream that calls a function of a module with a harmless text. */
export function calling(module: string, name: string, ...args: readonly string[]): string {
  return stream(call(named(module, name), ...(args.length === 0 ? [text(HARMLESS)] : args)))
}

/** `getattr` of the built-in functions. */
export function attribute(of: string, name: string): string {
  return call(named('builtins', 'getattr'), of, text(name))
}

/** os.system, pushed. */
export const SYSTEM = named('os', 'system')

/** A stream that starts a harmless command. */
export const PAYLOAD = stream(call(SYSTEM, text(HARMLESS)))

/** The same in protocol 0, which has no magic number. */
export const OLD_PAYLOAD = `cos\nsystem\n(V${HARMLESS}\ntR.`

/** A stream of an empty list. */
export const EMPTY = '\x80\x02]q\x00.'
