import { createHash } from 'node:crypto'
import { callPeer, type PeerDeps } from './call-peer.ts'

/** TimeStampReq (RFC 3161 section 2.4.1) for a SHA-256 digest, `certReq` true, up to the digest and after it. */
const BEFORE_DIGEST = Buffer.from('30390201013031300d060960864801650304020105000420', 'hex')
const AFTER_DIGEST = Buffer.from('0101ff', 'hex')

/**
 * DER of a TimeStampResp over a signature, unchecked: the bundle is verified as a whole before it is handed out. No nonce:
 * the signature is by a key made for it, so that no older answer can be about it.
 * @throws SallyportError `PEER_FAILED`
 */
export async function askTimestamp(deps: PeerDeps, url: string, signature: Uint8Array): Promise<Buffer> {
  const digest = createHash('sha256').update(signature).digest()
  // A signing config names the whole address; an origin alone is that of Sigstore's own authority.
  const address = /^https?:\/\/[^/]+\/?$/.test(url) ? `${url.replace(/\/$/, '')}/api/v1/timestamp` : url
  const answer = await callPeer(deps, {
    peer: 'the timestamp authority, asked for the time',
    url: address,
    headers: { 'Content-Type': 'application/timestamp-query', Accept: 'application/timestamp-reply' },
    body: Buffer.concat([BEFORE_DIGEST, digest, AFTER_DIGEST]),
  })
  return Buffer.from(answer)
}
