import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import type { ServedLine } from './adapters/home-line/index.ts'
import { openUploadFolder } from './adapters/uploads-files/index.ts'
import type { Home, House, StandingsDoor } from './faces/cli/index.ts'
import { createHttpServer, createOpsServer, createRequestMetrics, isLoopback } from './faces/http/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import { openComparison, openConversion } from './home-compare.ts'
import { openDoors } from './home-doors.ts'
import { openStandings } from './home-guard.ts'
import { keepHouse } from './home-keeping.ts'
import { serveHome } from './home-line.ts'
import { openLineage } from './home-lineage.ts'
import type { Parts } from './home-parts.ts'
import { reviewDoor } from './home-review.ts'
import { openSubjects } from './home-subjects.ts'
import { homeOf } from './home-whole.ts'
import type { ModelConversion } from './services/convert/index.ts'
import { loadExample, readPipeline } from './services/example/index.ts'
import type { ReviewQueue } from './services/review/index.ts'
import type { Settings } from './services/settings/index.ts'

/** Bytes. Twice the largest single file published; the disk sets the real limit. */
const MAX_UPLOAD_BYTES = 512 * 2 ** 30

const root = fileURLToPath(new URL('..', import.meta.url))
const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
const now = () => new Date()

/** Resolves when the process is told to stop. */
function stopSignal(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done())
  })
}

/** One line for whoever started the server; the whole error only when it is a bug. */
function reportTo(say: (line: string) => void): (what: string, cause: unknown) => void {
  return (what, cause) =>
    say(
      `  ! ${what}: ${cause instanceof SallyportError ? cause.message : ((cause as Error).stack ?? String(cause))}`,
    )
}

async function tlsOf({ tlsCertFile, tlsKeyFile }: Settings) {
  if (tlsCertFile === undefined || tlsKeyFile === undefined) return {}
  return { tls: { cert: await readFile(tlsCertFile, 'utf8'), key: await readFile(tlsKeyFile, 'utf8') } }
}

async function serve(settings: Settings, parts: Parts, options: Parameters<House['up']>[0]) {
  const webRoot = join(root, 'web', 'dist')
  const metrics = createRequestMetrics()
  const host = options.host ?? settings.host
  let url = ''
  const report = reportTo(options.say)
  const doors = await openDoors(settings, parts, { url: () => url, isLoopback: isLoopback(host), report })
  const keeping = await keepHouse(settings, parts, report)
  const standings = openStandings(parts)
  const conversion = openConversion(parts, settings.home)
  const server = await createHttpServer({
    ...doors.http,
    ledger: parts.ledger,
    verifierKey: parts.ledger.vkey,
    identity: parts.identity,
    memory: parts.state.requestMemory,
    uploads: await openUploadFolder({ folder: join(settings.home, 'quarantine', 'uploads') }),
    lineage: openLineage(parts),
    subjects: openSubjects(parts),
    compare: openComparison(parts),
    convert: conversion,
    ...(keeping.runs === undefined ? {} : { runs: keeping.runs }),
    now,
    random: randomBytes,
    standings,
    onRequest: (record) => metrics.note(record),
    ...(existsSync(join(webRoot, 'index.html')) ? { webRoot } : {}),
    config: {
      version,
      allowedHosts: settings.allowedHosts,
      importRoots: await Promise.all(settings.importRoots.map((folder) => realpath(folder))),
      maxUploadBytes: MAX_UPLOAD_BYTES,
      ...(await tlsOf(settings)),
      allowInsecure: options.insecure,
    },
  })
  const ops = createOpsServer({
    metrics,
    version,
    ledgerSize: () => parts.ledger.size(),
    isReady: async () => (await parts.ledger.checkpoint()).length > 0,
  })
  await ops.listen({ host: '127.0.0.1', port: settings.opsPort })
  const at = await server.listen({ host, port: options.port ?? settings.port }).catch(async (cause) => {
    await Promise.all([ops.close(), doors.close(), keeping.close()])
    throw cause
  })
  url = at.url
  const line = await openLine(settings, parts, {
    ...{ ...doors.http, conversion, standings, report },
  })
  // V8 lets its young generation grow to 128 MiB when hundreds of clients come at once, and keeps it: what start-up took is enough.
  setFlagsFromString('--semi-space-growth-factor=1')
  doors.resume()
  return {
    url,
    close: () => {
      // First: whoever waits for a change would hold the server open.
      standings.close()
      return Promise.all([server.close(), ops.close(), line.close(), keeping.close()]).finally(() =>
        doors.close(),
      )
    },
  }
}

/** Lets this user's command line work on the home beside the server; without it that has to wait for the server's end. */
async function openLine(
  settings: Settings,
  parts: Parts,
  own: {
    readonly registry: Home['registry']
    readonly review: ReviewQueue
    readonly conversion: ModelConversion
    readonly standings: StandingsDoor
    readonly report: (what: string, cause: unknown) => void
  },
): Promise<ServedLine> {
  const { token: _, ...common } = settings
  try {
    return await serveHome(settings.home, (caller) =>
      homeOf({ ...common, ...caller }, parts, {
        registry: own.registry,
        review: async () => reviewDoor(own.review, (request) => parts.people.actor(caller.token, request)),
        conversion: async () => own.conversion,
        standings: async () => own.standings,
        close: async () => undefined,
      }),
    )
  } catch (cause) {
    own.report('commands have to wait until this server stops', cause)
    return { close: async () => undefined }
  }
}

/** Serves console, API and hub from an open home until the process is told to stop. @throws SallyportError `BAD_CONFIG` */
export async function runServer(
  settings: Settings,
  parts: Parts,
  options: Parameters<House['up']>[0],
): Promise<void> {
  const server = await serve(settings, parts, options)
  const { url } = server
  try {
    options.say(`Sallyport ${version}`)
    options.say(`  console  ${url}`)
    options.say(`  hub      ${url}   (HF_ENDPOINT; before ${settings.hubUpstream}, mode ${settings.hubMode})`)
    const link = await parts.people.firstLoginLink()
    if (link !== undefined)
      options.say(`  sign in  ${url}/login?token=${link.secret}   (once, until ${link.expiresAt})`)
    options.say(`  home     ${settings.home}`)
    const stopped = stopSignal()
    if (options.example) await bringExample(parts, options.say)
    await stopped
    options.say('Stopping: no new requests, the running ones finish.')
  } finally {
    await server.close()
  }
}

async function bringExample(parts: Parts, say: (line: string) => void): Promise<void> {
  const folder = join(root, 'examples')
  const pipeline = readPipeline(await readFile(join(folder, 'pipeline.json'), 'utf8'))
  const loaded = await loadExample(
    { registry: parts.registry, folder, principal: (person) => parts.people.demonstration(person) },
    pipeline,
  )
  say(`  example  ${loaded.models} models, ${loaded.steps} steps taken`)
}
