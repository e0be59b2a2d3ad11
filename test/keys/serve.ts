import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request with its body read. */
export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** A server on a port of its own; `asked` holds what came in, newest last. */
export interface Served {
  readonly url: string
  readonly asked: Asked[]
  close(): Promise<void>
}

/** Serves JSON (or bytes) on loopback: what `answer` gives, with its status. */
export async function serve(
  answer: (asked: Asked) => {
    status?: number
    json?: unknown
    bytes?: Uint8Array
    type?: string
    headers?: Record<string, string>
  },
): Promise<Served> {
  const asked: Asked[] = []
  const listener: RequestListener = (request, response) => void handle(request, response)
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const one = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks),
    }
    asked.push(one)
    const { status = 200, json, bytes, type = 'application/json', headers = {} } = answer(one)
    response.writeHead(status, { 'content-type': type, ...headers })
    response.end(bytes ?? JSON.stringify(json))
  }
  const server = createServer(listener)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => new Promise((done) => server.close(() => done())),
  }
}

/** Curves by their names in OpenSSL, with the hash of each. */
export const CURVES = [
  ['prime256v1', 'sha256'],
  ['secp384r1', 'sha384'],
  ['secp521r1', 'sha512'],
] as const
