import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openBlobFolder } from './adapters/blobs-files/index.ts'
import { fileIntake } from './adapters/intake-files/index.ts'
import { lockFolder, openFileLedgerStore } from './adapters/ledger-files/index.ts'
import { openOutboxFolder } from './adapters/outbox-files/index.ts'
import { createScanPool } from './adapters/scan-pool/index.ts'
import { openState } from './adapters/state-sqlite/index.ts'
import { openSqliteView } from './adapters/view-sqlite/index.ts'
import { joinFiles } from './assessors/model/index.ts'
import { SallyportError, uuidV7 } from './ground/lang/index.ts'
import { beliefsOf, openHouseKeys } from './home-keys.ts'
import { createIdentity, localPeople } from './services/identity/index.ts'
import { drainOutbox } from './services/outbox/index.ts'
import { createRegistry } from './services/registry/index.ts'
import type { Settings } from './services/settings/index.ts'
import { openLedger } from './trust/ledger/index.ts'
import { type Policy, parsePolicy } from './trust/policy/index.ts'

// What stands in an open home, put together once for the command line and for the server.
const TENANT = 'default'

const root = fileURLToPath(new URL('..', import.meta.url))
const now = () => new Date()
const newId = () => uuidV7(new Date(), randomBytes(10))
const scanWorker = new URL('./worker.ts', import.meta.url)
const copyWorker = new URL('./adapters/blobs-files/copy-worker.ts', import.meta.url)

async function secretOf(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : (await readFile(file, 'utf8')).trim()
}

/** The policy of these settings. @throws SallyportError `BAD_CONFIG` with file, line and column */
export async function readPolicy(settings: Settings): Promise<{ text: string; policy: Policy }> {
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
  const keys = await openHouseKeys(settings)
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
  const beliefs = await beliefsOf({ keys, ledger, view })
  const { trusted, loggedAt, due } = beliefs
  const { policy } = await readPolicy(settings)
  const opened = await createRegistry({
    ...{ tenant: TENANT, ledger, view, blobs, intake, scan },
    ...{ keys, trusted, loggedAt, due, policy, now, newId },
  })
  // Late, and only where somebody's signatures are believed: most homes look at none.
  const registry =
    settings.signers.length === 0
      ? opened
      : (await import('./home-oms.ts')).watchSignatures(opened, blobs, settings.signers)
  await beliefs.learn((subject) => registry.desk.statements(subject))
  const files = openOutboxFolder(join(settings.home, 'outbox'))
  const drain = () => drainOutbox({ files, trusted, append: (envelope) => registry.desk.append(envelope) })
  // What was sealed while another process held this home, or none did.
  await drain()
  const identity = createIdentity({ store: state.identityStore, now, random: randomBytes })
  const people = localPeople({ identity, userName: userInfo().username })
  return {
    store,
    keys,
    ledger,
    state,
    view,
    registry,
    identity,
    people,
    trusted,
    beliefs,
    blobs,
    drain,
    policy,
  }
}

/** What stands in an open home. */
export type Parts = Awaited<ReturnType<typeof openParts>>

async function closeAll(undo: readonly (() => unknown)[]): Promise<void> {
  for (const close of [...undo].reverse()) await close()
}

/** Opens a home; the caller closes it. @throws SallyportError `LOG_LOCKED`, `BAD_CONFIG`, `STORE_FAILED` and others */
export async function withParts(settings: Settings): Promise<{ parts: Parts; close: () => Promise<void> }> {
  const undo: (() => unknown)[] = []
  try {
    return { parts: await openParts(settings, undo), close: () => closeAll(undo) }
  } catch (cause) {
    await closeAll(undo)
    throw cause
  }
}
