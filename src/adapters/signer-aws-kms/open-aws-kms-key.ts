import { AwsClient } from 'aws4fetch'
import { SallyportError } from '../../ground/lang/index.ts'
import {
  type Answer,
  askPeer,
  bytesOf,
  type DigestName,
  peerBase,
  provenKey,
  readAnswer,
  textOf,
} from '../../services/keys/index.ts'
import type { ModelKey } from '../../services/signing/index.ts'
import type { AwsCredentials, AwsDeps } from './aws-deps.ts'
import { findCredentials } from './find-credentials.ts'
import { type AwsKmsName, parseAwsUri } from './parse-aws-uri.ts'
import { readProfile } from './shared-files.ts'

/** KMS names its algorithms by hash; the curve of the key fixes which one it takes. */
const ALGORITHMS: Readonly<Record<DigestName, string>> = {
  sha256: 'ECDSA_SHA_256',
  sha384: 'ECDSA_SHA_384',
  sha512: 'ECDSA_SHA_512',
}
/** Milliseconds before credentials end at which new ones are fetched. */
const EARLY_MS = 60_000

/**
 * A key in AWS KMS. Requests are signed with Signature Version 4; the key itself stays where it is.
 * @param uri `awskms://[ENDPOINT]/[ID|alias/NAME|ARN]`
 * @throws SallyportError `BAD_INPUT`, `BAD_CONFIG` without region or credentials, `PEER_FAILED`, `KEY_INVALID`
 */
export async function openAwsKmsKey(uri: string, deps: AwsDeps): Promise<ModelKey> {
  const name = parseAwsUri(uri)
  const region = await regionOf(name, deps)
  const call = caller(deps, region, baseOf(name, deps, region))
  const what = `AWS KMS, key ${name.keyId}`
  const described = await call('GetPublicKey', { KeyId: name.keyId }, `${what} (public key)`)
  if (textOf(described, 'KeyUsage', what) !== 'SIGN_VERIFY')
    throw new SallyportError(
      'KEY_INVALID',
      `${what} is not for signing (its use is ${String(described.KeyUsage)})`,
    )
  // The ARN of the answer: an alias that is moved to another key later must not change what signs.
  const keyId = textOf(described, 'KeyId', what)
  return provenKey({
    label: uri,
    publicKey: { der: bytesOf(described, 'PublicKey', what) },
    signDigest: async (digest, hash, signal) => {
      const body = {
        KeyId: keyId,
        Message: Buffer.from(digest).toString('base64'),
        MessageType: 'DIGEST',
        SigningAlgorithm: ALGORITHMS[hash],
      }
      const answer = await call('Sign', body, `${what} (sign)`, signal)
      return bytesOf(answer, 'Signature', what)
    },
  })
}

type Call = (action: string, body: Answer, what: string, signal?: AbortSignal) => Promise<Answer>

function caller(deps: AwsDeps, region: string, base: string): Call {
  let current: AwsCredentials | undefined
  return async (action, body, what, signal) => {
    if (current === undefined || (current.expiresAt ?? Infinity) - EARLY_MS < deps.now().getTime())
      current = await findCredentials(deps, region)
    const { accessKeyId, secretAccessKey, sessionToken } = current
    const client = new AwsClient({
      ...{ accessKeyId, secretAccessKey, region, service: 'kms' },
      ...(sessionToken === undefined ? {} : { sessionToken }),
    })
    const bytes = Buffer.from(JSON.stringify(body))
    const signed = await client.sign(`${base}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${action}` },
      body: bytes,
      aws: {
        datetime: deps
          .now()
          .toISOString()
          .replaceAll(/[:-]|\.\d{3}/g, ''),
      },
    })
    const headers = Object.fromEntries(signed.headers)
    const question = { what, url: signed.url, method: 'POST', headers, body: bytes } as const
    return readAnswer(
      await askPeer(deps.fetch, { ...question, ...(signal === undefined ? {} : { signal }) }),
      what,
    )
  }
}

async function regionOf(name: AwsKmsName, deps: AwsDeps): Promise<string> {
  const { env } = deps
  const region = name.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? (await readProfile(env)).region
  if (region !== undefined && /^[a-z0-9-]{1,30}$/.test(region)) return region
  throw new SallyportError('BAD_CONFIG', 'AWS KMS: no region; set AWS_REGION, or name the key by its ARN')
}

function baseOf(name: AwsKmsName, { env }: AwsDeps, region: string): string {
  const set = env.AWS_ENDPOINT_URL_KMS ?? env.AWS_ENDPOINT_URL
  if (name.endpoint !== undefined) return peerBase(`https://${name.endpoint}`, 'AWS KMS')
  if (set !== undefined) return peerBase(set, 'AWS KMS (AWS_ENDPOINT_URL_KMS)')
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return `https://kms.${region}.${domain}`
}
