import { type ManifestEntry, problemOfName } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { BlobStore, IntakeFile } from '../registry/index.ts'
import { blobName } from './oci-names.ts'
import { MAX_MANIFEST_BYTES, type OciPart, readManifest } from './read-manifest.ts'

/** How a layer is packed. */
export type LayerPacking = 'none' | 'gzip' | 'zstd'

/** What laying out stands on. */
export interface LayOutDeps {
  readonly blobs: Pick<BlobStore, 'readAll' | 'pathOf' | 'putStream'>
  /** Members of a tar, in order; its bytes are parsed where a parser that hangs can be killed. */
  readonly unpack: (path: string, packing: LayerPacking) => AsyncIterable<IntakeFile>
}

/** Where makers of models say what a layer is called on disk: CNCF ModelPack (model-spec, annotations.md), ORAS and ModelKits. */
const NAMES = ['org.cncf.model.filepath', 'org.opencontainers.image.title'] as const
/** ORAS unpacks such a layer, whatever its type says. */
const UNPACKED = 'io.deis.oras.content.unpack'
/** Layers of container images: file systems with links and devices, which are looked at as they lie. */
const IMAGE_LAYER = /^application\/vnd\.(oci\.image\.layer|docker\.image\.rootfs)\./
const TAR = /[.+](tar)(?:\+(gzip|zstd))?$/
/** Bytes that a layer may unpack to, for each of its own, and beside: weights hardly shrink at all. */
const MAX_GROWTH = 64
const MAX_GROWTH_BESIDE = 2 ** 30
/** Files of one kit. */
const MAX_FILES = 100_000

/**
 * The files of a model that came as an OCI artifact: every blob of the manifest as it lies, so that the scanner sees the bytes that
 * clients get and the manifest's digest is part of the model's own; and beside them the files that a client will have on disk.
 * @param manifest SHA-256 of the manifest, which is in the store as all of its blobs are
 * @throws SallyportError `BAD_INPUT` for layers that hold links, escape, differ under one name, or grow without measure
 */
export async function layOutModel(
  deps: LayOutDeps,
  manifest: { readonly sha256: string; readonly size: number },
): Promise<readonly ManifestEntry[]> {
  const found = readManifest(await deps.blobs.readAll(manifest.sha256, MAX_MANIFEST_BYTES))
  const files = new Map<string, ManifestEntry>()
  put(files, { ...manifest, name: blobName(manifest.sha256) })
  if (found.kind === 'index') return [...files.values()]
  put(files, { ...found.config, name: blobName(found.config.sha256) })
  for (const layer of found.layers) await layOut(deps, files, layer)
  return [...files.values()]
}

async function layOut(deps: LayOutDeps, files: Map<string, ManifestEntry>, layer: OciPart): Promise<void> {
  const packing = packingOf(layer)
  const names = packing === undefined ? namesOf(layer) : []
  if (names.length === 0) put(files, { ...layer, name: blobName(layer.sha256) })
  for (const name of names) put(files, { ...layer, name: checked(name) })
  if (packing !== undefined) await unpack(deps, files, { layer, packing })
}

/** How a layer is packed that clients unpack into the files of a model; undefined for one that they take as it is. */
function packingOf({ mediaType, annotations }: OciPart): LayerPacking | undefined {
  const [, tar, packing] = TAR.exec(mediaType) ?? []
  if (annotations[UNPACKED] === 'true') return packing === 'zstd' ? 'zstd' : tar && !packing ? 'none' : 'gzip'
  if (tar === undefined || IMAGE_LAYER.test(mediaType)) return undefined
  return packing === 'gzip' || packing === 'zstd' ? packing : 'none'
}

function namesOf({ annotations }: OciPart): readonly string[] {
  const names = NAMES.flatMap((key) => annotations[key] ?? [])
  return [...new Set(names.map((name) => name.replace(/^(\.\/)+/, '')))]
}

async function unpack(
  deps: LayOutDeps,
  files: Map<string, ManifestEntry>,
  { layer, packing }: { readonly layer: OciPart; readonly packing: LayerPacking },
): Promise<void> {
  const path = deps.blobs.pathOf(layer.sha256)
  const shown = `the layer sha256:${layer.sha256.slice(0, 12)}`
  let left = layer.size * MAX_GROWTH + MAX_GROWTH_BESIDE
  const meter = () => {
    let before = 0
    return (bytes: number) => {
      left -= bytes - before
      before = bytes
      if (left < 0) throw new SallyportError('BAD_INPUT', `${shown} unpacks to more than any model does`)
    }
  }
  try {
    for await (const member of deps.unpack(path, packing)) {
      if (member.kind !== 'stream') continue
      const { sha256, size } = await deps.blobs.putStream(member.chunks, meter())
      put(files, { name: checked(member.name), sha256, size })
    }
  } catch (cause) {
    if (!(cause instanceof SallyportError)) throw cause
    // Whoever is refused need not know where this server keeps its files.
    throw new SallyportError(cause.code, cause.message.replaceAll(path, shown), { cause })
  }
}

function checked(name: string): string {
  const problem = problemOfName(name)
  if (problem !== undefined) throw new SallyportError('BAD_INPUT', problem)
  // The scanner takes what stands there for a layer of a system, and is less surprised by programs in it.
  if (/^blobs\//i.test(name))
    throw new SallyportError('BAD_INPUT', `the name "${name.slice(0, 120)}" stands for blobs of the registry`)
  return name
}

function put(files: Map<string, ManifestEntry>, { name, size, sha256 }: ManifestEntry): void {
  const before = files.get(name)
  if (before !== undefined && before.sha256 !== sha256)
    throw new SallyportError('BAD_INPUT', `two layers hold different files "${name.slice(0, 120)}"`)
  files.set(name, { name, size, sha256 })
  if (files.size > MAX_FILES)
    throw new SallyportError('BAD_INPUT', `the artifact holds more than ${MAX_FILES} files`)
}
