import { parseStrictJson } from '../../ground/crypto/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'

/** A peer's JSON object, of which nothing is known yet. */
export type Answer = Readonly<Record<string, unknown>>

/** Reads an answer as one JSON object; duplicate names are refused. @throws SallyportError `PEER_FAILED` */
export function readAnswer(bytes: Uint8Array, what: string): Answer {
  let value: unknown
  try {
    value = parseStrictJson(bytes, what)
  } catch (cause) {
    throw new SallyportError('PEER_FAILED', `${what}: the answer is not JSON`, { cause })
  }
  return objectOf(value, what, 'the answer')
}

/** A member that must be an object. @throws SallyportError `PEER_FAILED` */
export function objectOf(value: unknown, what: string, name: string): Answer {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SallyportError('PEER_FAILED', `${what}: ${name} is not an object`)
  return value as Answer
}

/** A member that must be text. @throws SallyportError `PEER_FAILED` */
export function textOf(answer: Answer, name: string, what: string): string {
  const value = answer[name]
  if (typeof value === 'string') return value
  throw new SallyportError('PEER_FAILED', `${what}: the answer has no ${name}`)
}

/** A member that must be base64 in its standard form. @throws SallyportError `PEER_FAILED` */
export function bytesOf(answer: Answer, name: string, what: string): Uint8Array {
  const text = textOf(answer, name, what)
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length === 0 || bytes.toString('base64') !== text)
    throw new SallyportError('PEER_FAILED', `${what}: ${name} is not base64`)
  return bytes
}
