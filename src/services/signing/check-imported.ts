import { digestOfBytes } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { BlobStore, ModelDetail, Registry } from '../registry/index.ts'
import { compareModel } from './compare-model.ts'
import { type BelievedSigner, openSignature, type SignatureDeps } from './open-signature.ts'
import type { ModelEntry, ModelFiles, ModelListing } from './ports.ts'
import { type RecordDeps, recordRefusal, recordSignature } from './record-signature.ts'

/** Where a model carries its signature, by the custom of hubs. */
const SIGNATURE_NAME = 'model.sig'
/** Bytes; the reader of signatures has the same bound. */
const MAX_SIGNATURE_BYTES = 128 * 2 ** 20

/** What looking at the signature of an imported model stands on. */
export interface ImportedDeps extends SignatureDeps, RecordDeps {
  readonly files: ModelFiles
  readonly blobs: Pick<BlobStore, 'pathOf' | 'readAll'>
  /** Asked at each import, for settings may name files that come later. */
  readonly believed: () => Promise<readonly BelievedSigner[]>
}

/**
 * Looks at the signature that a model carries, if anybody is believed, and seals what came of it: held or refused. The bytes
 * were hashed when they came in; only manifests in other hashes are read again.
 * @throws SallyportError when it could not be checked: the import stands, its caller must say so
 */
export async function checkImported(deps: ImportedDeps, model: ModelDetail): Promise<void> {
  const file = model.files.find(({ name }) => name === SIGNATURE_NAME)
  if (file === undefined || model.signatures.length > 0) return
  const believed = await deps.believed()
  if (believed.length === 0) return
  const bytes = await deps.blobs.readAll(file.sha256, MAX_SIGNATURE_BYTES)
  try {
    const opened = await openSignature(deps, bytes, believed)
    const listing = await listingOf(deps, model)
    const options = {
      signature: SIGNATURE_NAME,
      ignorePaths: [],
      ignoreGitPaths: true,
      ignoreUnsignedFiles: false,
    }
    await compareModel({ files: knownFiles(deps.files, model) }, listing, opened.manifest, options)
    await recordSignature(deps, model.digest, { ...opened, omsRoot: opened.manifest.root })
  } catch (error) {
    const isAnswer =
      error instanceof SallyportError && ['SIGNATURE_INVALID', 'SIGNER_UNTRUSTED'].includes(error.code)
    if (!isAnswer) throw error
    await recordRefusal(deps, model.digest, digestOfBytes(bytes), error)
  }
}

/** The stored files under the names that the model gives them. */
async function listingOf(deps: ImportedDeps, model: ModelDetail): Promise<ModelListing> {
  const entries: ModelEntry[] = []
  for (const { name, sha256 } of model.files) {
    const [stored] = (await deps.files.list(deps.blobs.pathOf(sha256))).entries
    if (stored === undefined) throw new SallyportError('STORE_FAILED', `the stored bytes of ${name} are gone`)
    entries.push({ ...stored, name })
  }
  return { kind: 'folder', root: model.digest, name: model.name, entries }
}

/** Files whose SHA-256 is known since they came in. */
function knownFiles(files: ModelFiles, model: ModelDetail): ModelFiles {
  const known = new Map(model.files.map(({ name, sha256 }) => [name, sha256]))
  return {
    ...files,
    hash: async (jobs, options) => {
      const isWhole = jobs.every(({ entry, start, end }) => start === 0 && end === entry.stamp.size)
      if (options.algorithm !== 'sha256' || !isWhole) return files.hash(jobs, options)
      return jobs.map(({ entry }) => known.get(entry.name) ?? '')
    },
  }
}

/** A registry that looks at the signature of every model that comes in. */
export function withSignatures<R extends Registry>(
  registry: R,
  check: (model: ModelDetail) => Promise<void>,
): R {
  return {
    ...registry,
    importModel: async (request, actor, onProgress) => {
      const model = await registry.importModel(request, actor, onProgress)
      await check(model)
      return registry.get(model.digest)
    },
  }
}
