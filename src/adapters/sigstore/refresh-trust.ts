import type { TUF } from '@sigstore/tuf'
import { parseStrictJson } from '../../ground/crypto/index.ts'
import { SallyportError, utf8 } from '../../ground/lang/index.ts'
import { parseTrustConfig, type TrustConfig } from './trust-config.ts'

/** Milliseconds for one file of the repository. */
const TIMEOUT_MS = 20_000

/** Tries beyond the first. */
const RETRIES = 2

/** Where an update comes from, and what it is checked with. */
export interface TrustMirror {
  /** Address of a TUF repository; the public-good one is https://tuf-repo-cdn.sigstore.dev. */
  readonly url: string
  /** Path of the `root.json` that is believed to begin with; every newer one must be signed by the one before. */
  readonly rootPath: string
  /** Folder for what was seen, so that an older state is not taken for a new one. */
  readonly cacheFolder: string
}

/**
 * The trust root and signing config that a TUF repository hands out now, verified (theupdateframework.io). Nothing is
 * asked for over the network but here.
 * @throws SallyportError `PEER_FAILED` naming the step, `BAD_CONFIG`
 */
export async function refreshTrust(mirror: TrustMirror): Promise<{
  readonly config: TrustConfig
  /** ClientTrustConfig, to be kept. */
  readonly bytes: Uint8Array
}> {
  const url = mirror.url.replace(/\/$/, '')
  // Late: its HTTP client costs every check a tenth of a second.
  const { initTUF } = await import('@sigstore/tuf')
  const tuf = await step('the metadata', url, () =>
    initTUF({
      mirrorURL: url,
      rootPath: mirror.rootPath,
      cachePath: mirror.cacheFolder,
      timeout: TIMEOUT_MS,
      retry: RETRIES,
    }),
  )
  const root = await step('trusted_root.json', url, () => tuf.getTarget('trusted_root.json'))
  const trustedRoot = parseStrictJson(utf8(root), 'trusted_root.json')
  const signing = await signingConfigOf(tuf, url)
  const bytes = utf8(
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.clienttrustconfig.v0.1+json',
      trustedRoot,
      ...(signing !== undefined && {
        signingConfig: parseStrictJson(utf8(signing), 'signing_config.v0.2.json'),
      }),
    }),
  )
  return { config: parseTrustConfig(bytes, url), bytes }
}

/** A repository may hand out no signing config: then it serves to verify only. */
async function signingConfigOf(tuf: TUF, url: string): Promise<string | undefined> {
  try {
    return await tuf.getTarget('signing_config.v0.2.json')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'TUF_FIND_TARGET_ERROR') return undefined
    throw failed('signing_config.v0.2.json', url, error)
  }
}

async function step<T>(what: string, url: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    throw failed(what, url, cause)
  }
}

function failed(what: string, url: string, cause: unknown): SallyportError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const why = inner instanceof Error ? inner.message.slice(0, 200) : String(inner)
  return new SallyportError('PEER_FAILED', `the trust root was not updated, ${what} from ${url}: ${why}`, {
    cause,
  })
}
