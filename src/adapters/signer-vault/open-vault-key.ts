import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'
import {
  type Answer,
  askPeer,
  bytesOf,
  type DigestName,
  type Fetch,
  objectOf,
  peerBase,
  provenKey,
  readAnswer,
  textOf,
} from '../../services/keys/index.ts'
import type { ModelKey } from '../../services/signing/index.ts'

/** What Vault needs of the world. */
export interface VaultDeps {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly fetch: Fetch
}

const HASHES: Readonly<Record<DigestName, string>> = {
  sha256: 'sha2-256',
  sha384: 'sha2-384',
  sha512: 'sha2-512',
}
const FORM = /^hashivault:\/\/(\w(?:[\w.-]{0,200}\w)?)(?:\?version=([1-9]\d{0,8}))?$/

/**
 * A key of HashiCorp Vault's transit engine. Its newest version is taken when it is opened, or the one that the URI
 * names, and held: a rotation in Vault changes nothing until the key is opened again.
 * @param uri `hashivault://NAME`, as cosign writes it, or `hashivault://NAME?version=N`
 * @throws SallyportError `BAD_INPUT`, `BAD_CONFIG` without address or token, `PEER_FAILED`, `KEY_INVALID`
 */
export async function openVaultKey(uri: string, deps: VaultDeps): Promise<ModelKey> {
  const [, name, wanted] = FORM.exec(uri) ?? []
  if (name === undefined)
    throw new SallyportError(
      'BAD_INPUT',
      `"${uri.slice(0, 200)}" names no Vault key; write hashivault://NAME or hashivault://NAME?version=N`,
    )
  const what = `Vault transit, key ${name}`
  const call = await caller(deps)
  const key = await call('GET', `keys/${name}`, `${what} (public key)`)
  const version = wanted ?? String(key.latest_version)
  const versions = objectOf(key.keys, what, 'keys')
  if (!/^[1-9]\d{0,8}$/.test(version) || !Object.hasOwn(versions, version))
    throw new SallyportError('KEY_INVALID', `${what}: there is no version ${version.slice(0, 20)}`)
  const type = textOf(key, 'type', what)
  if (!type.startsWith('ecdsa-'))
    throw new SallyportError('KEY_INVALID', `${what} is of the type ${type}; make one with type=ecdsa-p256`)
  return provenKey({
    label: wanted === undefined ? `${uri}?version=${version}` : uri,
    publicKey: { pem: textOf(objectOf(versions[version], what, `version ${version}`), 'public_key', what) },
    signDigest: async (digest, hash, signal) => {
      const body = {
        input: Buffer.from(digest).toString('base64'),
        prehashed: true,
        hash_algorithm: HASHES[hash],
        marshaling_algorithm: 'asn1',
        key_version: Number(version),
      }
      const answer = await call('POST', `sign/${name}`, `${what} (sign)`, { body, signal })
      return signatureOf(textOf(answer, 'signature', what), version, what)
    },
  })
}

type Call = (
  method: 'GET' | 'POST',
  path: string,
  what: string,
  more?: { readonly body: Answer; readonly signal: AbortSignal | undefined },
) => Promise<Answer>

async function caller({ env, fetch }: VaultDeps): Promise<Call> {
  const base = peerBase(env.VAULT_ADDR ?? 'https://127.0.0.1:8200', 'Vault (VAULT_ADDR)')
  const mount = env.TRANSIT_SECRET_ENGINE_PATH ?? 'transit'
  if (!/^[\w-]+(\/[\w-]+){0,8}$/.test(mount))
    throw new SallyportError('BAD_CONFIG', 'Vault: TRANSIT_SECRET_ENGINE_PATH is no path of a mount')
  const headers: Record<string, string> = { 'x-vault-token': await tokenOf(env), 'x-vault-request': 'true' }
  if (env.VAULT_NAMESPACE !== undefined) headers['x-vault-namespace'] = env.VAULT_NAMESPACE
  return async (method, path, what, more) => {
    const bytes = await askPeer(fetch, {
      ...{ what: `${what} at ${base}`, url: `${base}/v1/${mount}/${path}`, method, headers },
      ...(more === undefined ? {} : { body: Buffer.from(JSON.stringify(more.body)) }),
      ...(more?.signal === undefined ? {} : { signal: more.signal }),
    })
    return objectOf(readAnswer(bytes, what).data, what, 'data')
  }
}

async function tokenOf(env: VaultDeps['env']): Promise<string> {
  if (env.VAULT_TOKEN !== undefined && env.VAULT_TOKEN !== '') return env.VAULT_TOKEN
  const file = env.VAULT_TOKEN_FILE ?? join(env.HOME ?? homedir(), '.vault-token')
  const token = await readFile(file, 'utf8').catch((cause) => {
    throw new SallyportError(
      'BAD_CONFIG',
      `Vault: no token; set VAULT_TOKEN or VAULT_TOKEN_FILE, or log in with \`vault login\` (${file} cannot be read)`,
      { cause },
    )
  })
  return token.trim()
}

/** `vault:v3:BASE64`: the version must be the one that was asked for. */
function signatureOf(text: string, version: string, what: string): Uint8Array {
  const [scheme, signedWith, encoded, ...rest] = text.split(':')
  if (scheme !== 'vault' || signedWith !== `v${version}` || rest.length > 0)
    throw new SallyportError('PEER_FAILED', `${what}: the signature is not one by version ${version}`)
  return bytesOf({ signature: encoded }, 'signature', what)
}
