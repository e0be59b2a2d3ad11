import { SallyportError } from '../lang/index.ts'

/** Levels. Deeper than any identity or statement of ours; a deeper one is an attack on the stack (CWE-674). */
const MAX_DEPTH = 256

/** What JSON can hold. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

/**
 * RFC 8785 canonical JSON: keys sorted by UTF-16 unit (section 3.2.3), numbers as ECMAScript writes them (3.2.2.3),
 * no white space. Members that are `undefined` are left out.
 * @throws SallyportError `BAD_INPUT` for NaN, infinities, lone surrogates, other types, and cycles or depth over 256
 */
export function canonicalJson(value: unknown): string {
  return write(value, '$', 0)
}

function write(value: unknown, path: string, depth: number): string {
  if (depth > MAX_DEPTH) throw refuse(path, `is nested deeper than ${MAX_DEPTH} levels, or in a circle`)
  if (value === null || value === true || value === false) return String(value)
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refuse(path, `is ${value}, which JSON cannot hold`)
    return JSON.stringify(value)
  }
  if (typeof value === 'string') return writeText(value, path)
  if (Array.isArray(value))
    return `[${value.map((item, i) => write(item, `${path}[${i}]`, depth + 1)).join(',')}]`
  if (typeof value === 'object') return writeObject(value as Readonly<Record<string, unknown>>, path, depth)
  throw refuse(path, `is a ${typeof value}, which JSON cannot hold`)
}

function writeObject(value: Readonly<Record<string, unknown>>, path: string, depth: number): string {
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw refuse(path, `is an instance of a class, not a plain object`)
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${writeText(key, path)}:${write(value[key], `${path}.${key}`, depth + 1)}`)
  return `{${members.join(',')}}`
}

function writeText(text: string, path: string): string {
  if (!text.isWellFormed()) throw refuse(path, 'holds a lone surrogate, which UTF-8 cannot carry')
  return JSON.stringify(text)
}

function refuse(path: string, why: string): SallyportError {
  return new SallyportError('BAD_INPUT', `cannot write canonical JSON: ${path} ${why}`)
}
