import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Artifacts, NamesCaller, OpenArtifact } from '../../services/model-names/index.ts'
import type { Quota } from '../../services/quota/index.ts'
import { sendJson } from './answers.ts'

/** Bytes of one upload; the disk sets the real limit. */
const MAX_UPLOAD_BYTES = 512 * 2 ** 30

/** One exchange with the artifact store. */
export interface ArtifactExchange {
  readonly artifacts: Artifacts
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly caller: NamesCaller
  readonly quota?: Quota
}

/** GET, PUT or DELETE of one file, as `mlflow-artifacts:` of MLflow's clients does it. */
export async function exchangeArtifact(exchange: ArtifactExchange, path: string): Promise<void> {
  const { artifacts, request, response, caller } = exchange
  switch (request.method) {
    case 'GET':
    case 'HEAD': {
      const file = await artifacts.open(path, caller)
      if (request.method === 'GET') exchange.quota?.bytes(caller.actor.principalId, file.size)
      return sendArtifact(request, response, file)
    }
    case 'PUT':
      may(caller)
      await artifacts.upload(path, bounded(request), caller)
      return sendJson(response, {})
    case 'DELETE':
      may(caller)
      artifacts.delete(path, caller)
      return sendJson(response, {})
    default:
      throw new SallyportError('BAD_INPUT', 'artifacts are read, uploaded and deleted')
  }
}

/** Lets a request through to the server behind. @returns its status */
export type Forward = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<number>

/** The same before a server that has an artifact store of its own: what nobody searched goes back to whoever uploaded it. */
export async function guardArtifact(
  exchange: ArtifactExchange,
  path: string,
  forward: Forward,
): Promise<void> {
  const { artifacts, request, response, caller } = exchange
  if (artifacts.isServed(path)) return exchangeArtifact(exchange, path)
  const place = `/api/2.0/mlflow-artifacts/artifacts/`
  const isUpload = request.method === 'PUT'
  if (!isUpload && request.method !== 'GET' && request.method !== 'DELETE')
    throw new SallyportError('BAD_INPUT', 'artifacts are read, uploaded and deleted')
  if (request.method !== 'GET') may(caller)
  // Before the first byte: whoever overwrites another's upload takes what was there away from them.
  if (isUpload) artifacts.noteBehind(path, caller)
  const known = artifacts.behind(path, caller)
  await forward(request, response, `${place}${known.split('/').map(encodeURIComponent).join('/')}`)
}

/** What stands beneath a path. */
export async function listArtifacts(exchange: ArtifactExchange, path: string): Promise<void> {
  const entries = await exchange.artifacts.list(path, exchange.caller)
  sendJson(exchange.response, {
    files: entries.map((entry) => ({
      path: entry.path,
      is_dir: entry.isFolder,
      ...(entry.size === undefined ? {} : { file_size: entry.size }),
    })),
  })
}

function may({ capabilities }: NamesCaller): void {
  if (!capabilities.includes('import'))
    throw new SallyportError(
      'FORBIDDEN',
      'your role may not bring artifacts in; ask an administrator for "contributor"',
    )
}

async function* bounded(request: IncomingMessage): AsyncIterable<Uint8Array> {
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_UPLOAD_BYTES)
      throw new SallyportError('TOO_LARGE', `an artifact has at most ${MAX_UPLOAD_BYTES} bytes`)
    yield chunk
  }
  if (!request.complete) throw new SallyportError('ABORTED', 'the upload broke off')
}

/** Sends a whole file; memory does not grow with it. */
async function sendArtifact(
  request: IncomingMessage,
  response: ServerResponse,
  { path, size, sha256 }: OpenArtifact,
): Promise<void> {
  if ((await stat(path)).size !== size)
    throw new SallyportError('STORE_FAILED', 'a stored file has another size than when it came in')
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': String(size),
    'content-disposition': 'attachment',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    etag: `"${sha256}"`,
  })
  if (request.method === 'HEAD') response.end()
  else
    await pipeline(createReadStream(path), response).catch((cause: NodeJS.ErrnoException) => {
      // A client that goes away is no failure of ours; anything else is.
      if (cause.code !== 'ERR_STREAM_PREMATURE_CLOSE' && cause.code !== 'ECONNRESET') throw cause
    })
}
