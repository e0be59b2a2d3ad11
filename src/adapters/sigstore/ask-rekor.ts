import { createHash } from 'node:crypto'
import { TransparencyLogEntry } from '@sigstore/protobuf-specs'
import { at } from './at.ts'
import { callPeerForJson, failure, type PeerDeps, type PeerRequest } from './call-peer.ts'

/** What is to be logged: an envelope that is already signed. */
export interface LoggedEnvelope {
  readonly payload: Uint8Array
  readonly payloadType: string
  readonly signature: Uint8Array
  /** What the signature is over: the envelope's pre-authentication encoding. */
  readonly message: Uint8Array
  readonly certificate: { readonly raw: Uint8Array; toString(): string }
}

/**
 * Logs a signature and gives the entry with its proof, unchecked: the bundle is verified as a whole before it is handed
 * out.
 * @throws SallyportError `PEER_FAILED`
 */
export async function askRekor(
  deps: PeerDeps,
  log: { readonly url: string; readonly version: number },
  envelope: LoggedEnvelope,
): Promise<TransparencyLogEntry> {
  const base = log.url.replace(/\/$/, '')
  const request: PeerRequest = {
    peer: 'Rekor, asked to log the signature',
    url: `${base}/api/v${log.version}/log/entries`,
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify(log.version === 1 ? proposedEntry(envelope) : entryRequest(envelope)),
  }
  const answer = await callPeerForJson(deps, request)
  try {
    return TransparencyLogEntry.fromJSON(log.version === 1 ? entryOfV1(answer) : answer)
  } catch {
    throw failure(request, 'its answer is no log entry')
  }
}

/** Rekor v1, type `dsse` 0.0.1: the log sees the envelope and keeps the hashes (rekor `pkg/types/dsse/v0.0.1`). */
function proposedEntry({ payload, payloadType, signature, certificate }: LoggedEnvelope) {
  const envelope = JSON.stringify({
    payload: base64(payload),
    payloadType,
    signatures: [{ sig: base64(signature), keyid: '' }],
  })
  const verifiers = [base64(Buffer.from(certificate.toString()))]
  return { apiVersion: '0.0.1', kind: 'dsse', spec: { proposedContent: { envelope, verifiers } } }
}

/** Rekor v2, type `hashedrekord` 0.0.2 over what was signed: the log need not see a manifest of megabytes (rekor-tiles `CLIENTS.md`). */
function entryRequest({ message, signature, certificate }: LoggedEnvelope) {
  return {
    hashedRekordRequestV002: {
      digest: createHash('sha256').update(message).digest('base64'),
      signature: {
        content: base64(signature),
        verifier: {
          x509Certificate: { rawBytes: base64(certificate.raw) },
          keyDetails: 'PKIX_ECDSA_P256_SHA_256',
        },
      },
    },
  }
}

/** An entry as Rekor v1 answers, as bundles hold it: hex becomes base64, numbers become text. */
function entryOfV1(answer: unknown): unknown {
  const entries = typeof answer === 'object' && answer !== null ? Object.values(answer) : []
  if (entries.length !== 1) throw new TypeError('not one entry')
  const [entry] = entries
  const body = Buffer.from(String(at(entry, 'body')), 'base64')
  const verification = at(entry, 'verification')
  const proof = at(verification, 'inclusionProof')
  const hashes = at(proof, 'hashes')
  return {
    logIndex: String(at(entry, 'logIndex')),
    logId: { keyId: fromHex(at(entry, 'logID')) },
    kindVersion: kindOf(body),
    integratedTime: String(at(entry, 'integratedTime')),
    inclusionPromise: { signedEntryTimestamp: at(verification, 'signedEntryTimestamp') },
    inclusionProof: {
      logIndex: String(at(proof, 'logIndex')),
      treeSize: String(at(proof, 'treeSize')),
      rootHash: fromHex(at(proof, 'rootHash')),
      hashes: Array.isArray(hashes) ? hashes.map(fromHex) : [],
      checkpoint: { envelope: at(proof, 'checkpoint') },
    },
    canonicalizedBody: body.toString('base64'),
  }
}

function kindOf(body: Buffer): { readonly kind: unknown; readonly version: unknown } {
  const value: unknown = JSON.parse(body.toString('utf8'))
  return { kind: at(value, 'kind'), version: at(value, 'apiVersion') }
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const fromHex = (hex: unknown): string => Buffer.from(String(hex), 'hex').toString('base64')
