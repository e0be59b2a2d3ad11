import { createHash, generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog, initializeTSA } from '@sigstore/mock'
import { utf8 } from '../../src/ground/lang/index.ts'

/** A reply instead of the honest one, by path. */
export type Misbehaviour = (path: string, body: Buffer) => Reply | undefined | Promise<Reply>

export interface Reply {
  readonly status: number
  readonly body: string | Buffer
  readonly headers?: Record<string, string>
}

/** Fulcio, Rekor v1 and v2 and a timestamp authority on loopback, with keys of their own. */
export interface LocalSigstore {
  readonly url: string
  /** ClientTrustConfig that names it. */
  trustConfig(rekorVersion: 1 | 2): Uint8Array
  trustedRoot(): Readonly<Record<string, unknown>>
  misbehave: Misbehaviour | undefined
  readonly requests: { path: string; body: Buffer }[]
  close(): Promise<void>
}

const pair = (): KeyPairKeyObjectResult => generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
const base64 = (bytes: ArrayBufferView | Buffer) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
const since = { start: new Date(Date.now() - 3_600_000).toISOString() }

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** What Rekor v1 keeps of a proposed `dsse` entry. */
function dsseBody(proposed: { spec: { proposedContent: { envelope: string; verifiers: string[] } } }) {
  const { envelope, verifiers } = proposed.spec.proposedContent
  const { payload, signatures } = JSON.parse(envelope)
  const hash = (bytes: Uint8Array) => ({
    algorithm: 'sha256',
    value: createHash('sha256').update(bytes).digest('hex'),
  })
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: hash(utf8(envelope)),
      payloadHash: hash(Buffer.from(payload, 'base64')),
      signatures: [{ signature: signatures[0].sig, verifier: verifiers[0] }],
    },
  }
}

/** What Rekor v2 keeps of a request for a `hashedrekord`. */
function hashedRekordBody({
  hashedRekordRequestV002: asked,
}: {
  hashedRekordRequestV002: { digest: string; signature: unknown }
}) {
  const data = { algorithm: 'SHA2_256', digest: asked.digest }
  return {
    apiVersion: '0.0.2',
    kind: 'hashedrekord',
    spec: { hashedRekordV002: { data, signature: asked.signature } },
  }
}

/** The digest in a TimeStampReq; that others read the same request is what `openssl ts -query` is asked in the test. */
function digestOfQuery(der: Buffer): Buffer {
  const at = der.indexOf(Buffer.from('0420', 'hex'))
  if (at < 0) throw new Error('no digest in the query')
  return der.subarray(at + 2, at + 34)
}

interface EntryOfV1 {
  readonly body: string
  readonly logID: string
  readonly logIndex: number
  readonly verification: { readonly inclusionProof: Readonly<Record<string, string | number>> }
}

function entryOfV2(answer: unknown) {
  const [entry] = Object.values(answer as Record<string, EntryOfV1>)
  if (entry === undefined) throw new Error('no entry')
  const { inclusionProof: proof } = entry.verification
  const hex = (text: unknown) => Buffer.from(String(text), 'hex').toString('base64')
  return {
    logIndex: String(entry.logIndex),
    logId: { keyId: hex(entry.logID) },
    kindVersion: { kind: 'hashedrekord', version: '0.0.2' },
    integratedTime: '0',
    inclusionProof: {
      logIndex: String(proof.logIndex),
      treeSize: String(proof.treeSize),
      rootHash: hex(proof.rootHash),
      hashes: [],
      checkpoint: { envelope: proof.checkpoint },
    },
    canonicalizedBody: entry.body,
  }
}

export async function startLocalSigstore(
  options: { readonly subjectClaim?: string } = {},
): Promise<LocalSigstore> {
  const [caKeys, ctKeys, logKeys, tsaKeys] = [pair(), pair(), pair(), pair()]
  const ctLog = await initializeCTLog(ctKeys)
  const ca = await initializeCA(caKeys, ctLog)
  const tsa = await initializeTSA(tsaKeys)
  const fulcio = fulcioHandler(ca, options)
  const requests: { path: string; body: Buffer }[] = []
  const state: { misbehave: Misbehaviour | undefined } = { misbehave: undefined }
  const server = createServer((request, response) => {
    void readBody(request)
      .then((body) => {
        const path = request.url ?? '/'
        requests.push({ path, body })
        const odd = state.misbehave?.(path, body)
        return odd ?? answer(path, body)
      })
      .then(({ status, body, headers }) => {
        response.writeHead(status, { 'Content-Type': 'application/json', ...headers })
        response.end(body)
      })
      .catch((error: Error) => {
        response.writeHead(500).end(error.message)
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const log = await initializeTLog(url, logKeys)

  async function answer(path: string, body: Buffer): Promise<Reply> {
    if (path === fulcio.path) {
      const { statusCode, response } = await fulcio.fn(body.toString())
      return { status: statusCode, body: response as string }
    }
    if (path === '/api/v1/log/entries') {
      const proposed = JSON.parse(body.toString())
      const entry = proposed.kind === 'dsse' ? dsseBody(proposed) : proposed
      return { status: 201, body: JSON.stringify(await log.log(entry)) }
    }
    if (path === '/api/v2/log/entries') {
      const entry = await log.log(hashedRekordBody(JSON.parse(body.toString())))
      return { status: 201, body: JSON.stringify(entryOfV2(entry)) }
    }
    if (path === '/api/v1/timestamp') {
      const stamp = await tsa.timestamp({
        artifactHash: digestOfQuery(body),
        hashAlgorithmOID: '2.16.840.1.101.3.4.2.1',
        nonce: 1,
        policyOID: '1.3.6.1.4.1.57264.2',
        certReq: true,
      })
      return { status: 201, body: Buffer.from(stamp.buffer, stamp.byteOffset, stamp.byteLength) }
    }
    return { status: 404, body: '{}' }
  }

  const trustedRoot = () => ({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [
      {
        baseUrl: url,
        hashAlgorithm: 'SHA2_256',
        publicKey: {
          rawBytes: base64(log.publicKey),
          keyDetails: 'PKIX_ECDSA_P256_SHA_256',
          validFor: since,
        },
        logId: { keyId: createHash('sha256').update(log.publicKey).digest('base64') },
      },
    ],
    certificateAuthorities: [
      { uri: url, certChain: { certificates: [{ rawBytes: base64(ca.rootCertificate) }] }, validFor: since },
    ],
    ctlogs: [
      {
        baseUrl: `${url}/ct`,
        hashAlgorithm: 'SHA2_256',
        publicKey: {
          rawBytes: base64(ctLog.publicKey),
          keyDetails: 'PKIX_ECDSA_P256_SHA_256',
          validFor: since,
        },
        logId: { keyId: base64(ctLog.logID) },
      },
    ],
    timestampAuthorities: [
      {
        uri: `${url}/api/v1/timestamp`,
        certChain: {
          certificates: [{ rawBytes: base64(tsa.intCertificate) }, { rawBytes: base64(tsa.rootCertificate) }],
        },
        validFor: since,
      },
    ],
  })
  const service = (version: number, at = url) => ({
    url: at,
    majorApiVersion: version,
    validFor: since,
    operator: 'local',
  })
  return {
    url,
    requests,
    trustedRoot,
    get misbehave() {
      return state.misbehave
    },
    set misbehave(value) {
      state.misbehave = value
    },
    trustConfig: (version) =>
      utf8(
        JSON.stringify({
          mediaType: 'application/vnd.dev.sigstore.clienttrustconfig.v0.1+json',
          trustedRoot: trustedRoot(),
          signingConfig: {
            mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
            caUrls: [service(1)],
            oidcUrls: [service(1)],
            rekorTlogUrls: [service(version)],
            tsaUrls: [service(1, `${url}/api/v1/timestamp`)],
            rekorTlogConfig: { selector: 'ANY' },
            tsaConfig: { selector: 'ANY' },
          },
        }),
      ),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** An OpenID Connect token that only this instance takes: it does not look at signatures. */
export function makeToken(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 600
  return `${part({ alg: 'RS256' })}.${part({ aud: 'sigstore', iss: 'https://issuer.example', exp, ...claims })}.${part('signature')}`
}
