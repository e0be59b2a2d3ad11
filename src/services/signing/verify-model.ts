import { type Manifest, makeManifest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { type CompareOptions, type Comparison, compareModel } from './compare-model.ts'
import { type HashContext, hashFiles } from './hash-files.ts'
import {
  type BelievedSigner,
  type OpenedSignature,
  openSignature,
  type SignatureDeps,
} from './open-signature.ts'
import type { ModelFiles, ModelListing } from './ports.ts'
import { isInGit, pathInModel } from './select-files.ts'

/** What a person asks when they verify a model. */
export interface VerifyRequest {
  readonly path: string
  readonly bundle: Uint8Array
  /** Where the bundle was read. */
  readonly signaturePath: string
  readonly believed: readonly BelievedSigner[]
  /** As a person named them: seen from where they stand, or from the model. */
  readonly ignorePaths: readonly string[]
  readonly ignoreGitPaths: boolean
  readonly ignoreUnsignedFiles: boolean
  readonly only?: readonly string[]
}

/** What verifying stands on. */
export interface VerifyDeps extends SignatureDeps, HashContext {
  readonly files: ModelFiles
}

/** A model whose files are those that somebody who is believed has signed. */
export interface VerifiedModel extends OpenedSignature, Comparison {
  readonly listing: ModelListing
  /** Where the signature lies in the model, relative; undefined where it lies elsewhere. */
  readonly signature: string | undefined
}

/**
 * The signature first, then the files: nothing is hashed for a signature that does not hold.
 * @throws SallyportError `SIGNATURE_INVALID`, `SIGNER_UNTRUSTED`, `BAD_INPUT`, `TOO_LARGE`
 */
export async function verifyModel(deps: VerifyDeps, request: VerifyRequest): Promise<VerifiedModel> {
  const opened = await openSignature(deps, request.bundle, request.believed)
  const listing = await deps.files.list(request.path)
  const inModel = (path: string) => pathInModel(listing, path)
  const signature = inModel(request.signaturePath)
  const only = request.only?.map((path) => {
    const found = inModel(path) ?? (listing.kind === 'file' ? listing.name : undefined)
    if (found === undefined) throw new SallyportError('BAD_INPUT', `${path} does not lie in ${request.path}`)
    return found
  })
  const options: CompareOptions = {
    ...(signature === undefined ? {} : { signature }),
    ignorePaths: request.ignorePaths.flatMap((path) => inModel(path) ?? []),
    ignoreGitPaths: request.ignoreGitPaths,
    ignoreUnsignedFiles: request.ignoreUnsignedFiles,
    ...(only === undefined ? {} : { only }),
  }
  const comparison = await compareModel(deps, listing, opened.manifest, options)
  return { ...opened, ...comparison, listing, signature }
}

/**
 * The house's own manifest of a model that was verified: everything but git's store, each byte hashed once. A verified
 * signature is left out of a second one, for it may have been laid beside the files after the model was imported.
 * @throws SallyportError `BAD_INPUT`
 */
export async function manifestsOf(deps: HashContext, verified: VerifiedModel): Promise<readonly Manifest[]> {
  const entries = verified.listing.entries.filter((entry) => !isInGit(entry))
  const odd = entries.find(({ kind }) => kind !== 'file')
  if (odd !== undefined)
    throw new SallyportError('BAD_INPUT', `${odd.path} is no regular file; links are not imported`)
  const rest = entries.filter(({ name }) => !verified.sha256.has(name))
  const hashed = await hashFiles(deps, rest, { algorithm: 'sha256', shardSize: undefined })
  const digests = new Map([
    ...verified.sha256,
    ...hashed.map(({ entry, digest }) => [entry.name, digest] as const),
  ])
  const files = entries.map(({ name, stamp }) => ({
    name,
    size: stamp.size,
    sha256: digests.get(name) ?? '',
  }))
  const bare = files.filter(({ name }) => name !== verified.signature)
  return (bare.length === files.length ? [files] : [files, bare]).map((list) => {
    const manifest = makeManifest(list)
    if (!manifest.ok) throw new SallyportError('BAD_INPUT', `${verified.listing.root}: ${manifest.error}`)
    return manifest.value
  })
}
