import { createHash, createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { type Asked, CURVES, type Served, serve } from './serve.ts'
import { signDigest } from './sign-digest.ts'

export const AWS_ENV = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_REGION: 'eu-central-1',
}

/** The parts that a Signature Version 4 is made of. */
export interface SigV4 {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly signed: string
  readonly body: Buffer
  readonly date: string
  readonly region: string
  readonly service: string
  readonly secret: string
}

/** AWS Signature Version 4 from its specification, apart from any client (docs.aws.amazon.com, "Create a signed request"). */
export function sigV4(of: SigV4): string {
  const hex = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const canonical = [
    of.method,
    of.path,
    '',
    ...of.signed.split(';').map((name) => `${name}:${(of.headers[name] ?? '').trim()}`),
    '',
    of.signed,
    hex(of.body),
  ].join('\n')
  const scope = `${of.date.slice(0, 8)}/${of.region}/${of.service}/aws4_request`
  const text = ['AWS4-HMAC-SHA256', of.date, scope, hex(canonical)].join('\n')
  const day = hmac(`AWS4${of.secret}`, of.date.slice(0, 8))
  const key = hmac(hmac(hmac(day, of.region), of.service), 'aws4_request')
  return hmac(key, text).toString('hex')
}

function isSigned({ method, path, headers, body }: Asked): boolean {
  const [, id, scope, signed, signature] =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    ) ?? []
  const [, region = '', service = ''] = (scope ?? '').split('/')
  if (id !== AWS_ENV.AWS_ACCESS_KEY_ID || region !== AWS_ENV.AWS_REGION || service !== 'kms') return false
  const date = String(headers['x-amz-date'])
  const secret = AWS_ENV.AWS_SECRET_ACCESS_KEY
  const flat = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
  return (
    sigV4({ method, path, headers: flat, signed: signed ?? '', body, date, region, service, secret }) ===
    signature
  )
}

/** A server that speaks GetPublicKey and Sign of AWS KMS (JSON 1.1) with real keys, and checks every signature of a request. */
export async function serveAwsKms(): Promise<Served & { readonly keyIds: readonly string[] }> {
  const keys = new Map<
    string,
    { readonly arn: string; readonly publicKey: KeyObject; readonly privateKey: KeyObject }
  >()
  for (const [i, [namedCurve]] of CURVES.entries()) {
    const id = `0000000${i}-1111-2222-3333-444444444444`
    const arn = `arn:aws:kms:eu-central-1:111122223333:key/${id}`
    keys.set(id, { arn, ...generateKeyPairSync('ec', { namedCurve }) })
  }
  const refuse = (status: number, type: string, message: string) => ({
    status,
    json: { __type: type, message },
    type: 'application/x-amz-json-1.1',
  })
  const served = await serve((asked) => {
    if (!isSigned(asked))
      return refuse(400, 'InvalidSignatureException', 'The request signature does not match')
    const request = JSON.parse(asked.body.toString('utf8')) as Record<string, string>
    const wanted = String(request.KeyId)
    const [id] =
      [...keys].find(([key, { arn }]) => wanted === key || wanted === arn || wanted === `alias/k${key[7]}`) ??
      []
    const key = keys.get(id ?? '')
    if (key === undefined) return refuse(400, 'NotFoundException', `Key '${wanted}' does not exist`)
    const type = 'application/x-amz-json-1.1'
    if (asked.headers['x-amz-target'] === 'TrentService.GetPublicKey')
      return {
        type,
        json: {
          KeyId: key.arn,
          KeyUsage: 'SIGN_VERIFY',
          KeySpec: 'ECC_NIST_P256',
          PublicKey: key.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
        },
      }
    const hash = /^ECDSA_SHA_(\d+)$/.exec(String(request.SigningAlgorithm))?.[1]
    if (asked.headers['x-amz-target'] !== 'TrentService.Sign' || request.MessageType !== 'DIGEST')
      return refuse(400, 'ValidationException', 'not served here')
    const signature = signDigest(key.privateKey, Buffer.from(String(request.Message), 'base64'), `sha${hash}`)
    return {
      type,
      json: {
        KeyId: key.arn,
        SigningAlgorithm: request.SigningAlgorithm,
        Signature: signature.toString('base64'),
      },
    }
  })
  return { ...served, keyIds: [...keys.keys()] }
}
