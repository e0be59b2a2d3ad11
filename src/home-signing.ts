import { randomBytes } from 'node:crypto'
import { SallyportError } from './ground/lang/index.ts'
import type {
  BundleSigner,
  KeylessVerifier,
  ModelKey,
  Timestamper,
  TimestampVerifier,
} from './services/signing/index.ts'

// What signs and verifies models. main.ts loads it late; what a key's place needs is loaded later still.

/** What a place of keys may ask for. */
export interface KeyPlaceOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Passphrase or PIN, from a file, the environment or the terminal; undefined where none was given. */
  readonly secret: () => Promise<string | undefined>
  /** Says something to the person, such as that others can read their key. */
  readonly warn: (line: string) => void
}

type OpenKey = (uri: string, options: KeyPlaceOptions) => Promise<ModelKey>

const now = () => new Date()

/** Where keys live, by the beginning of their URI: one line a place, each loaded when it is asked for. */
const KEY_PLACES: readonly (readonly [prefix: string, open: OpenKey])[] = [
  [
    'awskms://',
    async (uri, { env }) =>
      (await import('./adapters/signer-aws-kms/index.ts')).openAwsKmsKey(uri, { env, fetch, now }),
  ],
  [
    'gcpkms://',
    async (uri, { env }) =>
      (await import('./adapters/signer-gcp-kms/index.ts')).openGcpKmsKey(uri, { env, fetch }),
  ],
  [
    'hashivault://',
    async (uri, { env }) =>
      (await import('./adapters/signer-vault/index.ts')).openVaultKey(uri, { env, fetch }),
  ],
  [
    'pkcs11:',
    async (uri, options) => (await import('./adapters/signer-pkcs11/index.ts')).openPkcs11Key(uri, options),
  ],
]

/** How keyless signing and verifying is asked for; names as the flags of the command line. */
export interface KeylessOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Path of a trusted_root.json or ClientTrustConfig; the embedded public-good root when absent. */
  readonly trustConfig?: string
  readonly useStaging?: boolean
  /** The token itself, never its path. */
  readonly identityToken?: string
  readonly useAmbientCredentials?: boolean
  readonly oauthForceOob?: boolean
  readonly clientId?: string
  readonly clientSecret?: string
  /** Says something to the person who waits, such as a URL to open. */
  readonly say: (line: string) => void
  /** Asks the person for a line. */
  readonly ask: (question: string) => Promise<string>
}

/** @throws SallyportError `BAD_CONFIG`, `BAD_INPUT` */
export async function openKeylessSigner(options: KeylessOptions): Promise<BundleSigner> {
  return (await import('./home-sigstore.ts')).openSigstoreSigner(options)
}

/** @throws SallyportError `BAD_CONFIG` */
export async function openKeylessVerifier(
  options: Pick<KeylessOptions, 'trustConfig' | 'useStaging'>,
): Promise<KeylessVerifier> {
  return (await import('./home-sigstore.ts')).openSigstoreVerifier(options)
}

/**
 * @param rootsPem certificates of timestamp authorities that are believed: what comes back is verified before it is used
 * @throws SallyportError `BAD_CONFIG` without a root, `BAD_INPUT`
 */
export async function openTimestamper(url: string, rootsPem: readonly string[]): Promise<Timestamper> {
  const { timestampBeliefs } = await import('./services/keys/index.ts')
  const { openTimestampAuthority } = await import('./adapters/timestamp-authority/index.ts')
  const beliefs = timestampBeliefs(rootsPem)
  return openTimestampAuthority(url, { fetch, now, random: randomBytes, beliefs })
}

/** @param rootsPem certificates of timestamp authorities that are believed. @throws SallyportError `BAD_INPUT` */
export async function openTimestampVerifier(rootsPem: readonly string[]): Promise<TimestampVerifier> {
  const { timestampBeliefs, verifyTimestamp } = await import('./services/keys/index.ts')
  const beliefs = timestampBeliefs(rootsPem)
  return {
    verify: async (response, signature) => verifyTimestamp(response, { message: signature, ...beliefs }).at,
  }
}

/** The key at a path or URI. @throws SallyportError `KEY_INVALID`, `BAD_INPUT`, `PEER_FAILED` */
export async function openModelKey(place: string, options: KeyPlaceOptions): Promise<ModelKey> {
  const open = KEY_PLACES.find(([prefix]) => place.startsWith(prefix))?.[1]
  if (open !== undefined) return open(place, options)
  if (/^[a-z0-9]+:\/\//.test(place) || place.startsWith('pkcs11:'))
    throw new SallyportError('NOT_SUPPORTED', `no place of keys is known for ${place.split(':')[0]}:`)
  return (await import('./adapters/signer-files/index.ts')).openFileKey(place, options)
}
