import { OMS_PREDICATE_TYPE, type OmsHash, problemOfIgnored, rootOfDigests } from '../../formats/oms/index.ts'
import {
  type Certificate,
  ecVerifierOfPem,
  pae,
  sha256Hex,
  verifyCertificateChain,
} from '../../ground/crypto/index.ts'
import { STATEMENT_TYPE } from '../../ground/domain/index.ts'
import { compareUtf8, SallyportError, utf8 } from '../../ground/lang/index.ts'
import { type HashContext, hashFiles } from './hash-files.ts'
import { findHidden, type HiddenFile } from './hidden-files.ts'
import type { BundleSigner, ModelFiles, ModelKey, Timestamper } from './ports.ts'
import { GIT_PATHS, named, pathInModel, selectFiles } from './select-files.ts'

const PAYLOAD_TYPE = 'application/vnd.in-toto+json'
const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json'

/** With what a model is signed. */
export type SignWith =
  | { readonly kind: 'key'; readonly key: ModelKey }
  /** Leaf first; what leads from it to a root that verifiers believe. */
  | { readonly kind: 'certificate'; readonly key: ModelKey; readonly certificates: readonly Certificate[] }
  | { readonly kind: 'keyless'; readonly signer: BundleSigner }

/** What a person asks when they sign a model. */
export interface SignRequest {
  readonly path: string
  /** Where the signature will be written; left out of itself. */
  readonly signaturePath: string
  readonly ignorePaths: readonly string[]
  readonly ignoreGitPaths: boolean
  readonly algorithm: OmsHash
  /** Bytes of a run; files are hashed whole when absent. */
  readonly shardSize?: number
}

/** What signing stands on. */
export interface SignDeps extends HashContext {
  readonly files: ModelFiles
  readonly now: () => Date
  /** Asked for a timestamp over the signature, where one is given. */
  readonly timestamper?: Timestamper
}

/** A signature, not yet written. */
export interface SignedModel {
  readonly bundle: Uint8Array
  readonly name: string
  readonly root: string
  readonly files: number
  readonly bytes: number
  readonly signer: string
  /** Left out, and loaded by programs all the same: those who verify will be told. */
  readonly hidden: readonly HiddenFile[]
}

/**
 * Signs a model as OpenSSF Model Signing v1.0 has it: names sorted by their UTF-8 bytes, links refused, no empty model.
 * @throws SallyportError `BAD_INPUT`, `KEY_INVALID`, `SIGNER_UNTRUSTED` for a certificate that does not hold now, `PEER_FAILED`
 */
export async function signModel(deps: SignDeps, request: SignRequest, how: SignWith): Promise<SignedModel> {
  if (how.kind === 'certificate') mustFit(deps, how.key, how.certificates)
  const listing = await deps.files.list(request.path)
  const asked = request.ignorePaths.flatMap((path) => pathInModel(listing, path) ?? [])
  const signature = pathInModel(listing, request.signaturePath)
  const selection = selectFiles(listing, {
    ...(signature === undefined ? {} : { signature }),
    ...{ asked: [], git: request.ignoreGitPaths, signed: asked },
  })
  const { files } = selection
  if (files.length === 0)
    throw new SallyportError(
      'BAD_INPUT',
      `${request.path} holds no files to sign; an empty list would hold for any model`,
    )
  const empty = files.filter(({ stamp }) => stamp.size === 0).map(({ name }) => name)
  if (request.shardSize !== undefined && empty.length > 0)
    throw new SallyportError(
      'BAD_INPUT',
      `${named(empty)} is empty, and a signature in shards covers no empty files; sign whole files`,
    )
  const { algorithm, shardSize } = request
  const runs = await hashFiles(deps, files, { algorithm, shardSize })
  const resources = runs
    .map(({ entry, start, end, digest }) => ({
      name: shardSize === undefined ? entry.name : `${entry.name}:${start}:${end}`,
      digest,
      algorithm,
    }))
    .sort((a, b) => compareUtf8(a.name, b.name))
  const root = rootOfDigests(resources.map(({ digest }) => digest))
  const ignored = [
    ...(request.ignoreGitPaths ? GIT_PATHS : []),
    ...asked,
    ...(signature === undefined ? [] : [signature]),
  ]
  const statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: listing.name, digest: { sha256: root } }],
    predicateType: OMS_PREDICATE_TYPE,
    predicate: {
      serialization: {
        method: shardSize === undefined ? 'files' : 'shards',
        hash_type: algorithm,
        ...(shardSize === undefined ? {} : { shard_size: shardSize }),
        allow_symlinks: false,
        ignore_paths: checked([...new Set(ignored)].sort(compareUtf8)),
      },
      resources,
    },
  }
  return {
    bundle: await seal(deps, utf8(JSON.stringify(statement)), how),
    ...{ name: listing.name, root, files: files.length },
    bytes: files.reduce((sum, { stamp }) => sum + stamp.size, 0),
    signer: how.kind === 'keyless' ? how.signer.label : how.key.label,
    hidden: await findHidden(deps.files, selection),
  }
}

function checked(paths: readonly string[]): readonly string[] {
  const problem = paths.map((path) => problemOfIgnored(path)).find((found) => found !== undefined)
  if (problem !== undefined)
    throw new SallyportError('BAD_INPUT', `such a signature would not be accepted: ${problem}`)
  return paths
}

async function seal(deps: SignDeps, payload: Uint8Array, how: SignWith): Promise<Uint8Array> {
  if (how.kind === 'keyless') return how.signer.sign(PAYLOAD_TYPE, payload, deps.signal)
  const message = pae(PAYLOAD_TYPE, payload)
  const signature = await how.key.sign(message, deps.signal)
  const key = ecVerifierOfPem(how.key.publicKeyPem)
  // A KMS can sign with another version of a key, and a token can be faulty: better now than when somebody verifies.
  if (!key.verify(message, signature))
    throw new SallyportError(
      'KEY_INVALID',
      `${how.key.label} made a signature that its own public key does not verify`,
    )
  const stamp = await deps.timestamper?.stamp(signature, deps.signal)
  const bundle = {
    mediaType: MEDIA_TYPE,
    verificationMaterial: {
      ...materialOf(how, key.publicKeyPem),
      tlogEntries: [],
      ...(stamp === undefined
        ? {}
        : { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: base64(stamp) }] } }),
    },
    dsseEnvelope: {
      payload: base64(payload),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: base64(signature), keyid: '' }],
    },
  }
  return utf8(JSON.stringify(bundle))
}

function materialOf(how: Exclude<SignWith, { readonly kind: 'keyless' }>, publicKeyPem: string) {
  // The hint is made of the key's text, not of its bytes (OMS v1.0 section 4.1).
  if (how.kind === 'key') return { publicKey: { hint: sha256Hex(utf8(publicKeyPem)) } }
  const certificates = how.certificates.map(({ der }) => ({ rawBytes: base64(der) }))
  return { x509CertificateChain: { certificates } }
}

/** A signature that nobody could verify is not made: the certificate must be the key's, hold now, and be for signing. */
function mustFit({ now }: SignDeps, key: ModelKey, certificates: readonly Certificate[]): void {
  const [leaf, ...intermediates] = certificates
  if (leaf === undefined) throw new SallyportError('BAD_INPUT', 'no signing certificate was given')
  const own = ecVerifierOfPem(key.publicKeyPem)
  if (Buffer.compare(own.spki, leaf.spki) !== 0)
    throw new SallyportError(
      'KEY_INVALID',
      `the certificate "${leaf.subject}" is not that of the key ${key.label}`,
    )
  // Whether a root is believed is the verifiers' matter; the last certificate stands in for it.
  const top = intermediates.at(-1) ?? leaf
  verifyCertificateChain({ leaf, intermediates, roots: [top], at: now().getTime(), purpose: 'codeSigning' })
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
