import { sha256 } from '../../ground/crypto/index.ts'
import { utf8 } from '../../ground/lang/index.ts'

/** A strong entity tag of a payload (RFC 9110 section 8.8.3): 24 characters of its SHA-256. */
export function etagOf(payload: string | Uint8Array): string {
  const bytes = typeof payload === 'string' ? utf8(payload) : payload
  return `"${Buffer.from(sha256(bytes)).toString('base64url').slice(0, 24)}"`
}

/** Whether a list of entity tags, as in If-Match and If-None-Match, names `etag` or is `*`. */
export function matchesEtag(list: string, etag: string): boolean {
  return list.split(',').some((item) => {
    const tag = item.trim()
    return tag === '*' || tag === etag || tag === `W/${etag}`
  })
}
