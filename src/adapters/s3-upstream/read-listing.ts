import { SallyportError } from '../../ground/lang/index.ts'

/** An object as a listing shows it. */
export interface ListedObject {
  readonly key: string
  /** Bytes. */
  readonly size: number
  readonly etag?: string
  /** RFC 3339. */
  readonly lastModified?: string
}

/** One page of a listing. */
export interface ListingPage {
  readonly objects: readonly ListedObject[]
  /** Folders, when they were asked to be folded. */
  readonly folders: readonly string[]
  /** What to ask the next page with. */
  readonly next?: string
}

/** Objects of one page: S3 gives a thousand. */
const MAX_OBJECTS = 1_000
const MAX_SIZE = 2 ** 43

/**
 * A page of `ListObjectsV2` that was asked for with `encoding-type=url`: then its keys hold no character that XML would escape,
 * and the fields can be told by their tags. @throws SallyportError `PEER_FAILED` for what is no listing
 */
export function readListing(xml: string): ListingPage {
  if (!/<ListBucketResult[\s>]/.test(xml.slice(0, 2000))) throw broken('it is no listing')
  const objects = xml.split('<Contents>').slice(1).map(objectOf)
  if (objects.length > MAX_OBJECTS) throw broken('a page has more objects than it may')
  const folders = xml
    .split('<CommonPrefixes>')
    .slice(1)
    .map((part) => keyOf(field(part, 'Prefix')))
  const isCut = field(xml, 'IsTruncated') === 'true'
  const next = field(xml, 'NextContinuationToken')
  if (isCut && (next === undefined || next === '')) throw broken('it is cut and does not say where to go on')
  return { objects, folders, ...(isCut && next !== undefined ? { next: unescaped(next) } : {}) }
}

function objectOf(part: string): ListedObject {
  const size = Number(field(part, 'Size') ?? Number.NaN)
  if (!Number.isSafeInteger(size) || size < 0 || size > MAX_SIZE) throw broken('an object has no size')
  const etag = unescaped(field(part, 'ETag') ?? '')
  const ms = Date.parse(field(part, 'LastModified') ?? '')
  return {
    key: keyOf(field(part, 'Key')),
    size,
    ...(/^"[\x21\x23-\x7e]{1,200}"$/.test(etag) ? { etag } : {}),
    ...(Number.isFinite(ms) ? { lastModified: new Date(ms).toISOString() } : {}),
  }
}

/** The text of the first element of a name; none is longer than a key may be, escaped. */
function field(part: string, name: string): string | undefined {
  const start = part.indexOf(`<${name}>`)
  if (start < 0) return undefined
  const end = part.indexOf('<', start + name.length + 2)
  return end < 0 || end - start > 8_000 ? undefined : part.slice(start + name.length + 2, end)
}

function keyOf(text: string | undefined): string {
  try {
    if (text === undefined || text === '') throw broken('an object has no key')
    return decodeURIComponent(unescaped(text).replaceAll('+', ' '))
  } catch (cause) {
    throw broken(cause instanceof SallyportError ? cause.message : 'a key is not escaped as it was asked for')
  }
}

const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  amp: '&',
  lt: '<',
  gt: '>',
  apos: "'",
  '#34': '"',
}

function unescaped(text: string): string {
  return text.replaceAll(/&(quot|amp|lt|gt|apos|#34);/g, (_, name: string) => ENTITIES[name] ?? '')
}

function broken(what: string): SallyportError {
  return new SallyportError('PEER_FAILED', `the bucket's answer makes no sense: ${what}`)
}
