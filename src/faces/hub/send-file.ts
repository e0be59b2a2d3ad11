import { type FileHandle, open } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { SallyportError } from '../../ground/lang/index.ts'
import type { OpenFile, OpenRevision } from '../../services/firewall/index.ts'
import { etagOf } from './hub-words.ts'

/** Bytes read and written at a time: larger ones fall out of the processor's cache. */
const CHUNK_BYTES = 128 * 1024
/**
 * Chunks kept for the next file: two for each of the clients that commonly come at once. Taking fresh ones for each file leaves the
 * collector behind when hundreds come: a third more memory was seen with 200.
 */
const MAX_SPARE = 256
const spare: Buffer[] = []

/** First and last byte, both counted. */
interface Range {
  readonly first: number
  readonly last: number
}

/** Headers of a file, as the hub's clients want them on HEAD and GET; none that leads elsewhere. */
export function headersOf(revision: OpenRevision, file: OpenFile): Record<string, string> {
  return {
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.path.split('/').at(-1) ?? 'file')}`,
    etag: etagOf(file),
    'x-repo-commit': revision.commit,
    'x-linked-size': String(file.size),
    'x-linked-etag': etagOf(file),
    'x-sallyport-digest': revision.digest,
  }
}

/** Sends a file, or the part of it that was asked for. Memory does not grow with it. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  sent: { readonly path: string; readonly size: number; readonly headers: Readonly<Record<string, string>> },
): Promise<void> {
  const { size, headers } = sent
  if (headers.etag !== undefined && isUnchanged(request, headers.etag)) {
    const commit = headers['x-repo-commit']
    response.writeHead(304, {
      etag: headers.etag,
      ...(commit === undefined ? {} : { 'x-repo-commit': commit }),
    })
    response.end()
    return
  }
  const range = rangeOf(request, size, headers.etag)
  if (range === 'outside') {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${size}`, 'content-length': '0' })
    response.end()
    return
  }
  const { first, last } = range ?? { first: 0, last: size - 1 }
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    'content-length': String(last - first + 1),
    ...(range === undefined ? {} : { 'content-range': `bytes ${first}-${last}/${size}` }),
  })
  if (request.method === 'HEAD' || size === 0) response.end()
  else await pour(response, sent, { first, last })
}

/** How many bytes the answer to this request will have. */
export function bytesWanted(request: IncomingMessage, size: number, etag: string): number {
  if (isUnchanged(request, etag)) return 0
  const range = rangeOf(request, size, etag)
  if (range === 'outside') return 0
  return range === undefined ? size : range.last - range.first + 1
}

function isUnchanged({ headers }: IncomingMessage, etag: string): boolean {
  return headers['if-none-match'] === etag
}

function rangeOf({ headers }: IncomingMessage, size: number, etag: string | undefined) {
  const ifRange = headers['if-range']
  return readRange(ifRange === undefined || ifRange === etag ? headers.range : undefined, size)
}

/** One range of bytes (RFC 9110 section 14.1.2); several, or what is none, count as not asked. */
function readRange(header: string | undefined, size: number): Range | 'outside' | undefined {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  if (found === null) return undefined
  const [, from = '', to = ''] = found
  if (from === '' && to === '') return undefined
  if (from === '')
    return Number(to) === 0 || size === 0
      ? 'outside'
      : { first: Math.max(0, size - Number(to)), last: size - 1 }
  const first = Number(from)
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (to !== '' && Number(to) < first) return undefined
  return first >= size ? 'outside' : { first, last }
}

async function pour(
  response: ServerResponse,
  { path, size }: { readonly path: string; readonly size: number },
  { first, last }: Range,
): Promise<void> {
  const file = await open(path, 'r')
  try {
    if ((await file.stat()).size !== size)
      throw new SallyportError('STORE_FAILED', 'a stored file has another size than when it came in')
    await write(response, file, first, last)
    response.end()
  } catch (cause) {
    // The head is out: only a cut connection tells the client that this is not the whole file.
    response.destroy()
    throw cause
  } finally {
    await file.close()
  }
}

/** One chunk is read while the one before it leaves; its memory is used again only when the kernel has it. */
async function write(response: ServerResponse, file: FileHandle, first: number, last: number): Promise<void> {
  const chunks = [chunk(), chunk()] as const
  let leaving: Promise<void> = Promise.resolve()
  for (let at = first, turn = 0; at <= last && !response.destroyed; turn ^= 1) {
    const next = chunks[turn === 0 ? 0 : 1]
    const { bytesRead } = await file.read(next, 0, Math.min(CHUNK_BYTES, last - at + 1), at)
    if (bytesRead === 0) throw new SallyportError('STORE_FAILED', 'a stored file ended early')
    at += bytesRead
    await leaving
    leaving = send(response, next.subarray(0, bytesRead))
  }
  await leaving
  // What a cut connection may still hold is left to the collector.
  if (!response.destroyed && spare.length < MAX_SPARE) spare.push(...chunks)
}

function chunk(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)
}

/** Settles when the bytes are with the kernel, or when the client is gone. */
function send(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((done) => {
    const finish = () => {
      response.off('close', finish)
      done()
    }
    response.once('close', finish)
    response.write(bytes, finish)
  })
}
