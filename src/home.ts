import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, realpath, statfs } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openBlobFolder } from './adapters/blobs-files/index.ts'
import { fileIntake } from './adapters/intake-files/index.ts'
import { openKeyFolder } from './adapters/keys-files/index.ts'
import { lockFolder, openFileLedgerStore, writeLogFolder } from './adapters/ledger-files/index.ts'
import { createScanPool } from './adapters/scan-pool/index.ts'
import { openState } from './adapters/state-sqlite/index.ts'
import { openUploadFolder } from './adapters/uploads-files/index.ts'
import { openSqliteView } from './adapters/view-sqlite/index.ts'
import { joinFiles } from './assessors/model/index.ts'
import type { Home, House } from './faces/cli/index.ts'
import { digestOfBytes } from './ground/domain/index.ts'
import { SallyportError, uuidV7 } from './ground/lang/index.ts'
import { lookAtHouse } from './services/doctor/index.ts'
import { loadExample, readPipeline } from './services/example/index.ts'
import { createIdentity, localPeople } from './services/identity/index.ts'
import { createRegistry, projectLedger } from './services/registry/index.ts'
import { readSettings, type Settings } from './services/settings/index.ts'
import { trustKeys } from './trust/evidence/index.ts'
import { leafOfDigest, ledgerDoor, openLedger, verifyProofFile } from './trust/ledger/index.ts'
import { type Policy, parsePolicy } from './trust/policy/index.ts'

// What needs a home, a policy or a server. main.ts loads it late: a plain scan starts without any of it.
const TENANT = 'default'
/** Bytes. Twice the largest single file published; the disk sets the real limit. */
const MAX_UPLOAD_BYTES = 512 * 2 ** 30

const root = fileURLToPath(new URL('..', import.meta.url))
const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
const now = () => new Date()
const newId = () => uuidV7(new Date(), randomBytes(10))
const scanWorker = new URL('./worker.ts', import.meta.url)
const copyWorker = new URL('./adapters/blobs-files/copy-worker.ts', import.meta.url)

function loadSettings(): Settings {
  const file = resolve('sallyport.yaml')
  return readSettings(process.env, () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined))
}

async function secretOf(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : (await readFile(file, 'utf8')).trim()
}

async function readPolicy(settings: Settings): Promise<{ text: string; policy: Policy }> {
  const file = settings.policyFile ?? join(root, 'catalog', 'policies', 'default.yaml')
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new SallyportError('BAD_CONFIG', `cannot read the policy ${file}: ${(cause as Error).message}`, {
      cause,
    })
  })
  const policy = parsePolicy(text)
  if (policy.ok) return { text, policy: policy.value }
  const [first] = policy.error
  throw new SallyportError('BAD_CONFIG', `${file}:${first?.line}:${first?.column} ${first?.message}`)
}

/** The store of the log. Beside PostgreSQL the home holds blobs and accounts still, so it is locked all the same. */
async function openStore(settings: Settings, undo: (() => unknown)[]) {
  const url = await secretOf(settings.postgresUrlFile)
  if (url === undefined) return openFileLedgerStore({ folder: join(settings.home, 'log') })
  const lock = lockFolder(settings.home)
  undo.push(() => lock.release())
  // Late, so that a command that needs no PostgreSQL starts without its driver.
  const { openPostgresLedgerStore } = await import('./adapters/ledger-postgres/index.ts')
  return openPostgresLedgerStore({ url, tenant: TENANT })
}

/** Opens everything that a home holds; what was opened is closed again when a later part fails. */
async function openParts(settings: Settings, undo: (() => unknown)[]) {
  await mkdir(settings.home, { recursive: true, mode: 0o700 })
  const store = await openStore(settings, undo)
  undo.push(() => store.close())
  const passphrase = await secretOf(settings.keyPassphraseFile)
  const keys = await openKeyFolder({
    folder: join(settings.home, 'keys'),
    ...(passphrase === undefined ? {} : { passphrase }),
  })
  const ledger = await openLedger({
    store,
    signer: keys.log,
    now,
    origin: settings.origin,
    witnesses: settings.witnesses,
  })
  undo[undo.length - 1] = () => ledger.close() // It closes its store.
  const state = openState({ file: join(settings.home, 'state.db'), now })
  undo.push(() => state.close())
  const view = openSqliteView(join(settings.home, 'state.db'))
  undo.push(() => view.close())
  const blobs = await openBlobFolder({ folder: join(settings.home, 'blobs'), workerUrl: copyWorker })
  undo.push(() => blobs.close())
  const scan = createScanPool({ joinFiles, workerUrl: scanWorker })
  undo.push(() => scan.close())
  const intake = fileIntake({ unpackWorkerUrl: new URL('./unpack-worker.ts', import.meta.url) })
  const trusted = trustKeys(
    keys
      .listPublicKeys()
      .flatMap(({ role, publicKeyPem }) => (role === 'log' ? [] : [{ publicKeyPem, roles: [role] }])),
  )
  const { policy } = await readPolicy(settings)
  const registry = await createRegistry({
    ...{ tenant: TENANT, ledger, view, blobs, intake, scan },
    ...{ keys, trusted, policy, now, newId },
  })
  const identity = createIdentity({ store: state.identityStore, now, random: randomBytes })
  const people = localPeople({ identity, userName: userInfo().username })
  return { store, keys, ledger, state, view, registry, identity, people, trusted }
}

type Parts = Awaited<ReturnType<typeof openParts>>

async function closeAll(undo: readonly (() => unknown)[]): Promise<void> {
  for (const close of [...undo].reverse()) await close()
}

async function withParts(settings: Settings): Promise<{ parts: Parts; close: () => Promise<void> }> {
  const undo: (() => unknown)[] = []
  try {
    return { parts: await openParts(settings, undo), close: () => closeAll(undo) }
  } catch (cause) {
    await closeAll(undo)
    throw cause
  }
}

async function openHome(settings: Settings): Promise<Home> {
  const { parts, close } = await withParts(settings)
  const { ledger, view, trusted, keys, people } = parts
  return {
    folder: settings.home,
    registry: parts.registry,
    log: ledgerDoor(ledger, parts.store, writeLogFolder),
    actor: (request) => people.actor(settings.token, request),
    rebuild: (onProgress) => {
      view.reset()
      return projectLedger({ ledger, view, trusted }, onProgress)
    },
    keys: () => keys.listPublicKeys(),
    people: () => people.list(),
    addPerson: (person) => people.add(settings.token, person),
    close,
  }
}

/** Resolves when the process is told to stop. */
function stopSignal(): Promise<void> {
  return new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done())
  })
}

async function serve(settings: Settings, parts: Parts, options: Parameters<House['up']>[0]) {
  const tls =
    settings.tlsCertFile === undefined || settings.tlsKeyFile === undefined
      ? {}
      : {
          tls: {
            cert: await readFile(settings.tlsCertFile, 'utf8'),
            key: await readFile(settings.tlsKeyFile, 'utf8'),
          },
        }
  const webRoot = join(root, 'web', 'dist')
  // Late: the server's libraries take longer to load than most commands take to run.
  const { createHttpServer, createOpsServer, createRequestMetrics } = await import('./faces/http/index.ts')
  const metrics = createRequestMetrics()
  const server = await createHttpServer({
    registry: parts.registry,
    ledger: parts.ledger,
    verifierKey: parts.ledger.vkey,
    identity: parts.identity,
    memory: parts.state.requestMemory,
    uploads: await openUploadFolder({ folder: join(settings.home, 'quarantine', 'uploads') }),
    now,
    random: randomBytes,
    onRequest: (record) => metrics.note(record),
    ...(existsSync(join(webRoot, 'index.html')) ? { webRoot } : {}),
    config: {
      version,
      allowedHosts: settings.allowedHosts,
      importRoots: await Promise.all(settings.importRoots.map((folder) => realpath(folder))),
      maxUploadBytes: MAX_UPLOAD_BYTES,
      ...tls,
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
  const host = options.host ?? settings.host
  const at = await server.listen({ host, port: options.port ?? settings.port }).catch(async (cause) => {
    await ops.close()
    throw cause
  })
  return { url: at.url, close: () => Promise.all([server.close(), ops.close()]) }
}

async function up(settings: Settings, options: Parameters<House['up']>[0]): Promise<void> {
  const { parts, close } = await withParts(settings)
  try {
    const server = await serve(settings, parts, options)
    const { url } = server
    try {
      options.say(`Sallyport ${version}`)
      options.say(`  console  ${url}`)
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
  } finally {
    await close()
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

function doctor(settings: Settings) {
  return lookAtHouse({
    node: process.versions.node,
    home: settings.home,
    policyName: async () => (await readPolicy(settings)).policy.name,
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(settings.home)
      return bavail * bsize
    },
    checkLog: async () => {
      const home = await openHome(settings)
      return home.log.fsck().finally(() => home.close())
    },
  })
}

/** The parts of the house that need settings, as the command line asks for them. @throws SallyportError `BAD_CONFIG` */
export function furnishHouse(): Pick<
  House,
  'openHome' | 'up' | 'doctor' | 'verifyProof' | 'checkPolicy' | 'policyText'
> {
  const settings = loadSettings()
  return {
    openHome: () => openHome(settings),
    up: (options) => up(settings, options),
    doctor: () => doctor(settings),
    verifyProof: async (proof, envelope, vkey) => {
      const verified = verifyProofFile(proof, leafOfDigest(digestOfBytes(envelope)), vkey)
      return verified.ok ? { ok: true, index: verified.value.index } : { ok: false, reason: verified.error }
    },
    checkPolicy: async (yaml) => {
      const policy = parsePolicy(yaml)
      return policy.ok ? [] : policy.error
    },
    policyText: async () => (await readPolicy(settings)).text,
  }
}
