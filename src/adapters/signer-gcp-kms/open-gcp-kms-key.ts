import { SallyportError, utf8 } from '../../ground/lang/index.ts'
import {
  type Answer,
  askPeer,
  bytesOf,
  type Fetch,
  peerBase,
  provenKey,
  readAnswer,
  textOf,
} from '../../services/keys/index.ts'
import type { ModelKey } from '../../services/signing/index.ts'
import { crc32c } from './crc32c.ts'

/** What Google Cloud needs of the world. */
export interface GcpDeps {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly fetch: Fetch
  /** A bearer token for a scope; Application Default Credentials when absent. */
  readonly token?: () => Promise<string>
}

const SCOPE = 'https://www.googleapis.com/auth/cloudkms'
const PART = '[A-Za-z0-9_.:-]{1,100}'
const FORM = new RegExp(
  `^gcpkms://(projects/${PART}/locations/${PART}/keyRings/${PART}/cryptoKeys/${PART})/(?:cryptoKeyVersions|versions)/([1-9]\\d{0,8})$`,
)

/**
 * One version of a key in Google Cloud KMS. Checksums (CRC32C) are sent and checked both ways, beside the proof that
 * every signature gets anyway.
 * @param uri `gcpkms://projects/…/cryptoKeys/NAME/cryptoKeyVersions/N`, or cosign's `/versions/N`
 * @throws SallyportError `BAD_INPUT`, `BAD_CONFIG` without credentials, `PEER_FAILED`, `KEY_INVALID`
 */
export async function openGcpKmsKey(uri: string, deps: GcpDeps): Promise<ModelKey> {
  const [, key, version] = FORM.exec(uri) ?? []
  if (key === undefined)
    throw new SallyportError(
      'BAD_INPUT',
      `"${uri.slice(0, 300)}" names no version of a Google Cloud KMS key; write gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N`,
    )
  const name = `${key}/cryptoKeyVersions/${version}`
  const what = `Google Cloud KMS, ${name}`
  const call = caller(deps)
  const published = await call('GET', `${name}/publicKey`, `${what} (public key)`)
  const pem = textOf(published, 'pem', what)
  checkSum(utf8(pem), published.pemCrc32c, `${what}: the public key`)
  checkName(published, name, what)
  return provenKey({
    label: uri,
    publicKey: { pem },
    signDigest: async (digest, hash, signal) => {
      const body = {
        digest: { [hash]: Buffer.from(digest).toString('base64') },
        digestCrc32c: String(crc32c(digest)),
      }
      const answer = await call('POST', `${name}:asymmetricSign`, `${what} (sign)`, { body, signal })
      if (answer.verifiedDigestCrc32c !== true)
        throw new SallyportError('PEER_FAILED', `${what}: the digest did not arrive as it was sent`)
      checkName(answer, name, what)
      const signature = bytesOf(answer, 'signature', what)
      checkSum(signature, answer.signatureCrc32c, `${what}: the signature`)
      return signature
    },
  })
}

type Call = (
  method: 'GET' | 'POST',
  path: string,
  what: string,
  more?: { readonly body: Answer; readonly signal: AbortSignal | undefined },
) => Promise<Answer>

function caller(deps: GcpDeps): Call {
  const base = peerBase(
    deps.env.CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS ?? 'https://cloudkms.googleapis.com',
    'Google Cloud KMS',
  )
  const token = deps.token ?? defaultToken()
  return async (method, path, what, more) => {
    const headers = { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' }
    const bytes = await askPeer(deps.fetch, {
      ...{ what, url: `${base}/v1/${path}`, method, headers },
      ...(more === undefined ? {} : { body: Buffer.from(JSON.stringify(more.body)) }),
      ...(more?.signal === undefined ? {} : { signal: more.signal }),
    })
    return readAnswer(bytes, what)
  }
}

/** Application Default Credentials: a file, workload identity, or the metadata server. Loaded when first asked for. */
function defaultToken(): () => Promise<string> {
  let ask: (() => Promise<string | null | undefined>) | undefined
  return async () => {
    try {
      if (ask === undefined) {
        const { GoogleAuth } = await import('google-auth-library')
        const auth = new GoogleAuth({ scopes: [SCOPE] })
        ask = () => auth.getAccessToken()
      }
      const token = await ask()
      if (typeof token === 'string' && token !== '') return token
    } catch (cause) {
      // The library's message names files and steps; its fields may hold requests, so that it is not passed on whole.
      const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : ''
      throw new SallyportError('BAD_CONFIG', `Google Cloud: no credentials: ${why.slice(0, 200)}`)
    }
    throw new SallyportError(
      'BAD_CONFIG',
      'Google Cloud: no credentials; set GOOGLE_APPLICATION_CREDENTIALS or run: gcloud auth application-default login',
    )
  }
}

function checkSum(bytes: Uint8Array, said: unknown, what: string): void {
  // An int64 in JSON is text (protobuf JSON mapping); small ones come as numbers from some proxies.
  if (String(said) !== String(crc32c(bytes)))
    throw new SallyportError('PEER_FAILED', `${what} does not match its checksum`)
}

function checkName(answer: Answer, name: string, what: string): void {
  if (answer.name !== name)
    throw new SallyportError('PEER_FAILED', `${what}: the answer is about another key version`)
}
