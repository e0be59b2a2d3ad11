import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Files of one commit: bytes by path; LFS for those that end like weights. */
export type Commit = Readonly<Record<string, Uint8Array | string>>

/** What a test wants to go wrong with a file's bytes. */
export interface Trouble {
  /** Cuts the connection after so many bytes, this often. */
  readonly cutAfter?: number
  times?: number
  /** Sends these bytes in place of its own. */
  readonly instead?: Uint8Array
  /** Milliseconds before the first byte. */
  readonly delayMs?: number
  /** Milliseconds between pieces of 64 KiB. */
  readonly pauseMs?: number
}

/** A hub that speaks the Hugging Face Hub API over bytes in memory, and counts what was asked of it. */
export interface LocalHub {
  readonly url: string
  /** Puts a commit on a branch. @returns its hash */
  push(repo: string, branch: string, files: Commit): string
  tag(repo: string, name: string, commit: string): void
  trouble: Map<string, Trouble>
  /** Downloads of each path that began. */
  readonly downloads: Map<string, number>
  readonly requests: string[]
  /** Whether nothing answers any more. */
  isDown: boolean
  /** Answers in place of the hub where it returns true: what some other server would say. */
  instead?: (request: IncomingMessage, response: ServerResponse) => boolean
  /** The one token with which private repositories can be read. */
  readonly gates: Map<string, string>
  close(): Promise<void>
}

const IS_LFS = /\.(bin|safetensors|pt|pkl|gguf|h5|ckpt)$/

interface Repo {
  readonly refs: Map<string, string>
  readonly tags: Map<string, string>
  readonly commits: Map<string, Commit>
}

/** @param port 0 for any that is free */
export async function startLocalHub(port = 0): Promise<LocalHub> {
  const repos = new Map<string, Repo>()
  const downloads = new Map<string, number>()
  const requests: string[] = []
  const hub: Pick<LocalHub, 'trouble' | 'isDown' | 'instead' | 'gates'> = {
    trouble: new Map<string, Trouble>(),
    isDown: false,
    gates: new Map<string, string>(),
  }
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`)
    if (hub.isDown) return void request.socket.destroy()
    if (hub.instead?.(request, response) === true) return
    for (const [id, token] of hub.gates)
      if (
        decodeURIComponent(request.url ?? '').includes(`/${id}`) &&
        request.headers.authorization !== `Bearer ${token}`
      )
        return refuse(response, 403, 'GatedRepo', `Access to model ${id} is restricted`)
    answer({ repos, downloads, trouble: hub.trouble }, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  return Object.assign(hub, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    downloads,
    requests,
    push: (id: string, branch: string, files: Commit) => {
      const repo = repos.get(id) ?? { refs: new Map(), tags: new Map(), commits: new Map() }
      repos.set(id, repo)
      const commit = createHash('sha1')
        .update(
          JSON.stringify([
            id,
            repo.commits.size,
            Object.entries(files).map(([n, b]) => [n, sha('sha1', bytesOf(b))]),
          ]),
        )
        .digest('hex')
      repo.commits.set(commit, files)
      repo.refs.set(branch, commit)
      return commit
    },
    tag: (id: string, name: string, commit: string) => void repos.get(id)?.tags.set(name, commit),
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  })
}

interface State {
  readonly repos: ReadonlyMap<string, Repo>
  readonly downloads: Map<string, number>
  readonly trouble: Map<string, Trouble>
}

async function answer(state: State, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://hub')
  const api =
    /^\/api\/(models|datasets|spaces)\/([^/]+\/[^/]+)(?:\/(revision|tree|refs|paths-info)(?:\/([^/]+))?)?/.exec(
      url.pathname,
    )
  const resolve = /^\/(?:(datasets|spaces)\/)?([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(url.pathname)
  const cdn = /^\/cdn\/([^/]+\/[^/]+)\/([0-9a-f]{40})\/(.+)$/.exec(url.pathname)
  if (cdn !== null)
    return bytes(state, request, response, [cdn[1] ?? '', cdn[2] ?? '', decodeURIComponent(cdn[3] ?? '')])
  const id = (api?.[2] ?? resolve?.[2] ?? '') as string
  const kind = api?.[1] ?? resolve?.[1] ?? 'models'
  const repo = state.repos.get(kind === 'models' ? id : `${kind}/${id}`)
  if (repo === undefined) return refuse(response, 404, 'RepoNotFound', 'Repository not found')
  const rev = decodeURIComponent(api?.[4] ?? resolve?.[3] ?? 'main')
  const name = rev === 'HEAD' ? 'main' : rev
  const commit = repo.commits.has(name) ? name : (repo.refs.get(name) ?? repo.tags.get(name))
  if (api?.[3] === 'refs') return json(response, refsOf(repo))
  const files = commit === undefined ? undefined : repo.commits.get(commit)
  if (commit === undefined || files === undefined)
    return refuse(response, 404, 'RevisionNotFound', 'Invalid rev id')
  if (api !== null && api[3] === 'tree')
    return tree(response, new URL(url.href.replace('http://hub', `http://${request.headers.host}`)), files)
  if (api !== null && api[3] === 'paths-info') return pathsInfo(request, response, files)
  if (api !== null) return json(response, infoOf(id, commit, files))
  const path = decodeURIComponent(resolve?.[4] ?? '')
  const body = files[path]
  if (body === undefined) return refuse(response, 404, 'EntryNotFound', 'Entry not found')
  if (!IS_LFS.test(path))
    return bytes(state, request, response, [kind === 'models' ? id : `${kind}/${id}`, commit, path])
  // As the real one does for LFS: elsewhere, with Xet beside, which a firewall must not hand on.
  response.writeHead(302, {
    location:
      `http://${request.headers.host}/cdn/${kind === 'models' ? id : `${kind}/${id}`}/${commit}/${encodeURIComponent(path)}`.replace(
        'datasets/',
        'datasets%2F',
      ),
    'x-repo-commit': commit,
    'x-linked-etag': `"${sha('sha256', bytesOf(body))}"`,
    'x-linked-size': String(bytesOf(body).length),
    'x-xet-hash': 'f'.repeat(64),
    link: '<https://cas.example/xet-read-token>; rel="xet-auth"',
  })
  response.end()
}

function infoOf(id: string, commit: string, files: Commit): unknown {
  return {
    id,
    modelId: id,
    sha: commit,
    author: id.split('/')[0],
    private: false,
    gated: false,
    tags: ['test'],
    pipeline_tag: 'text-classification',
    library_name: 'transformers',
    lastModified: '2026-11-01T00:00:00.000Z',
    cardData: { license: 'apache-2.0' },
    siblings: Object.keys(files).map((rfilename) => ({ rfilename })),
  }
}

function refsOf({ refs, tags }: Repo): unknown {
  const list = (kind: string, map: Map<string, string>) =>
    [...map].map(([name, targetCommit]) => ({ name, ref: `refs/${kind}/${name}`, targetCommit }))
  return { branches: list('heads', refs), converts: [], tags: list('tags', tags) }
}

async function pathsInfo(request: IncomingMessage, response: ServerResponse, files: Commit): Promise<void> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk as Uint8Array)
  const { paths } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly paths: readonly string[] }
  json(
    response,
    paths.flatMap((path) => (files[path] === undefined ? [] : [entryOf(path, files[path])])),
  )
}

function entryOf(path: string, body: Uint8Array | string): Readonly<Record<string, unknown>> {
  const content = bytesOf(body)
  const oid = sha('sha1', Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]))
  const entry = { type: 'file', path, size: content.length, oid, xetHash: 'f'.repeat(64) }
  return IS_LFS.test(path)
    ? { ...entry, lfs: { oid: sha('sha256', content), size: content.length, pointerSize: 130 } }
    : entry
}

/** Two entries a page, so that pages are really followed. */
function tree(response: ServerResponse, url: URL, files: Commit): void {
  const from = Number(url.searchParams.get('cursor') ?? 0)
  const all = Object.entries(files).map(([path, body]) => entryOf(path, body))
  const next = from + 2 < all.length
  url.searchParams.set('cursor', String(from + 2))
  json(response, all.slice(from, from + 2), next ? { link: `<${url.href}>; rel="next"` } : {})
}

async function bytes(
  { repos, downloads, trouble }: State,
  request: IncomingMessage,
  response: ServerResponse,
  [id, commit, path]: readonly [string, string, string],
): Promise<void> {
  const own = bytesOf(repos.get(decodeURIComponent(id))?.commits.get(commit)?.[path] ?? '')
  const wrong = trouble.get(path)
  const body = wrong?.instead ?? own
  const [, first, last] = /^bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '') ?? []
  const from = Number(first ?? 0)
  const end = Math.min(body.length, last === undefined || last === '' ? body.length : Number(last) + 1)
  downloads.set(path, (downloads.get(path) ?? 0) + 1)
  if (wrong?.delayMs !== undefined) await new Promise((done) => setTimeout(done, wrong.delayMs))
  const isPart = from > 0 || end < body.length
  response.writeHead(isPart ? 206 : 200, {
    'content-length': String(end - from),
    etag: `"${sha('sha1', body)}"`,
    'x-repo-commit': commit,
    ...(isPart ? { 'content-range': `bytes ${from}-${end - 1}/${body.length}` } : {}),
  })
  if (wrong?.cutAfter !== undefined && (wrong.times ?? 1) > 0) {
    wrong.times = (wrong.times ?? 1) - 1
    response.write(body.subarray(from, from + wrong.cutAfter), () => setTimeout(() => response.destroy(), 20))
    return
  }
  for (let at = from; wrong?.pauseMs !== undefined && at < end; at += 65_536) {
    response.write(body.subarray(at, Math.min(end, at + 65_536)))
    await new Promise((done) => setTimeout(done, wrong.pauseMs))
  }
  response.end(wrong?.pauseMs === undefined ? body.subarray(from, end) : undefined)
}

function json(response: ServerResponse, value: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'x-error-code': code, 'x-error-message': message })
  response.end()
}

function bytesOf(body: Uint8Array | string): Buffer {
  return Buffer.from(body as Uint8Array)
}

function sha(algorithm: string, body: Uint8Array): string {
  return createHash(algorithm).update(body).digest('hex')
}
