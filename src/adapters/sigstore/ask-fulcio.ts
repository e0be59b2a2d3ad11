import type { X509Certificate } from 'node:crypto'
import { type KeyObject, sign } from 'node:crypto'
import { utf8 } from '../../ground/lang/index.ts'
import { at } from './at.ts'
import { callPeerForJson, failure, type PeerDeps, type PeerRequest } from './call-peer.ts'
import { parseCertificate } from './check-leaf.ts'
import type { IdentityToken } from './identity-token.ts'

/**
 * A certificate for a key that lives as long as this call, in the name of a token's subject (fulcio `openapi.yaml`,
 * CreateSigningCertificate).
 * @throws SallyportError `PEER_FAILED` also when the certificate is for another key
 */
export async function askFulcio(
  deps: PeerDeps,
  url: string,
  asked: { readonly token: IdentityToken; readonly privateKey: KeyObject; readonly publicKey: KeyObject },
): Promise<X509Certificate> {
  const { token, privateKey, publicKey } = asked
  const request: PeerRequest = {
    peer: 'Fulcio, asked for a certificate',
    url: `${url.replace(/\/$/, '')}/api/v2/signingCert`,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      credentials: { oidcIdentityToken: token.text },
      publicKeyRequest: {
        publicKey: { algorithm: 'ECDSA', content: publicKey.export({ format: 'pem', type: 'spki' }) },
        proofOfPossession: sign('sha256', utf8(token.subject), privateKey).toString('base64'),
      },
    }),
    secrets: [token.text],
  }
  const answer = await callPeerForJson(deps, request)
  const pem = firstCertificate(answer)
  if (pem === undefined) throw failure(request, 'its answer holds no certificate with an embedded SCT')
  const certificate = parseCertificate(pem)
  if (!certificate.publicKey.equals(publicKey)) throw failure(request, 'its certificate is for another key')
  return certificate
}

function firstCertificate(answer: unknown): string | undefined {
  const chain = at(at(at(answer, 'signedCertificateEmbeddedSct'), 'chain'), 'certificates')
  const [first] = Array.isArray(chain) ? chain : []
  return typeof first === 'string' ? first : undefined
}
