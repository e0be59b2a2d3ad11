import { createServer } from 'node:http'
import { SallyportError } from '../../ground/lang/index.ts'
import type { RequestRecord } from './deps.ts'
import { isLoopback } from './guards.ts'

/** Upper bounds in seconds, for a control plane: a read is milliseconds, an import is a minute. */
const BUCKETS = [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60]

/** Counts requests for the metrics page. Labels are route patterns, so their number is bounded. */
export interface RequestMetrics {
  note(record: RequestRecord): void
  /** Prometheus text format 0.0.4. */
  text(): string
}

export function createRequestMetrics(): RequestMetrics {
  const counts = new Map<string, number>()
  const times = new Map<string, { readonly buckets: number[]; sum: number; count: number }>()
  return {
    note({ method, route, status, durationMs }) {
      const labels = `method="${method}",route="${route.replaceAll(/["\\\n]/g, '_')}"`
      const key = `${labels},status="${status}"`
      counts.set(key, (counts.get(key) ?? 0) + 1)
      const seconds = durationMs / 1000
      const time = times.get(labels) ?? { buckets: BUCKETS.map(() => 0), sum: 0, count: 0 }
      for (const [i, bound] of BUCKETS.entries())
        if (seconds <= bound) time.buckets[i] = (time.buckets[i] ?? 0) + 1
      time.sum += seconds
      time.count += 1
      times.set(labels, time)
    },
    text() {
      const lines = ['# HELP http_requests_total Finished requests.', '# TYPE http_requests_total counter']
      for (const [key, count] of counts) lines.push(`http_requests_total{${key}} ${count}`)
      lines.push('# HELP http_request_duration_seconds Time to answer.')
      lines.push('# TYPE http_request_duration_seconds histogram')
      for (const [labels, { buckets, sum, count }] of times) {
        for (const [i, bound] of BUCKETS.entries())
          lines.push(`http_request_duration_seconds_bucket{${labels},le="${bound}"} ${buckets[i] ?? 0}`)
        lines.push(`http_request_duration_seconds_bucket{${labels},le="+Inf"} ${count}`)
        lines.push(`http_request_duration_seconds_sum{${labels}} ${sum}`)
        lines.push(`http_request_duration_seconds_count{${labels}} ${count}`)
      }
      return `${lines.join('\n')}\n`
    },
  }
}

export interface OpsDeps {
  readonly metrics: Pick<RequestMetrics, 'text'>
  readonly version: string
  /** Entries in the ledger. */
  readonly ledgerSize: () => number
  /** Whether requests can be served now; a throw means no. */
  readonly isReady: () => Promise<boolean>
  readonly allowInsecure?: boolean
}

export interface OpsServer {
  /** @throws SallyportError `BAD_CONFIG` beyond loopback without `allowInsecure`, and when the port is taken */
  listen(at: {
    readonly host: string
    readonly port: number
  }): Promise<{ readonly url: string; readonly port: number }>
  close(): Promise<void>
}

/** The second listener: `/metrics`, `/healthz` (the process lives) and `/readyz` (it can serve). No login, no secrets. */
export function createOpsServer(deps: OpsDeps): OpsServer {
  const server = createServer((request, response) => {
    const send = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
      response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(text)
    const path = (request.url ?? '/').split('?')[0]
    if (request.method !== 'GET' && request.method !== 'HEAD') send(405, 'GET only\n')
    else if (path === '/healthz') send(200, 'ok\n')
    else if (path === '/metrics')
      send(200, `${deps.metrics.text()}${processText(deps)}`, 'text/plain; version=0.0.4')
    else if (path === '/readyz')
      deps.isReady().then(
        (ready) => send(ready ? 200 : 503, ready ? 'ready\n' : 'not ready\n'),
        () => send(503, 'not ready\n'), // What failed is in the log of who failed; here it only means "no".
      )
    else send(404, 'There is /metrics, /healthz and /readyz.\n')
  })
  server.requestTimeout = 10_000
  return {
    async listen({ host, port }) {
      if (!isLoopback(host) && deps.allowInsecure !== true)
        throw new SallyportError(
          'BAD_CONFIG',
          `refusing to serve metrics on ${host}: allow it in so many words`,
        )
      await new Promise<void>((resolve, reject) => {
        const refuse = (cause: Error) =>
          reject(new SallyportError('BAD_CONFIG', `cannot listen on ${host} port ${port}`, { cause }))
        server.once('error', refuse).listen(port, host, () => resolve(void server.off('error', refuse)))
      })
      const address = server.address()
      const bound = typeof address === 'object' && address !== null ? address.port : port
      return { url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`, port: bound }
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)))
        server.closeAllConnections()
      }),
  }
}

function processText({ version, ledgerSize }: OpsDeps): string {
  const { rss, heapUsed } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  const gauge = (name: string, value: number | string) => `# TYPE ${name} gauge\n${name} ${value}\n`
  return [
    `# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total ${(user + system) / 1e6}\n`,
    gauge('process_resident_memory_bytes', rss),
    gauge('nodejs_heap_size_used_bytes', heapUsed),
    gauge('process_uptime_seconds', process.uptime().toFixed(3)),
    gauge('sallyport_ledger_entries', ledgerSize()),
    `# TYPE sallyport_build_info gauge\nsallyport_build_info{version="${version}"} 1\n`,
  ].join('')
}
