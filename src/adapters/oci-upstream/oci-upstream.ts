import { sha256Hex } from '../../ground/crypto/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { HubFacts, HubFile, HubUpstream } from '../../services/firewall/index.ts'
import {
  blobName,
  hostOf,
  isManifestHash,
  MANIFEST_TYPES,
  MAX_MANIFEST_BYTES,
  type OciManifest,
  type Outbound,
  type PeerAnswer,
  parseOciDigest,
  problemOf,
  readBounded,
  readManifest,
  sha256OfBlobName,
  startOf,
} from '../../services/mirror/index.ts'
import { openRegistryAccess, type RegistryCredentials } from './registry-access.ts'

/** Bytes of a refusal, and of a page of tags. */
const MAX_ERROR_BYTES = 64 * 1024
const MAX_PAGE_BYTES = 4 * 2 ** 20
/** Pages of tags, each of as many as the registry likes. */
const MAX_PAGES = 100
/** Tags of one repository. */
const MAX_TAGS = 10_000

/**
 * An OCI registry (distribution-spec 1.1, the half that pulls). A commit is the SHA-256 of a manifest; its files are the manifest and
 * every blob that it names, the manifest first.
 */
export function createOciUpstream(options: {
  /** `https://ghcr.io`. */
  readonly endpoint: string
  readonly http: Outbound
  readonly credentials?: RegistryCredentials
  readonly now: () => Date
}): HubUpstream {
  const base = options.endpoint.replace(/\/+$/, '')
  const access = openRegistryAccess({ ...options, base })
  const ask = async (
    repository: string,
    path: string,
    rest: Omit<Parameters<typeof access>[0], 'repository' | 'path'>,
  ) => {
    const answer = await access({ repository, path, ...rest })
    if (answer.status === 200 || answer.status === 206) return answer
    throw problemOf(answer, await wordsOf(answer, rest.method === 'HEAD'))
  }
  const manifest = async (repository: string, reference: string, signal: AbortSignal) => {
    const headers = { accept: MANIFEST_TYPES.join(', ') }
    const answer = await ask(repository, `/manifests/${reference}`, { headers, signal })
    const bytes = await readBounded(answer, MAX_MANIFEST_BYTES)
    return { bytes, sha256: sha256Hex(bytes) }
  }
  return {
    label: new URL(base).host,
    commitOf: async ({ id }, revision, signal) => {
      const headers = { accept: MANIFEST_TYPES.join(', ') }
      const head = await access({
        ...{ repository: id, path: `/manifests/${revision}`, method: 'HEAD' },
        headers,
        signal,
      })
      head.discard()
      const stated = parseOciDigest(head.headers['docker-content-digest'])
      // What a registry says here is checked when the manifest comes.
      return head.status === 200 && stated !== undefined
        ? stated
        : (await manifest(id, revision, signal)).sha256
    },
    revision: async ({ id }, commit, signal) => {
      if (!isManifestHash(commit))
        throw new SallyportError('NOT_FOUND', `"${commit.slice(0, 80)}" is no digest`)
      const { bytes, sha256 } = await manifest(id, `sha256:${commit}`, signal)
      if (sha256 !== commit)
        throw new SallyportError(
          'FORBIDDEN',
          `the manifest that ${new URL(base).host} sent is not the one of its digest`,
        )
      const found = readManifest(bytes)
      return { commit, files: filesOf(commit, bytes.length, found), facts: factsOf(found) }
    },
    refs: async ({ id }, signal) => ({ branches: [], tags: await tagsOf(ask, { base, id }, signal) }),
    download: async ({ id }, commit, { path, from }, signal) => {
      const sha256 = sha256OfBlobName(path) ?? ''
      const isManifest = sha256 === commit
      const at = isManifest ? `/manifests/sha256:${sha256}` : `/blobs/sha256:${sha256}`
      const answer = await ask(id, at, {
        headers: {
          ...(isManifest ? { accept: MANIFEST_TYPES.join(', ') } : {}),
          ...(from === 0 ? {} : { range: `bytes=${from}-` }),
        },
        signal,
      })
      return { from: startOf(answer, from), chunks: answer.body }
    },
  }
}

function filesOf(commit: string, size: number, found: OciManifest): readonly HubFile[] {
  const files = new Map<string, HubFile>([[commit, fileOf(commit, size)]])
  const parts = found.kind === 'index' ? [] : [found.config, ...found.layers]
  for (const part of parts) {
    const before = files.get(part.sha256)
    if (before !== undefined && before.size !== part.size)
      throw new SallyportError(
        'FORBIDDEN',
        `the manifest states two sizes for sha256:${part.sha256.slice(0, 12)}`,
      )
    files.set(part.sha256, fileOf(part.sha256, part.size))
  }
  return [...files.values()]
}

function fileOf(sha256: string, size: number): HubFile {
  return { path: blobName(sha256), size, lfsSha256: sha256 }
}

/** Words of the makers (image-spec, annotations.md). */
function factsOf(found: OciManifest): HubFacts {
  if (found.kind === 'index') return {}
  const text = (key: string) => found.annotations[`org.opencontainers.image.${key}`]?.slice(0, 300)
  const created = Date.parse(text('created') ?? '')
  const author = text('authors') ?? text('vendor')
  const license = text('licenses')
  return {
    ...(author === undefined ? {} : { author }),
    ...(license === undefined ? {} : { license }),
    ...(Number.isFinite(created) ? { createdAt: new Date(created).toISOString() } : {}),
  }
}

type Ask = (repository: string, path: string, rest: { readonly signal: AbortSignal }) => Promise<PeerAnswer>

async function tagsOf(
  ask: Ask,
  { base, id }: { readonly base: string; readonly id: string },
  signal: AbortSignal,
) {
  const tags: { readonly name: string; readonly commit: string }[] = []
  const prefix = `${new URL(base).pathname.replace(/\/$/, '')}/v2/${id}`
  let at: string | undefined = '/tags/list?n=1000'
  for (let page = 0; at !== undefined && page < MAX_PAGES && tags.length < MAX_TAGS; page += 1) {
    const answer = await ask(id, at, { signal })
    const body = readTags(await readBounded(answer, MAX_PAGE_BYTES), hostOf(answer))
    tags.push(...body.map((name) => ({ name, commit: '' })))
    at = nextOf(answer.headers.link, base, prefix)
  }
  return tags.slice(0, MAX_TAGS)
}

function readTags(bytes: Buffer, host: string): readonly string[] {
  let value: { readonly tags?: unknown } | null
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new SallyportError('PEER_FAILED', `${host} answered with something that is no list of tags`, {
      cause,
    })
  }
  const { tags } = value ?? {}
  return Array.isArray(tags)
    ? tags.filter((tag) => typeof tag === 'string' && /^[\w.-]{1,128}$/.test(tag))
    : []
}

/** The next page, of this very list: `Link: <…>; rel="next"` (RFC 8288). */
function nextOf(link: string | undefined, base: string, prefix: string): string | undefined {
  const next = /<([^>]{1,4000})>;\s*rel="?next"?/.exec(link ?? '')?.[1]
  const url = next === undefined ? null : URL.parse(next, base)
  if (url === null || url.origin !== new URL(base).origin || url.pathname !== `${prefix}/tags/list`)
    return undefined
  return `/tags/list${url.search}`
}

/** What a registry says of its own refusal. */
async function wordsOf(answer: PeerAnswer, isHead: boolean): Promise<string> {
  if (isHead || Number(answer.headers['content-length'] ?? MAX_ERROR_BYTES) >= MAX_ERROR_BYTES) {
    answer.discard()
    return ''
  }
  try {
    const body = JSON.parse((await readBounded(answer, MAX_ERROR_BYTES)).toString('utf8'))
    return String(body?.errors?.[0]?.message ?? '')
  } catch {
    return '' // Words are for people; the status says what matters.
  }
}
