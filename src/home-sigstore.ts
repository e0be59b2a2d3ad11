import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  artifactOfFile,
  EMBEDDED_TRUST,
  embeddedTrustConfig,
  findAmbientToken,
  isOutlived,
  logIn,
  makeBundleChecker,
  makeKeylessSigner,
  makeKeylessVerifier,
  parseTrustConfig,
  readIdentityToken,
  refreshTrust,
  selectIssuer,
  type TrustConfig,
} from './adapters/sigstore/index.ts'
import type { AttestVerifyRequest, SigstoreDoor, TrustedService, TrustOutput } from './faces/cli/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import { artifactOfDigest, verifyAttestation, type WantedSigner } from './services/attestations/index.ts'
import { readSettings } from './services/settings/index.ts'
import type { BundleSigner, KeylessVerifier } from './services/signing/index.ts'

// Keyless signing, bundles of others, and whom to believe. main.ts and home-signing.ts load it late.

/** The public-good TUF repository. */
const PUBLIC_MIRROR = 'https://tuf-repo-cdn.sigstore.dev'
const PUBLIC_ROOT = fileURLToPath(new URL('../catalog/sigstore/root.json', import.meta.url))

/** Client id that the public-good issuer knows. */
const CLIENT_ID = 'sigstore'

/** Bytes. Bundles, keys and trust roots that are named on the command line; the services have limits of their own. */
const MAX_FILE_BYTES = 64 * 1024 * 1024

function trustFolder(): string {
  const file = resolve('sallyport.yaml')
  const settings = readSettings(process.env, () =>
    existsSync(file) ? readFileSync(file, 'utf8') : undefined,
  )
  return join(settings.home, 'trust')
}

async function readNamed(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path)
    if (size > MAX_FILE_BYTES)
      throw new SallyportError('TOO_LARGE', `${path} is larger than ${MAX_FILE_BYTES} bytes`)
    return await readFile(path)
  } catch (cause) {
    if (cause instanceof SallyportError) throw cause
    throw new SallyportError('BAD_INPUT', `cannot read ${path}: ${(cause as Error).message}`, { cause })
  }
}

/** The file that was named, else the newer of what `trust update` has brought and the copy that came with this version. */
async function trustConfigOf(path: string | undefined): Promise<TrustConfig> {
  if (path !== undefined) return parseTrustConfig(await readNamed(path), path)
  const updated = join(trustFolder(), 'trust-config.json')
  if (!existsSync(updated)) return embeddedTrustConfig()
  const config = parseTrustConfig(await readNamed(updated), updated)
  return isOutlived(config, (await stat(updated)).mtime) ? embeddedTrustConfig() : config
}

function refuseStaging(useStaging: boolean | undefined): void {
  if (useStaging === true)
    throw new SallyportError(
      'NOT_SUPPORTED',
      'the staging instance is not built in: give its trust configuration with --trust-config',
    )
}

/** As KeylessOptions of home-signing.ts, whose flags these are. */
interface SignerOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly trustConfig?: string
  readonly useStaging?: boolean
  readonly identityToken?: string
  readonly useAmbientCredentials?: boolean
  readonly oauthForceOob?: boolean
  readonly clientId?: string
  readonly clientSecret?: string
  readonly say: (line: string) => void
  readonly ask: (question: string) => Promise<string>
}

/** @throws SallyportError `BAD_CONFIG`, `BAD_INPUT` for a token that is none */
export async function openSigstoreSigner(options: SignerOptions): Promise<BundleSigner> {
  refuseStaging(options.useStaging)
  const config = await trustConfigOf(options.trustConfig)
  const source = await tokenSource(config, options)
  return makeKeylessSigner({ config, fetch, now: () => new Date(), ...source })
}

/** A token, or `@FILE`: everybody on a machine sees the command lines of the others. */
async function tokenOf(text: string): Promise<string> {
  return text.startsWith('@') ? Buffer.from(await readNamed(text.slice(1))).toString('utf8') : text
}

async function tokenSource(config: TrustConfig, options: SignerOptions) {
  const { env, useAmbientCredentials } = options
  if (options.identityToken !== undefined) {
    const identityToken = await tokenOf(options.identityToken)
    const { subject, issuer } = readIdentityToken(identityToken, new Date())
    return { label: `${subject} (${issuer})`, getToken: async () => identityToken }
  }
  if (useAmbientCredentials === true)
    return {
      label: 'the identity of this job',
      getToken: (signal?: AbortSignal) => findAmbientToken({ env, fetch, signal }),
    }
  if (config.signing === undefined)
    throw new SallyportError(
      'BAD_CONFIG',
      `${config.label} names no OIDC issuer to log in at: give --identity-token`,
    )
  const issuer = selectIssuer(config.signing, new Date())
  return {
    label: `whoever logs in at ${issuer}`,
    getToken: (signal?: AbortSignal) =>
      logIn(
        { fetch, signal },
        {
          issuer,
          clientId: options.clientId ?? CLIENT_ID,
          ...(options.clientSecret !== undefined && { clientSecret: options.clientSecret }),
          isOutOfBand: options.oauthForceOob === true,
          say: options.say,
          ask: options.ask,
        },
      ),
  }
}

/** @throws SallyportError `BAD_CONFIG` */
export async function openSigstoreVerifier(options: {
  readonly trustConfig?: string
  readonly useStaging?: boolean
}): Promise<KeylessVerifier> {
  refuseStaging(options.useStaging)
  return makeKeylessVerifier(makeBundleChecker(await trustConfigOf(options.trustConfig)))
}

/** Which trust root is in force where none is named, and when its publisher's word on it was taken. @throws SallyportError `BAD_CONFIG` */
export async function trustRootInForce(): Promise<{ readonly source: string; readonly at: Date }> {
  const updated = join(trustFolder(), 'trust-config.json')
  const { label } = await trustConfigOf(undefined)
  const at = existsSync(updated) ? (await stat(updated)).mtime : new Date(EMBEDDED_TRUST.takenAt)
  return { source: label, at }
}

/** What the command line asks of Sigstore. */
export function sigstoreDoor(): SigstoreDoor {
  return {
    verify: async (request) => {
      const wanted = await wantedOf(request)
      const artifact = await artifactOf(request)
      const checker = makeBundleChecker(await trustConfigOf(request.trustConfig))
      return verifyAttestation(checker, {
        label: request.bundle,
        bundle: await readNamed(request.bundle),
        wanted,
        artifact,
        ...(request.type !== undefined && { predicateType: request.type }),
      })
    },
    trust: async (path) => outputOf(await trustConfigOf(path)),
    updateTrust,
  }
}

async function wantedOf(request: AttestVerifyRequest): Promise<WantedSigner> {
  const { identity, identityRegexp, identityProvider, key, withoutLog = false } = request
  const named = [identity, identityRegexp, key].filter((one) => one !== undefined)
  if (named.length !== 1)
    throw new SallyportError(
      'BAD_INPUT',
      'say who must have signed, in one way: --identity or --identity-regexp, each with --identity-provider, or --key',
    )
  if (key !== undefined) {
    const publicKeyPem = Buffer.from(await readNamed(key)).toString('utf8')
    return { kind: 'key', publicKeyPem, mayBeUnlogged: withoutLog }
  }
  if (withoutLog)
    throw new SallyportError(
      'BAD_INPUT',
      '--without-log is for --key: a certificate of ten minutes is worth nothing without a log',
    )
  if (identityProvider === undefined)
    throw new SallyportError(
      'BAD_INPUT',
      'an identity is nobody without its issuer: give --identity-provider',
    )
  if (identity !== undefined) return { kind: 'identity', identity, identityProvider }
  return { kind: 'identity-pattern', pattern: patternOf(identityRegexp ?? ''), identityProvider }
}

function patternOf(text: string): RegExp {
  try {
    return new RegExp(text, 'v')
  } catch (cause) {
    throw new SallyportError('BAD_INPUT', `--identity-regexp: ${(cause as Error).message}`, { cause })
  }
}

function artifactOf({ artifact, digest, onProgress }: AttestVerifyRequest) {
  if ((artifact === undefined) === (digest === undefined))
    throw new SallyportError(
      'BAD_INPUT',
      'say what it must be about, in one way: --artifact FILE or --digest sha256:…',
    )
  if (artifact === undefined) return artifactOfDigest(digest ?? '')
  return artifactOfFile(artifact, (doneBytes, totalBytes) => onProgress?.({ doneBytes, totalBytes }))
}

async function updateTrust(mirror: { readonly url?: string; readonly root?: string }): Promise<TrustOutput> {
  if (mirror.url !== undefined && mirror.root === undefined)
    throw new SallyportError(
      'BAD_INPUT',
      'a repository of your own is believed by its root.json: give it with --trust-root, from somewhere else than the repository',
    )
  const folder = trustFolder()
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const rootPath = mirror.root ?? PUBLIC_ROOT
  const believed = createHash('sha256')
    .update(await readNamed(rootPath))
    .digest('hex')
  const { config, bytes } = await refreshTrust({
    url: mirror.url ?? PUBLIC_MIRROR,
    rootPath,
    // One for each root that is believed: what another root has once vouched for must not be taken up again.
    cacheFolder: join(folder, 'tuf', believed),
  })
  await writeWhole(join(folder, 'trust-config.json'), bytes)
  return outputOf(config)
}

/** Whole or not at all: half a trust root would refuse everything. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}.new`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}

function outputOf({ root, signing, label, sha256 }: TrustConfig): TrustOutput {
  const service = (kind: TrustedService['kind'], url: string, range: Range | undefined): TrustedService => ({
    kind,
    url,
    from: range?.start?.toISOString() ?? '',
    ...(range?.end !== undefined && { until: range.end.toISOString() }),
  })
  return {
    source: label,
    sha256,
    canSign: signing !== undefined,
    services: [
      ...root.certificateAuthorities.map((ca) => service('certificate authority', ca.uri, ca.validFor)),
      ...root.tlogs.map((log) => service('transparency log', log.baseUrl, log.publicKey?.validFor)),
      ...root.ctlogs.map((log) => service('certificate log', log.baseUrl, log.publicKey?.validFor)),
      ...root.timestampAuthorities.map((ca) => service('timestamp authority', ca.uri, ca.validFor)),
    ],
  }
}

interface Range {
  readonly start?: Date | undefined
  readonly end?: Date | undefined
}
