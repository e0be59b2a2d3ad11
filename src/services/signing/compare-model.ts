import type { OmsManifest, OmsResource } from '../../formats/oms/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { type HashContext, hashFiles } from './hash-files.ts'
import { findHidden, refuseHidden } from './hidden-files.ts'
import type { ModelEntry, ModelFiles, ModelListing } from './ports.ts'
import { named, selectFiles } from './select-files.ts'

/** How far the one who verifies trusts what the signer did not sign. */
export interface CompareOptions {
  /** Where the signature file lies in the model, relative. */
  readonly signature?: string
  readonly ignorePaths: readonly string[]
  readonly ignoreGitPaths: boolean
  readonly ignoreUnsignedFiles: boolean
  /** Only these files, or files of these folders: what a loader is about to read. Relative. */
  readonly only?: readonly string[]
}

/** What held. */
export interface Comparison {
  readonly files: number
  readonly bytes: number
  /** Files that the signer signed, of which `files` were looked at. */
  readonly signedFiles: number
  /** Files that nobody signed and that were left aside because the one who verifies said so. */
  readonly unsigned: readonly string[]
  /** SHA-256 of whole files by name, where they were hashed so. */
  readonly sha256: ReadonlyMap<string, string>
}

type Differences = Readonly<Record<'changed' | 'missing' | 'unsigned', readonly string[]>>

/**
 * Whether the files of a model are those of a verified manifest, each by its name: the root alone does not cover names.
 * @throws SallyportError `SIGNATURE_INVALID` saying which files differ, are missing or were never signed; `BAD_INPUT` for links
 */
export async function compareModel(
  context: HashContext & { readonly files: ModelFiles },
  listing: ModelListing,
  manifest: OmsManifest,
  options: CompareOptions,
): Promise<Comparison> {
  const signed = signedFiles(manifest, listing)
  const selection = selectFiles(listing, {
    ...(options.signature === undefined ? {} : { signature: options.signature }),
    asked: options.ignorePaths,
    git: options.ignoreGitPaths,
    signed: manifest.ignorePaths ?? [],
  })
  const isMeant = meantBy(options.only)
  const present = selection.files.filter(({ name }) => isMeant(name))
  const wanted = new Map([...signed].filter(([name]) => isMeant(name)))
  if (options.only === undefined) refuseHidden(await findHidden(context.files, selection))
  else mustCover(options.only, wanted)
  const unsigned = present.filter(({ name }) => !wanted.has(name)).map(({ name }) => name)
  const here = new Set(present.map(({ name }) => name))
  const missing = [...wanted.keys()].filter((name) => !here.has(name))
  // Before anything is hashed: hours may be saved, and nothing is learnt from the rest.
  if (missing.length > 0 || (unsigned.length > 0 && !options.ignoreUnsignedFiles))
    refuse({ changed: [], missing, unsigned: options.ignoreUnsignedFiles ? [] : unsigned }, manifest)
  const known = present.filter(({ name }) => wanted.has(name))
  const sha256 = await mustMatch(context, known, wanted, manifest)
  const bytes = known.reduce((sum, { stamp }) => sum + stamp.size, 0)
  return { files: known.length, bytes, signedFiles: signed.size, unsigned, sha256 }
}

/** The resources of each signed file. A model of one file is "." in old releases, and that file here. */
function signedFiles(
  manifest: OmsManifest,
  listing: ModelListing,
): ReadonlyMap<string, readonly OmsResource[]> {
  const files = new Map<string, OmsResource[]>()
  for (const resource of manifest.resources) {
    const name = resource.file === '.' && listing.kind === 'file' ? listing.name : resource.file
    const list = files.get(name)
    if (list === undefined) files.set(name, [resource])
    else list.push(resource)
  }
  if (files.has('.') && listing.kind === 'folder')
    throw new SallyportError('SIGNATURE_INVALID', 'the signature is over a single file, and this is a folder')
  return files
}

function meantBy(only: readonly string[] | undefined): (name: string) => boolean {
  if (only === undefined) return () => true
  return (name) => only.some((path) => name === path || name.startsWith(`${path}/`))
}

function mustCover(only: readonly string[], wanted: ReadonlyMap<string, unknown>): void {
  const names = [...wanted.keys()]
  const foreign = only.filter((path) => !names.some((name) => name === path || name.startsWith(`${path}/`)))
  if (foreign.length > 0)
    throw new SallyportError('SIGNATURE_INVALID', `the signature does not cover ${named(foreign)}`)
}

/** @returns SHA-256 of the files that were hashed whole with it */
async function mustMatch(
  context: HashContext,
  entries: readonly ModelEntry[],
  wanted: ReadonlyMap<string, readonly OmsResource[]>,
  manifest: OmsManifest,
): Promise<ReadonlyMap<string, string>> {
  const { hash: algorithm, shardSize } = manifest
  mustBeShardedAlike(entries, wanted, manifest)
  const runs = await hashFiles(context, entries, { algorithm, shardSize })
  const signed = new Map(
    [...wanted].flatMap(([name, list]) =>
      list.map(({ range, digest }) => [`${name}\0${range?.start ?? 0}`, digest]),
    ),
  )
  const changed = new Set<string>()
  for (const { entry, start, digest } of runs)
    if (signed.get(`${entry.name}\0${start}`) !== digest) changed.add(entry.name)
  if (changed.size > 0) refuse({ changed: [...changed], missing: [], unsigned: [] }, manifest)
  const isWholeSha256 = algorithm === 'sha256' && shardSize === undefined
  return new Map(isWholeSha256 ? runs.map(({ entry, digest }) => [entry.name, digest]) : [])
}

/** Runs must be those that the size and the shard size make, none left out and none twice: else parts would go unsigned. */
function mustBeShardedAlike(
  entries: readonly ModelEntry[],
  wanted: ReadonlyMap<string, readonly OmsResource[]>,
  manifest: OmsManifest,
): void {
  const { shardSize } = manifest
  if (shardSize === undefined) return
  const changed = entries.filter(({ name, stamp }) => {
    const resources = wanted.get(name) ?? []
    const isAlike = ({ range }: OmsResource) =>
      range !== undefined &&
      range.start % shardSize === 0 &&
      range.start < stamp.size &&
      range.end === Math.min(stamp.size, range.start + shardSize)
    return resources.length !== Math.ceil(stamp.size / shardSize) || !resources.every(isAlike)
  })
  if (changed.length > 0)
    refuse({ changed: changed.map(({ name }) => name), missing: [], unsigned: [] }, manifest)
}

function refuse(differences: Differences, { shardSize }: OmsManifest): never {
  const { changed, missing, unsigned } = differences
  const parts = [
    changed.length > 0 ? `changed since it was signed: ${named(changed)}` : '',
    missing.length > 0 ? `signed and not here: ${named(missing)}` : '',
    unsigned.length > 0 ? `here and never signed: ${named(unsigned)}` : '',
    unsigned.length > 0 && shardSize !== undefined ? 'a signature in shards covers no empty files' : '',
  ].filter((part) => part !== '')
  const cut = (names: readonly string[]) => names.slice(0, 1000)
  throw new SallyportError(
    'SIGNATURE_INVALID',
    `the files are not those that were signed; ${parts.join('; ')}`,
    {
      detail: { changed: cut(changed), missing: cut(missing), unsigned: cut(unsigned) },
    },
  )
}
