import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/** A protocol of others that shares this server's port: it answers on the bare socket, for its bytes are many. */
export interface Guest {
  /** Whether a request is for it, by its URL. */
  matches(url: string): boolean
  handle(request: IncomingMessage, response: ServerResponse): void
}

/** Stands before the server's own handler and hands requests of guests to them, from known Host names only. */
export function letGuestsIn(
  server: Server,
  guests: readonly Guest[],
  isHostKnown: (host: string | undefined) => boolean,
): void {
  const [own] = server.listeners('request')
  if (own === undefined || guests.length === 0) return
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const guest = guests.find((one) => one.matches(request.url ?? '/'))
    if (guest === undefined) own.call(server, request, response)
    else if (isHostKnown(request.headers.host)) guest.handle(request, response)
    else {
      response.writeHead(421, { 'content-type': 'text/plain', connection: 'close' })
      response.end('This server is not known by that Host name.\n')
    }
  })
}
