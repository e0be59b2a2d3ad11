import { generateKeyPairSync, sign } from 'node:crypto'
import { TransparencyLogEntry } from '@sigstore/protobuf-specs'
import { pae } from '../../ground/crypto/index.ts'
import { SallyportError, utf8 } from '../../ground/lang/index.ts'
import type { BundleSigner } from '../../services/signing/index.ts'
import { askFulcio } from './ask-fulcio.ts'
import { askRekor, type LoggedEnvelope } from './ask-rekor.ts'
import { askTimestamp } from './ask-timestamp.ts'
import type { PeerDeps } from './call-peer.ts'
import { checkBundle, trustOf } from './check-bundle.ts'
import { readIdentityToken } from './identity-token.ts'
import { type SigningServices, selectServices } from './select-services.ts'
import type { TrustConfig } from './trust-config.ts'

/** What a keyless signer stands on. */
export interface KeylessSignerDeps {
  readonly config: TrustConfig
  readonly fetch: typeof fetch
  readonly now: () => Date
  /** An OpenID Connect token for the audience that Fulcio wants; asked for once a signature. */
  readonly getToken: (signal?: AbortSignal) => Promise<string>
  /** Where the token comes from, for people. */
  readonly label: string
}

const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json'

/**
 * Signs with a key that lives for one signature, certified by Fulcio, logged in Rekor and timestamped as the signing
 * config says. What comes back has been verified against the trust root first, as a stranger would.
 */
export function makeKeylessSigner(deps: KeylessSignerDeps): BundleSigner {
  return {
    label: deps.label,
    sign: async (payloadType, payload, signal) => {
      const services = servicesOf(deps)
      const token = readIdentityToken(await deps.getToken(signal), deps.now())
      const peers: PeerDeps = { fetch: deps.fetch, signal }
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const certificate = await askFulcio(peers, services.fulcio, { token, privateKey, publicKey })
      const message = pae(payloadType, payload)
      const signature = sign('sha256', message, privateKey)
      const envelope: LoggedEnvelope = { payload, payloadType, signature, message, certificate }
      const { entries, stamps } = await testify(peers, services, envelope)
      const bundle = bundleOf(envelope, entries, stamps)
      await checkOwn(deps.config, bundle)
      return utf8(JSON.stringify(bundle))
    },
  }
}

/** Log entries and timestamps, asked for at once; when one fails, the others are not waited for. */
async function testify(peers: PeerDeps, services: SigningServices, envelope: LoggedEnvelope) {
  const stop = new AbortController()
  const signal = peers.signal === undefined ? stop.signal : AbortSignal.any([peers.signal, stop.signal])
  try {
    const [entries, stamps] = await Promise.all([
      Promise.all(services.logs.map((log) => askRekor({ ...peers, signal }, log, envelope))),
      Promise.all(
        services.timestampAuthorities.map((url) =>
          askTimestamp({ ...peers, signal }, url, envelope.signature),
        ),
      ),
    ])
    return { entries, stamps }
  } finally {
    stop.abort()
  }
}

function servicesOf({ config, now }: KeylessSignerDeps) {
  if (config.signing === undefined)
    throw new SallyportError(
      'BAD_CONFIG',
      `${config.label} is a trust root alone: signing needs a ClientTrustConfig, which also names Fulcio, Rekor and a timestamp authority`,
    )
  return selectServices(config.signing, now())
}

function bundleOf(
  { payload, payloadType, signature, certificate }: LoggedEnvelope,
  entries: readonly TransparencyLogEntry[],
  stamps: readonly Buffer[],
) {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  return {
    mediaType: MEDIA_TYPE,
    verificationMaterial: {
      certificate: { rawBytes: base64(certificate.raw) },
      tlogEntries: entries.map(entryToJson),
      ...(stamps.length > 0 && {
        timestampVerificationData: {
          rfc3161Timestamps: stamps.map((stamp) => ({ signedTimestamp: base64(stamp) })),
        },
      }),
    },
    dsseEnvelope: {
      payload: base64(payload),
      payloadType,
      signatures: [{ sig: base64(signature), keyid: '' }],
    },
  }
}

// The first entry of a log has the index 0, which the library leaves out and Python's client then misses.
function entryToJson(entry: TransparencyLogEntry): unknown {
  const { inclusionProof, ...json } = Object(TransparencyLogEntry.toJSON(entry))
  return {
    ...json,
    logIndex: entry.logIndex,
    ...(inclusionProof !== undefined && {
      inclusionProof: { hashes: [], ...inclusionProof, logIndex: entry.inclusionProof?.logIndex },
    }),
  }
}

/** A peer that answered nonsense must not be found out by whoever verifies years later. */
async function checkOwn(config: TrustConfig, bundle: unknown): Promise<void> {
  try {
    await checkBundle(trustOf(config), bundle, { kind: 'whoever-has-the-certificate' })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SallyportError(
      'PEER_FAILED',
      `the bundle that Fulcio, Rekor and the timestamp authority made does not verify against ${config.label}: ${why}`,
      { cause },
    )
  }
}
