import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { openHashCache } from './adapters/hash-cache/index.ts'
import { openModelFiles } from './adapters/model-files/index.ts'
import type {
  Home,
  KeylessOrder,
  SignatureOutput,
  SigningDoor,
  SignOrder,
  VerifyOrder,
} from './faces/cli/index.ts'
import { type Certificate, readPemCertificates } from './ground/crypto/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import {
  openKeylessSigner,
  openKeylessVerifier,
  openModelKey,
  openTimestamper,
  openTimestampVerifier,
} from './home-signing.ts'
import { askHidden, askLine, readBounded, writeWhole } from './home-terminal.ts'
import type { BlobStore, EvidenceDesk, Registry } from './services/registry/index.ts'
import { readSettings, type SignerSetting } from './services/settings/index.ts'
import {
  type BelievedSigner,
  checkImported,
  manifestsOf,
  recordSignature,
  type SignWith,
  signModel,
  type VerifiedModel,
  type VerifyDeps,
  verifyModel,
  withSignatures,
} from './services/signing/index.ts'

// What `sallyport sign` and `sallyport verify` stand on. main.ts loads it late.

/** Bytes. A signature of 200,000 files; the reader has the same bound. */
const MAX_SIGNATURE_BYTES = 128 * 2 ** 20
/** Bytes. A root store of a system has some 200 kB. */
const MAX_PEM_BYTES = 4 * 2 ** 20
const DEFAULT_NAME = 'model.sig'

const now = () => new Date()
const files = openModelFiles({ workerUrl: new URL('./adapters/model-files/hash-worker.ts', import.meta.url) })

/** The door of the commands that sign and verify. @param cacheFolder where digests of files that stood still are kept */
export function furnishSigning(cacheFolder: string): SigningDoor {
  return {
    sign,
    verify: (order) => verify(order, cacheFolder),
    find: async (path) => {
      const signature = join(path, DEFAULT_NAME)
      if (!existsSync(signature)) return undefined
      return { signature, believesSomebody: configuredSigners().length > 0 }
    },
  }
}

/** Seals that a model bears a signature that held. @throws SallyportError `NOT_FOUND` for a model that was never imported */
export async function sealSignature(
  desk: Parameters<typeof recordSignature>[0]['desk'],
  ...[digest, signature]: Parameters<Home['recordSignature']>
): Promise<void> {
  await recordSignature({ desk, now }, digest, { ...signature, omsRoot: signature.omsRoot })
}

/** A registry that looks at the signature of every model that comes in, and seals what came of it. */
export function watchSignatures<R extends Registry & { readonly desk: EvidenceDesk }>(
  registry: R,
  blobs: Pick<BlobStore, 'pathOf' | 'readAll'>,
  signers: readonly SignerSetting[],
): R {
  const deps = {
    ...{ files, now, blobs, desk: registry.desk },
    keyless: (trustConfig: string | undefined) =>
      openKeylessVerifier(trustConfig === undefined ? {} : { trustConfig }),
    believed: () => Promise.all(signers.map(believedOf)),
  }
  return withSignatures(registry, (model) => checkImported(deps, model))
}

async function sign(order: SignOrder): Promise<Awaited<ReturnType<SigningDoor['sign']>>> {
  const how = await signWith(order)
  const timestamper =
    order.timestampUrl === undefined
      ? undefined
      : await openTimestamper(order.timestampUrl, await timestampRoots(order))
  const { bundle, root, ...signed } = await signModel(
    { files, now, onProgress: order.onProgress, ...(timestamper === undefined ? {} : { timestamper }) },
    {
      path: order.path,
      signaturePath: order.signature,
      ignorePaths: order.ignorePaths,
      ignoreGitPaths: order.ignoreGitPaths,
      algorithm: order.hashAlgorithm,
      ...(order.shardSize === undefined ? {} : { shardSize: order.shardSize }),
    },
    how,
  )
  await writeWhole(order.signature, bundle)
  return { path: order.path, signature: order.signature, omsRoot: root, ...signed }
}

async function signWith(order: SignOrder): Promise<SignWith> {
  if (order.keyless !== undefined)
    return { kind: 'keyless', signer: await openKeylessSigner(keylessOptions(order.keyless, order.say)) }
  if (order.privateKey === undefined)
    throw new SallyportError('BAD_INPUT', 'name a key with --private-key, or ask for a keyless signature')
  const key = await openModelKey(order.privateKey, {
    env: process.env,
    secret: () => findSecret(order),
    warn: order.say,
  })
  const paths = [
    ...(order.signingCertificate === undefined ? [] : [order.signingCertificate]),
    ...order.certificateChain,
  ]
  if (order.signingCertificate === undefined) {
    if (paths.length > 0)
      throw new SallyportError('BAD_INPUT', '--certificate-chain goes with --signing-certificate')
    return { kind: 'key', key }
  }
  const all = (await Promise.all(paths.map(readCertificates))).flat()
  const isFirst = ({ der }: Certificate, i: number) =>
    all.findIndex((other) => Buffer.compare(other.der, der) === 0) === i
  return { kind: 'certificate', key, certificates: all.filter(isFirst) }
}

function keylessOptions(order: KeylessOrder, say: (line: string) => void) {
  const secret = process.env.SALLYPORT_OIDC_CLIENT_SECRET
  return {
    ...order,
    env: process.env,
    say,
    ask: askLine,
    ...(secret === undefined ? {} : { clientSecret: secret }),
  }
}

async function verify(order: VerifyOrder, cacheFolder: string): ReturnType<SigningDoor['verify']> {
  const signature = locateSignature(order)
  const believed = await believedSigners(order)
  const roots = await timestampRoots(order)
  const deps: VerifyDeps = {
    files,
    now,
    keyless: (trustConfig) =>
      openKeylessVerifier({ ...trustOf(order), ...(trustConfig === undefined ? {} : { trustConfig }) }),
    onProgress: order.onProgress,
    ...(roots.length === 0 ? {} : { timestamps: await openTimestampVerifier(roots) }),
    ...(order.useCache ? { cache: openHashCache(cacheFolder, now) } : {}),
  }
  const verified = await verifyModel(deps, {
    path: order.path,
    bundle: await readBounded(signature, MAX_SIGNATURE_BYTES),
    signaturePath: signature,
    believed,
    ignorePaths: order.ignorePaths,
    ignoreGitPaths: order.ignoreGitPaths,
    ignoreUnsignedFiles: order.ignoreUnsignedFiles,
    ...(order.only.length === 0 ? {} : { only: order.only }),
  })
  return { output: outputOf(order.path, signature, verified), manifests: () => manifestsOf(deps, verified) }
}

function timestampRoots(order: { readonly timestampChain: readonly string[] }): Promise<readonly string[]> {
  return Promise.all(order.timestampChain.map((path) => readText(path, MAX_PEM_BYTES)))
}

function outputOf(path: string, signature: string, verified: VerifiedModel): SignatureOutput {
  const { manifest, signer, believed, statementDigest, bundleDigest } = verified
  return {
    result: 'valid',
    ...{ path, signature, believed, signer, statementDigest, bundleDigest },
    ...(manifest.root === undefined ? {} : { omsRoot: manifest.root }),
    files: verified.files,
    signedFiles: verified.signedFiles,
    bytes: verified.bytes,
    unsignedFiles: verified.unsigned.length,
  }
}

/** @throws SallyportError `NOT_FOUND` */
function locateSignature({ signature, path }: VerifyOrder): string {
  const places =
    signature === undefined
      ? [join(path, DEFAULT_NAME), join(dirname(resolve(path)), DEFAULT_NAME)]
      : [signature]
  const found = places.find((place) => existsSync(place))
  if (found !== undefined) return found
  throw new SallyportError(
    'NOT_FOUND',
    `there is no signature at ${places.join(' or ')}; name it with --signature`,
  )
}

function trustOf({ trustConfig, useStaging }: Pick<VerifyOrder, 'trustConfig' | 'useStaging'>) {
  return { useStaging, ...(trustConfig === undefined ? {} : { trustConfig }) }
}

/** Whom the flags name; whom the settings name where the flags name nobody. */
async function believedSigners(order: VerifyOrder): Promise<readonly BelievedSigner[]> {
  const { publicKey, certificateChain, identity, identityProvider } = order
  if (publicKey !== undefined) return [await believedKey(publicKey, '--public-key')]
  if (certificateChain.length > 0) {
    const roots = (await Promise.all(certificateChain.map(readCertificates))).flat()
    return [
      {
        kind: 'certificate',
        roots,
        label: '--certificate-chain',
        ...(identity === undefined ? {} : { identity }),
      },
    ]
  }
  if (identity !== undefined && identityProvider !== undefined)
    return [{ kind: 'keyless', identity, identityProvider, label: '--identity' }]
  if (identity !== undefined || identityProvider !== undefined)
    throw new SallyportError('BAD_INPUT', '--identity and --identity-provider go together')
  const configured = configuredSigners()
  if (configured.length === 0)
    throw new SallyportError(
      'BAD_INPUT',
      'nobody is believed: name the signer with --public-key, --certificate-chain, or --identity and --identity-provider, or list signers in sallyport.yaml',
    )
  return Promise.all(configured.map(believedOf))
}

function configuredSigners(): readonly SignerSetting[] {
  const file = resolve('sallyport.yaml')
  return readSettings(process.env, () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined)).signers
}

async function believedOf(setting: SignerSetting): Promise<BelievedSigner> {
  if (setting.kind === 'key') return believedKey(setting.publicKey, setting.name)
  const { name: label, ...rest } = setting
  if (rest.kind === 'keyless') return { ...rest, label }
  const { certificateChain, ...named } = rest
  return { ...named, label, roots: await readCertificates(certificateChain) }
}

async function believedKey(path: string, label: string): Promise<BelievedSigner> {
  return { kind: 'key', publicKeyPem: await readText(path, MAX_PEM_BYTES), label }
}

async function readCertificates(path: string): Promise<readonly Certificate[]> {
  return readPemCertificates(await readText(path, MAX_PEM_BYTES), path)
}

async function readText(path: string, maxBytes: number): Promise<string> {
  return Buffer.from(await readBounded(path, maxBytes)).toString('utf8')
}

/** The passphrase of a key: from a file, from the environment, or from the person; never from the command line. */
async function findSecret({ passwordFile, privateKey }: SignOrder): Promise<string | undefined> {
  const file = passwordFile ?? process.env.SALLYPORT_SIGNING_PASSWORD_FILE
  if (file !== undefined) return (await readText(file, MAX_PEM_BYTES)).replace(/\r?\n$/, '')
  if (process.env.SALLYPORT_SIGNING_PASSWORD !== undefined) return process.env.SALLYPORT_SIGNING_PASSWORD
  return process.stdin.isTTY === true ? askHidden(`Passphrase of ${privateKey}: `) : undefined
}
