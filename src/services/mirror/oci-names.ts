import { fail, ok, type Result } from '../../ground/lang/index.ts'

/** Characters of a repository's name: registries take 255 with their own host (distribution-spec, "Pulling manifests"). */
const MAX_NAME = 255
const NAME_PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/
const SHA256 = /^sha256:([0-9a-f]{64})$/

/** What names a manifest: bytes for good, or whatever a tag points at. */
export type OciReference =
  | { readonly kind: 'digest' /** 64 hex digits. */; readonly sha256: string }
  | { readonly kind: 'tag'; readonly tag: string }

/** A repository's name from outside (OCI distribution-spec 1.1). */
export function parseOciName(text: string): Result<string> {
  const isName = text.length <= MAX_NAME && text.split('/').every((part) => NAME_PART.test(part))
  return isName ? ok(text) : fail(`${JSON.stringify(text.slice(0, 80))} is no name of a repository`)
}

/** A tag or digest from outside. A tag of 64 hex digits could be taken for a digest and is not offered. */
export function parseOciReference(text: string): Result<OciReference> {
  const sha256 = parseOciDigest(text)
  if (sha256 !== undefined) return ok({ kind: 'digest', sha256 })
  if (!TAG.test(text) || isManifestHash(text))
    return fail(`${JSON.stringify(text.slice(0, 80))} is no tag and no SHA-256 digest`)
  return ok({ kind: 'tag', tag: text })
}

/** The hex digits of `sha256:…`, the one algorithm that every registry has; undefined for what is none. */
export function parseOciDigest(text: unknown): string | undefined {
  return typeof text === 'string' ? SHA256.exec(text)?.[1] : undefined
}

/** Whether a revision is the SHA-256 of a manifest. */
export function isManifestHash(revision: string): boolean {
  return /^[0-9a-f]{64}$/.test(revision)
}

/** The name of a blob in an OCI image layout (image-spec, image-layout.md): so the scanner knows layers, and checks their digest. */
export function blobName(sha256: string): string {
  return `blobs/sha256/${sha256}`
}

/** The SHA-256 that such a name holds. */
export function sha256OfBlobName(name: string): string | undefined {
  return /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1]
}
