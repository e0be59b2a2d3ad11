import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { FastifyRequest, RequestPayload } from 'fastify'
import { HttpProblem } from './problem.ts'

/**
 * Unpacks the body of a request that says it was packed with gzip. The server's limit of bytes counts what comes out, so a
 * body that unpacks to more is refused while it is read (CWE-409).
 * @throws HttpProblem 415 for another encoding, 400 for what is no gzip
 */
export async function gunzipBody(
  request: FastifyRequest,
  _reply: unknown,
  payload: RequestPayload,
): Promise<RequestPayload> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  if (encoding === 'identity') return payload
  if (encoding !== 'gzip')
    throw new HttpProblem(
      415,
      'UNSUPPORTED_MEDIA_TYPE',
      `A body packed as "${encoding.slice(0, 40)}" is not read here; send gzip, or plain JSON.`,
    )
  const packed = { bytes: 0 }
  const unpacked = Readable.from(unpack(payload, packed), { objectMode: false })
  // What the server holds against the length that the request gave.
  return Object.defineProperty(unpacked, 'receivedEncodedLength', { get: () => packed.bytes })
}

/** @param packed counts what came in */
async function* unpack(payload: RequestPayload, packed: { bytes: number }): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip()
  payload.on('data', (chunk: Uint8Array) => {
    packed.bytes += chunk.length
  })
  payload.on('error', (cause) => gunzip.destroy(cause))
  try {
    for await (const chunk of payload.pipe(gunzip)) yield chunk as Uint8Array
  } catch (cause) {
    throw new HttpProblem(400, 'BAD_INPUT', `The body is no gzip: ${(cause as Error).message}.`, { cause })
  } finally {
    payload.unpipe(gunzip)
    gunzip.destroy()
  }
}
