import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const INDEX = 'application/vnd.oci.image.index.v1+json'

/** A layer of an artifact. */
export interface Layer {
  readonly mediaType: string
  readonly body: Uint8Array
  readonly annotations?: Readonly<Record<string, string>>
}

/** What a test wants to go wrong with a blob. */
export interface Trouble {
  /** Cuts the connection after so many bytes, this often. */
  readonly cutAfter?: number
  times?: number
  readonly instead?: Uint8Array
  /** Sends a client elsewhere, as registries do with their blobs. */
  readonly redirectTo?: string
}

/** A registry that speaks the pulling half of the OCI distribution-spec over bytes in memory, and counts what was asked of it. */
export interface LocalRegistry {
  readonly url: string
  /** Puts an artifact under a tag. @returns the digest of its manifest */
  push(repo: string, tag: string, layers: readonly Layer[], more?: Readonly<Record<string, unknown>>): string
  /** Puts any manifest under a tag, as it is. */
  pushManifest(repo: string, tag: string, manifest: unknown, mediaType?: string): string
  pushIndex(repo: string, tag: string, digests: readonly string[]): string
  /** By digest. */
  readonly trouble: Map<string, Trouble>
  /** Transfers of each blob that began. */
  readonly transfers: Map<string, number>
  readonly requests: string[]
  isDown: boolean
  close(): Promise<void>
}

interface State {
  readonly blobs: Map<string, Buffer>
  readonly manifests: Map<string, { readonly body: Buffer; readonly mediaType: string }>
  readonly tags: Map<string, string>
  readonly trouble: Map<string, Trouble>
  readonly transfers: Map<string, number>
  /** `user:password`; then a token of this server's own is wanted. */
  readonly login: string | undefined
  readonly base: () => string
}

export async function startLocalRegistry(options: { readonly login?: string } = {}): Promise<LocalRegistry> {
  const requests: string[] = []
  const registry = { isDown: false }
  let base = ''
  const state: State = {
    ...{ blobs: new Map(), manifests: new Map(), tags: new Map() },
    ...{ trouble: new Map(), transfers: new Map(), login: options.login, base: () => base },
  }
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    if (registry.isDown) return void request.socket.destroy()
    answer(state, request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const put = (body: Buffer) => {
    const digest = digestOf(body)
    state.blobs.set(digest, body)
    return digest
  }
  const pushManifest = (repo: string, tag: string, manifest: unknown, mediaType = MANIFEST) => {
    const body = Buffer.from(JSON.stringify(manifest))
    const digest = digestOf(body)
    state.manifests.set(`${repo}@${digest}`, { body, mediaType })
    state.tags.set(`${repo}:${tag}`, digest)
    return digest
  }
  return Object.assign(registry, {
    ...{ url: base, trouble: state.trouble, transfers: state.transfers, requests, pushManifest },
    push: (
      repo: string,
      tag: string,
      layers: readonly Layer[],
      more: Readonly<Record<string, unknown>> = {},
    ) => {
      const config = Buffer.from('{}')
      return pushManifest(repo, tag, {
        ...{ schemaVersion: 2, mediaType: MANIFEST },
        config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: put(config), size: config.length },
        layers: layers.map(({ mediaType, body, annotations }) => {
          const bytes = Buffer.from(body)
          return {
            mediaType,
            digest: put(bytes),
            size: bytes.length,
            ...(annotations ? { annotations } : {}),
          }
        }),
        ...more,
      })
    },
    pushIndex: (repo: string, tag: string, digests: readonly string[]) =>
      pushManifest(
        repo,
        tag,
        {
          ...{ schemaVersion: 2, mediaType: INDEX },
          manifests: digests.map((digest) => ({
            ...{
              mediaType: MANIFEST,
              digest,
              size: state.manifests.get(`${repo}@${digest}`)?.body.length ?? 0,
            },
            platform: { os: 'linux', architecture: 'amd64' },
          })),
        },
        INDEX,
      ),
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  })
}

function answer(state: State, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://registry')
  if (url.pathname === '/token') return void token(state, request, response, url)
  const [, repo = '', kind, reference = ''] =
    /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.+)$/.exec(url.pathname) ?? []
  if (state.login !== undefined && request.headers.authorization !== `Bearer token-for-${repo}`) {
    const challenge = `Bearer realm="${state.base()}/token",service="local",scope="repository:${repo}:pull"`
    response.writeHead(401, { 'www-authenticate': challenge })
    return void response.end()
  }
  if (kind === 'tags') return void tags(state, response, repo)
  if (kind === 'manifests') {
    const digest = state.tags.get(`${repo}:${reference}`) ?? reference
    const found = state.manifests.get(`${repo}@${digest}`)
    if (found === undefined) return void refuse(response, 404, 'MANIFEST_UNKNOWN')
    const type = { 'content-type': found.mediaType, 'docker-content-digest': digest }
    return void bytes(state, request, response, { digest, body: found.body, headers: type })
  }
  const body = state.blobs.get(reference)
  if (kind !== 'blobs' || body === undefined) return void refuse(response, 404, 'BLOB_UNKNOWN')
  bytes(state, request, response, { digest: reference, body, headers: {} })
}

function token({ login }: State, request: IncomingMessage, response: ServerResponse, url: URL): void {
  const given = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString()
  const repo = /^repository:(.+):pull$/.exec(url.searchParams.get('scope') ?? '')?.[1]
  if (given !== login || repo === undefined) return void refuse(response, 401, 'UNAUTHORIZED')
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ token: `token-for-${repo}`, expires_in: 300 }))
}

function tags({ tags: all }: State, response: ServerResponse, repo: string): void {
  const names = [...all.keys()].flatMap((key) =>
    key.startsWith(`${repo}:`) ? key.slice(repo.length + 1) : [],
  )
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ name: repo, tags: names }))
}

function bytes(
  { trouble, transfers }: State,
  request: IncomingMessage,
  response: ServerResponse,
  { digest, body, headers }: { digest: string; body: Buffer; headers: Record<string, string> },
): void {
  const wrong = trouble.get(digest)
  if (wrong?.redirectTo !== undefined) {
    response.writeHead(307, { location: wrong.redirectTo })
    return void response.end()
  }
  const sent = wrong?.instead ?? body
  const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
  if (request.method === 'GET') transfers.set(digest, (transfers.get(digest) ?? 0) + 1)
  response.writeHead(from > 0 ? 206 : 200, {
    ...{ ...headers, 'content-length': String(sent.length - from) },
    ...(from > 0 ? { 'content-range': `bytes ${from}-${sent.length - 1}/${sent.length}` } : {}),
  })
  if (request.method === 'HEAD') return void response.end()
  if (wrong?.cutAfter !== undefined && (wrong.times ?? 1) > 0) {
    wrong.times = (wrong.times ?? 1) - 1
    response.write(sent.subarray(from, from + wrong.cutAfter), () => setTimeout(() => response.destroy(), 20))
    return
  }
  response.end(sent.subarray(from))
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase().replace('_', ' ') }] }))
}

function digestOf(body: Uint8Array): string {
  return `sha256:${createHash('sha256').update(body).digest('hex')}`
}
