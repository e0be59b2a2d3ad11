import { resolve } from 'node:path'
import { SallyportError } from '../../ground/lang/index.ts'

/** A registry behind the firewall, as `ociUpstreams` names it. */
export interface OciUpstreamSetting {
  readonly name: string
  /** `https://ghcr.io`. */
  readonly url: string
  /** Absolute; holds `user:password`. */
  readonly credentialsFile?: string
}

/** A web server or a bucket behind the firewall, as `pullUpstreams` names it. */
export type PullUpstreamSetting =
  | { readonly name: string; readonly kind: 'web'; readonly url: string }
  | {
      readonly name: string
      readonly kind: 's3'
      readonly bucket: string
      /** Without slashes at its ends; empty for none. */
      readonly prefix: string
      readonly region: string
      readonly endpoint: string
      /** Absolute; written like the credentials file of AWS. */
      readonly credentialsFile?: string
      /** Folders that name a model; 0 where each object is one. */
      readonly folderDepth: number
    }

/** Sources; more are no list that anybody looks after. */
const MAX_UPSTREAMS = 64
/** Names stand in URLs, and first in the names of repositories. */
const NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/
const MAX_NAME = 40
const MAX_DEPTH = 8
const DEFAULT_REGION = 'us-east-1'

type Fields = Readonly<Record<string, string>>

/** The map `ociUpstreams` of `sallyport.yaml`: an address by name, or fields. @throws SallyportError `BAD_CONFIG` naming the source */
export function readOciUpstreams(value: unknown): readonly OciUpstreamSetting[] {
  return entriesOf('ociUpstreams', value, ['url', 'credentialsFile']).map(({ name, fields }) => {
    const { url = '', credentialsFile } = fields
    if (!isAddress(url)) throw refuse('ociUpstreams', `"${name}" needs an address such as https://ghcr.io`)
    return {
      name,
      url,
      ...(credentialsFile === undefined ? {} : { credentialsFile: resolve(credentialsFile) }),
    }
  })
}

/** The map `pullUpstreams` of `sallyport.yaml`. @throws SallyportError `BAD_CONFIG` naming the source */
export function readPullUpstreams(value: unknown): readonly PullUpstreamSetting[] {
  const known = ['url', 'region', 'endpoint', 'credentialsFile', 'folderDepth']
  return entriesOf('pullUpstreams', value, known).map(({ name, fields }) => {
    const { url = '' } = fields
    if (url.startsWith('s3://')) return bucketOf(name, fields)
    if (!isAddress(url))
      throw refuse(
        'pullUpstreams',
        `"${name}" needs an address such as https://models.example.com or s3://bucket`,
      )
    const strange = Object.keys(fields).find((key) => key !== 'url')
    if (strange !== undefined) throw refuse('pullUpstreams', `"${name}": ${strange} goes with s3://`)
    return { name, kind: 'web', url }
  })
}

function bucketOf(name: string, fields: Fields): PullUpstreamSetting {
  const { url = '', region = DEFAULT_REGION, credentialsFile, folderDepth = '0' } = fields
  const [, bucket, prefix = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(url) ?? []
  if (bucket === undefined) throw refuse('pullUpstreams', `"${name}": "${url}" names no bucket`)
  if (!/^[a-z0-9-]{1,40}$/.test(region)) throw refuse('pullUpstreams', `"${name}": "${region}" is no region`)
  const endpoint = fields.endpoint ?? `https://s3.${region}.amazonaws.com`
  if (!isAddress(endpoint)) throw refuse('pullUpstreams', `"${name}": the endpoint must be an address`)
  const depth = Number(folderDepth)
  if (!Number.isInteger(depth) || depth < 0 || depth > MAX_DEPTH)
    throw refuse('pullUpstreams', `"${name}": folderDepth must be a number from 0 to ${MAX_DEPTH}`)
  return {
    ...{
      name,
      kind: 's3',
      bucket,
      prefix: prefix.replace(/^\/+|\/+$/g, ''),
      region,
      endpoint,
      folderDepth: depth,
    },
    ...(credentialsFile === undefined ? {} : { credentialsFile: resolve(credentialsFile) }),
  }
}

function entriesOf(
  setting: string,
  value: unknown,
  known: readonly string[],
): readonly { readonly name: string; readonly fields: Fields }[] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(setting, 'must name sources, such as ghcr: https://ghcr.io')
  const entries = Object.entries(value)
  if (entries.length > MAX_UPSTREAMS)
    throw refuse(setting, `must not have more than ${MAX_UPSTREAMS} sources`)
  return entries.map(([name, item]) => {
    if (!NAME.test(name) || name.length > MAX_NAME)
      throw refuse(setting, `"${name}" is no name: small letters and digits, joined by dots or dashes`)
    return {
      name,
      fields: typeof item === 'string' ? { url: item } : fieldsOf(setting, { name, item, known }),
    }
  })
}

function fieldsOf(
  setting: string,
  { name, item, known }: { readonly name: string; readonly item: unknown; readonly known: readonly string[] },
): Fields {
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    throw refuse(setting, `"${name}" must be an address, or have fields`)
  const fields: Record<string, string> = {}
  for (const [key, field] of Object.entries(item)) {
    if (!known.includes(key))
      throw refuse(setting, `"${name}": "${key}" is no field; known are ${known.join(', ')}`)
    if ((typeof field !== 'string' && typeof field !== 'number') || field === '')
      throw refuse(setting, `"${name}": "${key}" must be text`)
    fields[key] = String(field)
  }
  return fields
}

function isAddress(text: string): boolean {
  const url = URL.parse(text)
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.search === '' &&
    url.hash === '' &&
    url.username === ''
  )
}

function refuse(setting: string, why: string): SallyportError {
  return new SallyportError('BAD_CONFIG', `sallyport.yaml: ${setting}: ${why}`)
}
