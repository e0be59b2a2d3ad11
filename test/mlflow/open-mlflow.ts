import { randomBytes } from 'node:crypto'
import { mkdirSync, realpathSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createGuardedHttp } from '../../src/adapters/guarded-http/index.ts'
import { createMlflowUpstream, webFiles } from '../../src/adapters/mlflow-upstream/index.ts'
import { openNameBook } from '../../src/adapters/names-sqlite/index.ts'
import { createMlflowFace } from '../../src/faces/mlflow/index.ts'
import type { Verdict } from '../../src/ground/domain/index.ts'
import { uuidV7 } from '../../src/ground/lang/index.ts'
import { capabilitiesOf, type Role } from '../../src/services/identity/index.ts'
import { createModelNames, ownSources, parseGuarded } from '../../src/services/model-names/index.ts'
import type { Quota } from '../../src/services/quota/index.ts'
import { openRoom, someone } from '../e2e/open-room.ts'

/** The MLflow door on a real home, on a port of its own; only the look at the files is scripted. Tokens are `name-role`. */
export async function openTestMlflow(options: {
  readonly home: string
  readonly judge?: (name: string) => Verdict
  readonly roots?: readonly string[]
  readonly origins?: readonly string[]
  readonly trusted?: readonly string[]
  readonly guarded?: readonly string[]
  /** The MLflow server behind. */
  readonly upstream?: string
  readonly quota?: Quota
}) {
  mkdirSync(options.home, { recursive: true })
  const room = await openRoom(options.home, options.judge)
  const http = createGuardedHttp({ trusted: options.trusted ?? [] })
  const book = openNameBook(join(options.home, 'mlflow.db'))
  const bugs: unknown[] = []
  const asked: { digest: string; stage: string }[] = []
  const { registry, blobs } = room
  const now = () => new Date()
  const newId = () => uuidV7(new Date(), randomBytes(10))
  const guarded = parseGuarded(options.guarded ?? ['production', 'champion', 'staging'])
  if (!guarded.ok) throw new Error(guarded.error)
  const upstream =
    options.upstream === undefined
      ? undefined
      : createMlflowUpstream({ base: options.upstream, store: blobs, secret: 'up:stream' })
  const house = createModelNames({
    ...{ book, blobs, store: blobs, guarded: guarded.value, now, newId, realPath: realpath },
    ...(upstream === undefined ? {} : { peer: upstream }),
    sources: {
      ...ownSources({
        ...{ book, now, newId },
        web: webFiles({ http, store: blobs, origins: options.origins ?? [] }),
      }),
      ...upstream?.sources,
    },
    roots: (options.roots ?? []).map((root) => realpathSync(root)),
    registry: { ...registry, ledgerSize: () => room.ledger.size() },
    reviewUrl: (digest) => `http://console/models/${digest}`,
    noteRequest: ({ digest, stage }) => void asked.push({ digest, stage }),
    post: async (url, headers, body, signal) => {
      const answer = await http.ask({ method: 'POST', url, headers, body: Buffer.from(body), signal })
      answer.discard()
      return answer.status
    },
    report: (bug) => bugs.push(bug),
  })
  const face = createMlflowFace({
    house,
    ...(upstream === undefined ? {} : { forward: upstream.forward }),
    ...(options.quota === undefined ? {} : { quota: options.quota }),
    callerOf: async (secret) => {
      const [name = 'ada', role = 'admin'] = (secret ?? 'ada-admin').split('-')
      return { actor: someone(name), capabilities: capabilitiesOf(role as Role) }
    },
    report: ({ cause }) => bugs.push(cause),
  })
  const server = createServer((request, response) => face.handle(request, response))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  house.resume()
  return {
    ...{ ...room, house, book, bugs, asked },
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      await new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      })
      await house.close()
      book.close()
      http.close()
      await room.close()
    },
  }
}
