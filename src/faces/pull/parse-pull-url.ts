import { decodePath } from '../../services/mirror/index.ts'

/** What a client asks of a web server or a bucket behind the firewall. */
export type PullCall =
  | {
      readonly kind: 'file'
      readonly source: string
      readonly path: string
      readonly version: string | undefined
    }
  | { readonly kind: 'list'; readonly source: string; readonly query: URLSearchParams }
  | { readonly kind: 'malformed'; readonly what: string }

/** Queries of S3 that say nothing: SDKs put the name of the call there. */
const IDLE = ['x-id']
/** Queries of a listing (`ListObjectsV2`). */
const OF_LISTS = [
  'list-type',
  'prefix',
  'delimiter',
  'continuation-token',
  'max-keys',
  'encoding-type',
  'fetch-owner',
  'start-after',
]
/** Characters of a query. */
const MAX_QUERY = 8_192

/** `/pull/<source>/<path>`, and for buckets `/pull/<source>?list-type=2`. */
export function parsePullUrl(url: string): PullCall {
  const [, path = '', query = ''] = /^\/pull\/([^?]*)(?:\?(.*))?$/s.exec(url) ?? []
  if (query.length > MAX_QUERY) return { kind: 'malformed', what: 'the query is too long' }
  const asked = new URLSearchParams(query)
  const [source = '', ...rest] = path.split('/')
  const name = rest.join('/')
  if (name === '') return listCall(source, asked)
  const strange = [...asked.keys()].find((key) => key !== 'versionId' && !IDLE.includes(key))
  // Bytes that depend on a query could be others for the next who asks.
  if (strange !== undefined)
    return { kind: 'malformed', what: `the query "${strange.slice(0, 80)}" is not handed on` }
  const decoded = decodePath(name)
  if (!decoded.ok) return { kind: 'malformed', what: decoded.error }
  return { kind: 'file', source, path: decoded.value, version: asked.get('versionId') ?? undefined }
}

function listCall(source: string, query: URLSearchParams): PullCall {
  if (query.get('list-type') !== '2')
    return { kind: 'malformed', what: 'name a file; of a bucket, ListObjectsV2 is offered as well' }
  const strange = [...query.keys()].find((key) => !OF_LISTS.includes(key) && !IDLE.includes(key))
  if (strange !== undefined)
    return { kind: 'malformed', what: `the query "${strange.slice(0, 80)}" is not handed on` }
  if (query.has('start-after'))
    return { kind: 'malformed', what: 'a listing that starts after a key is not offered' }
  return { kind: 'list', source, query }
}
