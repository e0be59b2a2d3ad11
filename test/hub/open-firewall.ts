import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openFirewallBook } from '../../src/adapters/firewall-sqlite/index.ts'
import { createGuardedHttp } from '../../src/adapters/guarded-http/index.ts'
import { createHubUpstream } from '../../src/adapters/hub-upstream/index.ts'
import { openPartialFolder } from '../../src/adapters/quarantine-files/index.ts'
import { openUsageBook } from '../../src/adapters/usage-sqlite/index.ts'
import { createHubFace } from '../../src/faces/hub/index.ts'
import type { Verdict } from '../../src/ground/domain/index.ts'
import { createFirewall, type FirewallMode } from '../../src/services/firewall/index.ts'
import { createQuota, type QuotaLimits } from '../../src/services/quota/index.ts'
import { openRoom, someone } from '../e2e/open-room.ts'

/** A firewall on a real home before a hub, and its face on a port of its own; only the look at the files is scripted. */
export async function openTestFirewall(options: {
  readonly home: string
  readonly hub: string
  readonly judge?: (name: string) => Verdict
  readonly mode?: FirewallMode
  readonly now?: () => Date
  readonly heldBack?: Parameters<typeof createFirewall>[0]['heldBack']
  readonly limits?: QuotaLimits
  /** Text of the policy; the default one where absent. */
  readonly policy?: string
}) {
  mkdirSync(options.home, { recursive: true })
  const room = await openRoom(options.home, options.judge, undefined, options.policy)
  const http = createGuardedHttp({ trusted: [options.hub] })
  const book = openFirewallBook(join(options.home, 'hub.db'))
  const partial = await openPartialFolder({ folder: join(options.home, 'quarantine'), blobs: room.blobs })
  const bugs: unknown[] = []
  const { registry } = room
  const firewall = createFirewall({
    upstream: createHubUpstream({ endpoint: options.hub, http }),
    partial,
    book,
    blobs: room.blobs,
    mode: options.mode ?? 'enforce',
    now: options.now ?? (() => new Date()),
    sleep: (ms, signal) => pause(ms, undefined, { signal }).catch(() => undefined),
    reviewUrl: (digest) => `http://console/models/${digest}`,
    maxBytes: 2 ** 40,
    ...(options.heldBack === undefined ? {} : { heldBack: options.heldBack }),
    report: (bug) => bugs.push(bug),
    registry: {
      ...{ assess: registry.assess, decide: registry.decide, promote: registry.promote, get: registry.get },
      importStored: registry.importStored,
      attestSource: async (digest, predicate) => {
        const subjects = [await registry.desk.subject(digest)]
        await registry.desk.attest({ name: 'hub-source', subjects, predicate })
      },
      ledgerSize: () => room.view.cursor(),
    },
  })
  const usage = openUsageBook(join(options.home, 'usage.db'))
  const face = createHubFace({
    firewall,
    quota: createQuota(options.limits ?? {}, { usage, now: options.now ?? (() => new Date()) }),
    actorOf: async (secret) => someone(secret ?? 'anybody'),
    report: ({ cause }) => bugs.push(cause),
  })
  const server = createServer((request, response) => face.handle(request, response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    ...room,
    firewall,
    book,
    bugs,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      await new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      })
      await firewall.close()
      book.close()
      usage.close()
      http.close()
      await room.close()
    },
  }
}
