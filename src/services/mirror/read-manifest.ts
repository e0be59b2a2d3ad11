import { SallyportError } from '../../ground/lang/index.ts'
import { parseOciDigest } from './oci-names.ts'

/** Bytes of a manifest: what the distribution-spec asks registries to take, and no more. */
export const MAX_MANIFEST_BYTES = 4 * 2 ** 20
/** Layers of one manifest, and manifests of one index; the largest kits have some hundreds. */
const MAX_PARTS = 10_000
/** Bytes. Larger than any published file. */
const MAX_BLOB_BYTES = 2 ** 43
/** Characters of a media type, and of an annotation that is read. */
const MAX_TEXT = 4096

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json'
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json'
/** What is asked for and handed on. Docker's schema 1 has no digests of layers as they lie, and is not. */
export const MANIFEST_TYPES = [OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST] as const

/** One part of a manifest. */
export interface OciPart {
  readonly mediaType: string
  /** 64 hex digits. */
  readonly sha256: string
  /** Bytes. */
  readonly size: number
  readonly annotations: Readonly<Record<string, string>>
}

/** A manifest whose parts are judged with it, or an index whose manifests are judged each by itself. */
export type OciManifest =
  | {
      readonly kind: 'manifest'
      readonly mediaType: string
      readonly config: OciPart
      readonly layers: readonly OciPart[]
      readonly annotations: Readonly<Record<string, string>>
    }
  | { readonly kind: 'index'; readonly mediaType: string }

/**
 * The manifest or index that some bytes are (OCI image-spec 1.1; Docker's schema 2).
 * @throws SallyportError `FORBIDDEN` for what is none, or leads its reader elsewhere: nobody may have it
 */
export function readManifest(bytes: Uint8Array): OciManifest {
  if (bytes.length > MAX_MANIFEST_BYTES) throw refuse(`has more than ${MAX_MANIFEST_BYTES} bytes`)
  const body = parse(bytes)
  if (body.schemaVersion !== 2) throw refuse('is not of schema 2')
  const isIndex = body.manifests !== undefined
  // Of two readings a client could take the one that was not judged (CVE-2021-41190).
  if (isIndex && (body.layers !== undefined || body.config !== undefined))
    throw refuse('is an index and a manifest at once')
  const mediaType = mediaTypeOf(body.mediaType, isIndex)
  if (isIndex) {
    partsOf(body.manifests, 'manifests')
    return { kind: 'index', mediaType }
  }
  const [config] = partsOf([body.config], 'config')
  if (config === undefined) throw refuse('has no config')
  const layers = partsOf(body.layers, 'layers')
  return { kind: 'manifest', mediaType, config, layers, annotations: annotationsOf(body.annotations) }
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw refuse('is no JSON')
  }
  if (!isRecord(value)) throw refuse('is no object')
  return value
}

function mediaTypeOf(stated: unknown, isIndex: boolean): string {
  if (stated === undefined) return isIndex ? OCI_INDEX : OCI_MANIFEST
  const known = MANIFEST_TYPES.find((type) => type === stated)
  if (known === undefined || (known === OCI_INDEX || known === DOCKER_LIST) !== isIndex)
    throw refuse('says that it is something else')
  return known
}

function partsOf(value: unknown, what: string): readonly OciPart[] {
  if (!Array.isArray(value) || value.length > MAX_PARTS) throw refuse(`has ${what} that are no list`)
  return value.map((item) => partOf(item, what))
}

function partOf(item: unknown, what: string): OciPart {
  if (!isRecord(item)) throw refuse(`has ${what} that name nothing`)
  const { mediaType, digest, size, urls } = item
  const sha256 = parseOciDigest(digest)
  if (sha256 === undefined) throw refuse(`has ${what} without a SHA-256 digest`)
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0 || size > MAX_BLOB_BYTES)
    throw refuse(`has ${what} without a size`)
  if (typeof mediaType !== 'string' || mediaType.length > MAX_TEXT) throw refuse(`has ${what} without a type`)
  // A client would fetch such a layer from there, past this server.
  if (urls !== undefined) throw refuse(`has ${what} that are to be fetched elsewhere`)
  return { mediaType, sha256, size, annotations: annotationsOf(item.annotations) }
}

function annotationsOf(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined || value === null) return {}
  if (!isRecord(value)) throw refuse('has annotations that are none')
  const list = Object.entries(value)
  for (const [, text] of list) if (typeof text !== 'string') throw refuse('has an annotation that is no text')
  return Object.fromEntries(list.filter(([, text]) => String(text).length <= MAX_TEXT)) as Readonly<
    Record<string, string>
  >
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuse(why: string): SallyportError {
  return new SallyportError('FORBIDDEN', `the manifest ${why}; it is not handed on`)
}
