import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { openMirror } from '../../src/home-mirror.ts'
import { withParts } from '../../src/home-parts.ts'
import { openQuota } from '../../src/home-quota.ts'
import type { GateRequest } from '../../src/services/review/index.ts'
import { readSettings } from '../../src/services/settings/index.ts'

/** The doors before registries, web servers and buckets on a real home, with its own scanner, on a port of their own. */
export async function openTestMirror(options: {
  readonly home: string
  /** As in `sallyport.yaml`. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly isLoopback?: boolean
  readonly now?: () => Date
}) {
  const settings = readSettings({ SALLYPORT_HOME: options.home }, () => JSON.stringify(options.settings))
  const { parts, close } = await withParts(settings)
  const troubles: string[] = []
  const requests: GateRequest[] = []
  const quota = openQuota(settings, options.now ?? (() => new Date()))
  let url = ''
  const mirror = await openMirror(
    settings,
    {
      ...parts,
      now: options.now ?? (() => new Date()),
      ledgerSize: () => parts.view.cursor(),
      quota,
      noteRequest: (request) => requests.push(request),
      report: (what, cause) => troubles.push(`${what}: ${(cause as Error).message}`),
    },
    { url: () => url, isLoopback: options.isLoopback ?? true },
  )
  const server = createServer((request, response) => {
    const guest = mirror.guests.find((one) => one.matches(request.url ?? '/'))
    if (guest === undefined) response.writeHead(404).end()
    else guest.handle(request, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    ...{ parts, mirror, troubles, requests, url, host: url.slice('http://'.length) },
    close: async () => {
      await new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      })
      await mirror.close()
      quota.close()
      await close()
    },
  }
}
