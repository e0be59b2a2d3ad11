import { escapeXml } from './answers.ts'

/** A page of what a bucket holds. */
export interface ShownListing {
  readonly objects: readonly { readonly key: string; readonly size: number; readonly lastModified?: string }[]
  readonly folders: readonly string[]
  readonly next?: string
}

/** A page of `ListObjectsV2` as clients of S3 read it. ETags are left out: those of a bucket are not those that are handed out here. */
export function showListing(
  page: ShownListing,
  asked: { readonly source: string; readonly query: URLSearchParams },
): string {
  const { query, source } = asked
  const isUrl = query.get('encoding-type') === 'url'
  const key = (text: string) => escapeXml(isUrl ? encodeURIComponent(text).replaceAll('%2F', '/') : text)
  const field = (name: string, text: string | undefined) =>
    text === undefined ? '' : `<${name}>${text}</${name}>`
  const after = query.get('continuation-token') ?? undefined
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    field('Name', escapeXml(source)),
    field('Prefix', key(query.get('prefix') ?? '')),
    field('Delimiter', query.has('delimiter') ? key(query.get('delimiter') ?? '') : undefined),
    field('EncodingType', isUrl ? 'url' : undefined),
    field('ContinuationToken', after === undefined ? undefined : escapeXml(after)),
    field('NextContinuationToken', page.next === undefined ? undefined : escapeXml(page.next)),
    field('KeyCount', String(page.objects.length + page.folders.length)),
    field('MaxKeys', String(maxKeysOf(query))),
    field('IsTruncated', String(page.next !== undefined)),
    ...page.objects.map((object) =>
      field(
        'Contents',
        `${field('Key', key(object.key))}${field('LastModified', object.lastModified)}${field('Size', String(object.size))}<StorageClass>STANDARD</StorageClass>`,
      ),
    ),
    ...page.folders.map((folder) => field('CommonPrefixes', field('Prefix', key(folder)))),
    '</ListBucketResult>',
  ].join('')
}

/** Objects of a page: a thousand, unless fewer are asked for. */
export function maxKeysOf(query: URLSearchParams): number {
  const asked = Number(query.get('max-keys') ?? 1_000)
  return Number.isInteger(asked) && asked >= 1 && asked < 1_000 ? asked : 1_000
}
