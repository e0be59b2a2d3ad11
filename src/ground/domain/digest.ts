import { canonicalJson, sha256Hex } from '../crypto/index.ts'
import { fail, ok, type Result, utf8 } from '../lang/index.ts'

declare const brand: unique symbol
/** `sha256:` and 64 lower-case hex digits. Made only by this file's functions. */
export type Digest = string & { readonly [brand]: 'Digest' }

const FORM = /^sha256:[0-9a-f]{64}$/

/** A digest as someone wrote it; upper case and other algorithms are refused, so that one subject has one name. */
export function parseDigest(text: string): Result<Digest> {
  if (FORM.test(text)) return ok(text as Digest)
  return fail(`"${text.slice(0, 80)}" is not a digest: it must be "sha256:" and 64 lower-case hex digits`)
}

/** The digest of bytes. */
export function digestOfBytes(bytes: Uint8Array): Digest {
  return `sha256:${sha256Hex(bytes)}` as Digest
}

/** The identity of a descriptor: SHA-256 of its RFC 8785 JSON. @throws SallyportError `BAD_INPUT` as canonicalJson does */
export function digestOfJson(value: unknown): Digest {
  return digestOfBytes(utf8(canonicalJson(value)))
}

/** A digest of a finished SHA-256. @param hash 32 bytes */
export function digestOfHash(hash: Uint8Array): Digest {
  return `sha256:${Buffer.from(hash).toString('hex')}` as Digest
}

/** The 64 hex digits of a digest, as in-toto's `digest.sha256` wants them. */
export function hexOfDigest(digest: Digest): string {
  return digest.slice('sha256:'.length)
}
