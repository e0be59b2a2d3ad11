import {
  type OciReference,
  parseOciDigest,
  parseOciName,
  parseOciReference,
} from '../../services/mirror/index.ts'

/** What a client of a registry asks (OCI distribution-spec 1.1, the half that pulls). */
export type OciCall =
  | { readonly kind: 'base' }
  | { readonly kind: 'manifest'; readonly name: string; readonly reference: OciReference }
  | { readonly kind: 'blob'; readonly name: string; readonly sha256: string }
  | { readonly kind: 'tags'; readonly name: string; readonly limit: number; readonly after: string }
  /** Something that registries have and this one does not offer. */
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'malformed'
      readonly code: 'NAME_INVALID' | 'DIGEST_INVALID' | 'MANIFEST_INVALID'
      readonly what: string
    }

/** Tags of one answer, unless fewer are asked for. */
const MAX_TAGS = 10_000

/** Reads a URL; escapes are not undone, for no name of a registry needs one. */
export function parseOciUrl(url: string): OciCall {
  const [path = '', query = ''] = url.split('?')
  if (path === '/v2' || path === '/v2/') return { kind: 'base' }
  const [, name = '', kind, rest = ''] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(path) ?? []
  if (kind === undefined) return { kind: 'closed' }
  const known = parseOciName(name)
  if (!known.ok) return { kind: 'malformed', code: 'NAME_INVALID', what: known.error }
  if (kind === 'tags') return rest === 'list' ? tagsCall(name, query) : { kind: 'closed' }
  if (kind === 'manifests') {
    const reference = parseOciReference(rest)
    return reference.ok
      ? { kind: 'manifest', name, reference: reference.value }
      : { kind: 'malformed', code: 'MANIFEST_INVALID', what: reference.error }
  }
  const sha256 = parseOciDigest(rest)
  return sha256 === undefined
    ? {
        kind: 'malformed',
        code: 'DIGEST_INVALID',
        what: `${JSON.stringify(rest.slice(0, 80))} is no SHA-256 digest`,
      }
    : { kind: 'blob', name, sha256 }
}

function tagsCall(name: string, query: string): OciCall {
  const asked = new URLSearchParams(query)
  const limit = Number(asked.get('n') ?? MAX_TAGS)
  return {
    ...{ kind: 'tags', name, after: asked.get('last') ?? '' },
    limit: Number.isInteger(limit) && limit >= 0 && limit < MAX_TAGS ? limit : MAX_TAGS,
  }
}
