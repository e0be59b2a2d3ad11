import { SallyportError } from '../../ground/lang/index.ts'

/** A JSON object from outside. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The error for a bundle or statement that cannot be one. */
export function malformed(why: string): SallyportError {
  return new SallyportError('SIGNATURE_INVALID', `this is no OpenSSF Model Signing signature: ${why}`)
}

/** An object. @throws SallyportError `SIGNATURE_INVALID` naming `what` */
export function objectOf(value: unknown, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(`${what} is no object`)
  return value as JsonObject
}

/** A list. @throws SallyportError `SIGNATURE_INVALID` naming `what` */
export function listOf(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw malformed(`${what} is no list`)
  return value
}

/** A text that is not empty. @throws SallyportError `SIGNATURE_INVALID` naming `what` */
export function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') throw malformed(`${what} is no text`)
  return value
}

/**
 * Bytes of base64, standard or URL-safe (DSSE protocol.md: both must be read), padded or not, never a mix, no loose bits.
 * @throws SallyportError `SIGNATURE_INVALID` naming `what`
 */
export function bytesOf(value: unknown, what: string): Uint8Array {
  const text = textOf(value, what)
  const isUrlSafe = /[-_]/.test(text)
  const bytes = Buffer.from(text, isUrlSafe ? 'base64url' : 'base64')
  const bare = bytes.toString(isUrlSafe ? 'base64url' : 'base64').replace(/=+$/, '')
  const padding = '='.repeat((4 - (bare.length % 4)) % 4)
  if (text !== bare && text !== bare + padding) throw malformed(`${what} is not base64`)
  return bytes
}
