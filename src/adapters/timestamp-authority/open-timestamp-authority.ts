import { createHash } from 'node:crypto'
import { SallyportError, toHex } from '../../ground/lang/index.ts'
import {
  askPeer,
  type Fetch,
  type TimestampBeliefs,
  timestampQuestion,
  verifyTimestamp,
} from '../../services/keys/index.ts'
import type { Timestamper } from '../../services/signing/index.ts'

/** Where timestamps come from, and what is believed of them. */
export interface AuthorityDeps {
  readonly fetch: Fetch
  readonly now: () => Date
  readonly random: (bytes: number) => Uint8Array
  readonly beliefs: TimestampBeliefs
  readonly hash?: 'sha256' | 'sha384' | 'sha512'
}

/** Milliseconds. An authority whose clock is further from ours would date a signature into another certificate's life. */
const MAX_SKEW_MS = 10 * 60 * 1000
/** Bytes of the nonce; RFC 3161 asks for a large one. */
const NONCE_BYTES = 16

/**
 * A timestamp authority over HTTP (RFC 3161 section 3.4). Every answer is verified before it is handed on.
 * @param url http is allowed: the answer is signed, and what is sent is a hash
 * @throws SallyportError `BAD_CONFIG` for an address that is none, or without a root to believe
 */
export function openTimestampAuthority(url: string, deps: AuthorityDeps): Timestamper {
  const address = URL.parse(url)
  if (address === null || !['http:', 'https:'].includes(address.protocol) || address.username !== '')
    throw new SallyportError(
      'BAD_CONFIG',
      `"${url.slice(0, 200)}" is no http or https address of a timestamp authority`,
    )
  if (deps.beliefs.roots.length === 0)
    throw new SallyportError('BAD_CONFIG', `${url}: name the root certificate of this timestamp authority`)
  const what = `the timestamp authority ${address.origin}`
  return {
    stamp: async (signature, signal) => {
      const nonce = Uint8Array.from(deps.random(NONCE_BYTES))
      // A positive integer in its shortest form: the first byte neither 0 nor negative.
      nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40
      const name = deps.hash ?? 'sha256'
      const digest = createHash(name).update(signature).digest()
      const answer = await askPeer(deps.fetch, {
        ...{ what, url: address.href, method: 'POST', body: timestampQuestion(name, digest, nonce) },
        headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
        ...(signal === undefined ? {} : { signal }),
      })
      const { at } = verified(answer, { message: signature, ...deps.beliefs, nonce: toHex(nonce) }, what)
      const skewMs = Math.abs(Date.parse(at) - deps.now().getTime())
      if (skewMs > MAX_SKEW_MS)
        throw new SallyportError(
          'PEER_FAILED',
          `${what} says ${at}, ${Math.round(skewMs / 1000)} s from this machine's clock; set the clock right, or ask another authority`,
        )
      return answer
    },
  }
}

function verified(...[answer, wanted, what]: [...Parameters<typeof verifyTimestamp>, string]) {
  try {
    return verifyTimestamp(answer, wanted)
  } catch (cause) {
    if (!(cause instanceof SallyportError)) throw cause
    const code = cause.code === 'BAD_INPUT' ? 'PEER_FAILED' : cause.code
    throw new SallyportError(code, `${what}: ${cause.message}`, { cause })
  }
}
