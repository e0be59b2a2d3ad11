import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { pipeline } from 'node:stream/promises'
import { SallyportError } from '../../ground/lang/index.ts'
import type { BroughtFile, Fields, MlflowPeer, SourceReader } from '../../services/model-names/index.ts'

/** Bytes of one answer that is read here; what only passes is not held. */
const MAX_ANSWER_BYTES = 64 * 2 ** 20
/** Milliseconds without a byte after which the server is given up. */
const IDLE_MS = 60_000
/** Files, folders deep and bytes of one model that is brought in. */
const MAX_FILES = 100_000
const MAX_DEPTH = 64
const MAX_MODEL_BYTES = 8 * 2 ** 40
/** Headers of a client that reach the server behind: none of them names who asks or how to answer. */
const PASSED_ON = ['content-type', 'content-length', 'accept', 'range']
/** Headers of the server behind that reach a client: none of them sets cookies or leads elsewhere. */
const PASSED_BACK = ['content-type', 'content-length', 'content-range', 'content-disposition']

/** The MLflow server behind the guard. */
export interface MlflowUpstream extends MlflowPeer {
  readonly sources: Pick<SourceReader, 'artifacts' | 'placeOfRun' | 'placeOfLoggedModel'>
  /** Lets a request through as it is, under the server's own credentials. Memory does not grow with it. @throws SallyportError `PEER_FAILED` */
  forward(request: IncomingMessage, response: ServerResponse, path: string): Promise<number>
}

/**
 * @param options `base` as a client's MLFLOW_TRACKING_URI, named by an administrator; `secret` a token, or `user:password`, sent to it only
 */
export function createMlflowUpstream(options: {
  readonly base: string
  readonly secret?: string
  readonly store: { putStream(chunks: AsyncIterable<Uint8Array>): Promise<{ sha256: string; size: number }> }
}): MlflowUpstream {
  const base = options.base.replace(/\/+$/, '')
  const authorization = authorizationOf(options.secret)
  const open = (method: string, path: string, wire: Wire) =>
    send(`${base}${path}`, method, { ...wire, headers: { ...wire.headers, ...authorization } })
  const json = async (method: string, path: string, fields: Fields): Promise<Fields> => {
    const isRead = method === 'GET'
    const search = isRead ? `?${queryOf(fields)}` : ''
    const body = isRead ? undefined : Buffer.from(JSON.stringify(fields))
    const headers: Record<string, string> =
      body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }
    const answer = await open(method, `${path}${search}`, {
      headers,
      ...(body === undefined ? {} : { body }),
    })
    return readJson(answer)
  }
  const call: MlflowPeer['call'] = (method, path, fields) => json(method, `/api/2.0/mlflow/${path}`, fields)
  return {
    call,
    sources: sourcesOf(json, call, async (path, signal) => {
      const answer = await open('GET', `${ARTIFACTS}/${escaped(path)}`, { signal })
      if (answer.statusCode === 200) return options.store.putStream(answer as AsyncIterable<Uint8Array>)
      await readJson(answer)
      throw new SallyportError('PEER_FAILED', `the MLflow server behind answers ${answer.statusCode}`)
    }),
    forward: async (request, response, path) => {
      const answer = await open(request.method ?? 'GET', path, {
        headers: pick(request, PASSED_ON),
        stream: request,
      })
      response.writeHead(answer.statusCode ?? 502, {
        ...pick(answer, PASSED_BACK),
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      await pipeline(answer, response)
      return answer.statusCode ?? 502
    },
  }
}

const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts'

type Json = (method: string, path: string, fields: Fields) => Promise<Fields>
type Bring = (path: string, signal: AbortSignal) => Promise<{ sha256: string; size: number }>

function sourcesOf(json: Json, call: MlflowPeer['call'], bring: Bring): MlflowUpstream['sources'] {
  const placeOf = (uri: unknown): string => {
    const [, path] = /^mlflow-artifacts:\/+(.+)$/.exec(String(uri)) ?? []
    if (path !== undefined) return path
    throw new SallyportError(
      'NOT_SUPPORTED',
      'the artifacts stand outside the MLflow server (it was not started with --serve-artifacts), where no guard stands',
    )
  }
  const files = async (folder: string, depth: number): Promise<readonly string[]> => {
    if (depth > MAX_DEPTH) throw new SallyportError('TOO_LARGE', `folders are deeper than ${MAX_DEPTH}`)
    const found: string[] = []
    for (const { name, isFolder } of entriesOf(await json('GET', ARTIFACTS, { path: folder }))) {
      if (isFolder) found.push(...(await files(`${folder}/${name}`, depth + 1)))
      else found.push(`${folder}/${name}`)
      if (found.length > MAX_FILES) throw new SallyportError('TOO_LARGE', `more than ${MAX_FILES} files`)
    }
    return found
  }
  return {
    artifacts: async (folder, signal) => {
      const brought: BroughtFile[] = []
      let bytes = 0
      for (const path of await files(folder, 0)) {
        signal.throwIfAborted()
        const { sha256, size } = await bring(path, signal)
        bytes += size
        if (bytes > MAX_MODEL_BYTES) throw new SallyportError('TOO_LARGE', 'the model is too large')
        brought.push({ name: path.slice(folder.length + 1), size, sha256 })
      }
      return brought
    },
    placeOfRun: async (id) => {
      const { run } = await call('GET', 'runs/get', { run_id: id })
      return placeOf((run as { info?: Fields } | undefined)?.info?.artifact_uri)
    },
    placeOfLoggedModel: async (id) => {
      const { model } = await call('GET', `logged-models/${encodeURIComponent(id)}`, {})
      return placeOf((model as { info?: Fields } | undefined)?.info?.artifact_uri)
    },
  }
}

function entriesOf(answer: Fields): readonly { readonly name: string; readonly isFolder: boolean }[] {
  const entries = Array.isArray(answer.files) ? (answer.files as readonly Fields[]) : []
  return entries.map((entry) => {
    const name = String(entry.path)
    if (!/^[^/\\]+$/.test(name) || name.includes('\0') || name === '..' || name === '.')
      throw new SallyportError('PEER_FAILED', 'the MLflow server behind lists a name that is none')
    return { name, isFolder: entry.is_dir === true }
  })
}

interface Wire {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly stream?: IncomingMessage
  readonly signal?: AbortSignal
}

function send(
  url: string,
  method: string,
  { headers = {}, body, stream, signal }: Wire,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const ask = url.startsWith('https:') ? httpsRequest : httpRequest
    const outgoing = ask(url, { method, headers, ...(signal === undefined ? {} : { signal }) }, resolve)
    const failed = (cause: Error) =>
      reject(
        new SallyportError('PEER_FAILED', `the MLflow server behind does not answer: ${cause.message}`, {
          cause,
        }),
      )
    outgoing.setTimeout(IDLE_MS, () => outgoing.destroy(new Error(`no answer for ${IDLE_MS} ms`)))
    outgoing.on('error', failed)
    if (stream === undefined) outgoing.end(body)
    else pipeline(stream, outgoing).catch(failed)
  })
}

async function readJson(answer: IncomingMessage): Promise<Fields> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_ANSWER_BYTES)
      throw new SallyportError('PEER_FAILED', 'the MLflow server behind does not end')
    parts.push(chunk)
  }
  const value = parsed(Buffer.concat(parts).toString('utf8'))
  const { statusCode: status = 0 } = answer
  if (status >= 200 && status < 300) return value
  const { error_code: errorCode, message } = value
  throw new SallyportError(
    'PEER_FAILED',
    `${String(message ?? `the MLflow server behind answers ${status}`).slice(0, 2000)}`,
    {
      detail: typeof errorCode === 'string' ? { status, errorCode } : {},
    },
  )
}

function parsed(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  } catch (cause) {
    throw new SallyportError('PEER_FAILED', 'the MLflow server behind answers with no JSON', { cause })
  }
  throw new SallyportError('PEER_FAILED', 'the MLflow server behind answers with no object')
}

function queryOf(fields: Fields): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(fields))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) query.append(key, String(one))
  return query.toString()
}

function escaped(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

function pick({ headers }: IncomingMessage, names: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = headers[name]
    if (typeof value === 'string') picked[name] = value
  }
  return picked
}

function authorizationOf(secret: string | undefined): Readonly<Record<string, string>> {
  if (secret === undefined) return {}
  const isPair = secret.includes(':')
  return { authorization: isPair ? `Basic ${Buffer.from(secret).toString('base64')}` : `Bearer ${secret}` }
}
