import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { fileIntake } from './adapters/intake-files/index.ts'
import { openKeyFolder } from './adapters/keys-files/index.ts'
import { lockFolder, readLogEntry } from './adapters/ledger-files/index.ts'
import { openOutboxFolder } from './adapters/outbox-files/index.ts'
import { numberOfSignal, openGpuMeter, openProcessTrees } from './adapters/process-tree/index.ts'
import { openRunFolders } from './adapters/run-journal/index.ts'
import { lookAround, openFileHasher } from './adapters/run-surroundings/index.ts'
import type { TrainingDoor } from './faces/cli/index.ts'
import type { Digest } from './ground/domain/index.ts'
import { SallyportError, uuidV7 } from './ground/lang/index.ts'
import { believedKeys } from './services/keys/index.ts'
import { deliverStatement } from './services/outbox/index.ts'
import { readSettings, type Settings } from './services/settings/index.ts'
import {
  compareRuns,
  compareWithNow,
  createRunReader,
  type RunAdmission,
  type RunReader,
  readRun,
  requestOfRun,
  runDigest,
  type SettledRuns,
  settleRuns,
  type TrainDeps,
  type TrainRequest,
  trainRun,
} from './services/training/index.ts'
import {
  openStatement,
  type RunFiles,
  type TrustedKeys,
  trustKeys,
  type Verified,
} from './trust/evidence/index.ts'

// What watches training runs and reads their records. main.ts and home.ts load it late; it never holds the home.
const TENANT = 'default'
const root = fileURLToPath(new URL('..', import.meta.url))
const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

function loadSettings(): Settings {
  const file = resolve('sallyport.yaml')
  return readSettings(process.env, () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined))
}

/** Everything that a run stands on, in one home. */
async function openParts(settings: Settings): Promise<TrainDeps> {
  const { home, keyPassphraseFile } = settings
  await mkdir(home, { recursive: true, mode: 0o700 })
  const passphrase =
    keyPassphraseFile === undefined ? undefined : (await readFile(keyPassphraseFile, 'utf8')).trim()
  const keys = await openKeyFolder({
    folder: join(home, 'keys'),
    places: settings.keyPlaces,
    // Late: what stays beside a training run is small, and most keys are files.
    openRemote: async (uri) => (await import('./home-keys.ts')).openRemote(uri),
    ...(passphrase === undefined ? {} : { passphrase }),
  })
  const { list } = fileIntake({ unpackWorkerUrl: new URL('./unpack-worker.ts', import.meta.url) })
  const outbox = openOutboxFolder(join(home, 'outbox'))
  // Records of earlier keys are believed for their time, as the book of keys says.
  const trusted = trustKeys(believedKeys(keys.store.book()))
  return {
    store: openRunFolders({ folder: join(home, 'runs'), lock: lockFolder }),
    trees: openProcessTrees(),
    gpus: openGpuMeter,
    files: openFileHasher({ list }),
    lookAround,
    outbox: { deliver: (envelope) => deliverStatement(outbox, envelope, new Date()) },
    signer: keys.assessor,
    trusted,
    tenant: TENANT,
    version,
    findModel: (name) => findModel(settings, name),
    admit: (datasets) => admit(settings, trusted, datasets),
    now: () => new Date(),
    newId: () => uuidV7(new Date(), randomBytes(10)),
    sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
    onSignal: (heard) => {
      const listeners = STOP_SIGNALS.map((signal) => [signal, () => heard(signal)] as const)
      for (const [signal, listener] of listeners) process.on(signal, listener)
      return () => {
        for (const [signal, listener] of listeners) process.off(signal, listener)
      }
    },
    numberOfSignal,
  }
}

/** The one imported model of a name. @throws SallyportError `BAD_INPUT` when several have it */
async function findModel(
  { home }: Settings,
  name: string,
): Promise<{ readonly name: string; readonly digest: Digest } | undefined> {
  const file = join(home, 'state.db')
  if (!existsSync(file)) return undefined
  const { openSqliteView } = await import('./adapters/view-sqlite/index.ts')
  const view = openSqliteView(file)
  try {
    const found: { name: string; digest: Digest }[] = []
    let cursor: string | undefined
    do {
      const page = view.models({ limit: 200, ...(cursor === undefined ? {} : { cursor }) })
      for (const model of page.items) if (model.name === name) found.push({ name, digest: model.digest })
      cursor = page.next
    } while (cursor !== undefined)
    if (found.length > 1)
      throw new SallyportError('BAD_INPUT', `"${name}" is the name of ${found.length} models; give a digest`)
    return found[0]
  } finally {
    view.close()
  }
}

/** What policy says of a run's data. A policy without the word says nothing of training, and is not even parsed here. */
async function admit(
  settings: Settings,
  trusted: TrustedKeys,
  datasets: readonly RunFiles[],
): Promise<RunAdmission | undefined> {
  const file = settings.policyFile ?? join(root, 'catalog', 'policies', 'default.yaml')
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new SallyportError('BAD_CONFIG', `cannot read the policy ${file}: ${cause.message}`, { cause })
  })
  // An escape could spell the word without its letters.
  if (!/training|\\/.test(text)) return undefined
  const { decideTraining, parsePolicy } = await import('./trust/policy/index.ts')
  const policy = parsePolicy(text)
  if (!policy.ok) {
    const [first] = policy.error
    throw new SallyportError('BAD_CONFIG', `${file}:${first?.line}:${first?.column} ${first?.message}`)
  }
  if (policy.value.training === undefined) return undefined
  if (settings.postgresUrlFile !== undefined)
    throw new SallyportError(
      'NOT_SUPPORTED',
      'the policy gates training, and this ledger is in PostgreSQL, which the wrapper does not read yet: train on the machine of an embedded ledger',
    )
  const asked = await Promise.all(
    datasets.map(async ({ name, digest }) => ({
      ...{ name, digest },
      statements: await statementsAbout(settings.home, trusted, digest),
    })),
  )
  const decision = decideTraining(policy.value, { tenant: TENANT, datasets: asked, at: new Date() })
  return decision && { ...decision, policy: { name: policy.value.name, digest: policy.value.digest } }
}

/** Statements of the embedded ledger about a subject, verified anew, also while another process holds the home. */
async function statementsAbout(
  home: string,
  trusted: TrustedKeys,
  subject: Digest,
): Promise<readonly Verified[]> {
  const file = join(home, 'state.db')
  if (!existsSync(file)) return []
  const { openSqliteView } = await import('./adapters/view-sqlite/index.ts')
  const view = openSqliteView(file)
  try {
    const verified: Verified[] = []
    for (const row of view.statements(subject)) {
      if (row.kind !== 'evidence') continue
      const envelope = await readLogEntry(join(home, 'log'), row.index)
      if (envelope !== undefined) verified.push(openStatement(envelope, trusted))
    }
    return verified
  } finally {
    view.close()
  }
}

/** The run that a person means. @throws SallyportError `NOT_FOUND`, `BAD_INPUT` when two answer to it */
async function resolveRun(deps: TrainDeps, text: string): Promise<string> {
  const found = (await deps.store.list()).filter(
    (id) => id.startsWith(text.toLowerCase()) || id.endsWith(text.toLowerCase()),
  )
  const [first, second] = found
  if (text.length < MIN_PREFIX || first === undefined)
    throw new SallyportError(
      'NOT_FOUND',
      `no run "${text.slice(0, 80)}" here; sallyport train list shows them`,
    )
  if (second !== undefined)
    throw new SallyportError('BAD_INPUT', `${found.length} runs answer to "${text}"; give more of the id`)
  return first
}

/** Characters of an id that a person must give at least. */
const MIN_PREFIX = 6

/**
 * What stays beside a run for days looks at it once a second: code made faster would never earn the 12 MB that its compilers
 * take. Hashing is OpenSSL's and no slower.
 */
function staySmall(): void {
  for (const flag of ['--no-opt', '--no-maglev']) setFlagsFromString(flag)
}

/** The training part of the command line. @throws SallyportError `NOT_SUPPORTED` where there is no `/proc` */
export async function trainingDoor(): Promise<TrainingDoor> {
  const deps = await openParts(loadSettings())
  return {
    train: async (order, onEvent) => {
      staySmall()
      await settleRuns(deps)
      const request = { ...order, folder: process.cwd(), environment: process.env }
      return trainRun(deps, request, onEvent)
    },
    list: async () => {
      const { problems } = await settleRuns(deps)
      const { items } = await createRunReader(deps).list({ limit: Number.MAX_SAFE_INTEGER })
      return { runs: items, problems }
    },
    show: async (text) => {
      await settleRuns(deps)
      const { id, record } = await readRun(deps, await resolveRun(deps, text))
      const digest = runDigest(TENANT, id)
      return { id, digest, isRunning: record === undefined, ...(record === undefined ? {} : { record }) }
    },
    verify: async (text, options) => {
      await settleRuns(deps)
      return verify(deps, await resolveRun(deps, text), options)
    },
  }
}

async function recordOf(deps: TrainDeps, id: string) {
  const { record } = await readRun(deps, id)
  if (record === undefined) throw new SallyportError('CONFLICT', `run ${id} has not ended yet`)
  return record
}

async function verify(
  deps: TrainDeps,
  id: string,
  options: Parameters<TrainingDoor['verify']>[1],
): ReturnType<TrainingDoor['verify']> {
  const record = await recordOf(deps, id)
  if (options.rerun) {
    const request = requestOfRun(record, {
      environment: process.env,
      graceMs: RERUN_GRACE_MS,
      waitForAll: false,
      outputToError: options.outputToError,
    })
    const movedAside = await moveAside(request, id)
    const again = await trainRun(deps, request, options.onEvent)
    return { run: id, against: again.record.run, comparison: compareRuns(record, again.record), movedAside }
  }
  if (options.against === undefined)
    return { run: id, comparison: await compareWithNow(deps, record, process.env), movedAside: [] }
  const other = await recordOf(deps, await resolveRun(deps, options.against))
  return { run: id, against: other.run, comparison: compareRuns(record, other), movedAside: [] }
}

/** Milliseconds that a run made again gets to end when its budget says so. */
const RERUN_GRACE_MS = 30_000

/** A run made again must not find what the first one wrote, and what that one wrote must not be lost. */
async function moveAside(request: TrainRequest, id: string) {
  const moved: { from: string; to: string }[] = []
  for (const output of request.outputs) {
    const from = resolve(request.folder, output)
    if (!existsSync(from)) continue
    const to = join(dirname(from), `${from.split('/').at(-1)}.run-${id.slice(-8)}`)
    if (existsSync(to)) throw new SallyportError('CONFLICT', `${to} is in the way; move it elsewhere first`)
    await rename(from, to)
    moved.push({ from, to })
  }
  return moved
}

/** What a server does for training: it seals what was killed, and shows what is kept. */
export interface TrainingKeeper {
  readonly reader: RunReader
  settle(): Promise<SettledRuns>
}

/** @returns undefined on a system where runs are not watched */
export async function openTrainingKeeper(settings: Settings): Promise<TrainingKeeper | undefined> {
  try {
    const deps = await openParts(settings)
    return { reader: createRunReader(deps), settle: () => settleRuns(deps) }
  } catch (cause) {
    if (cause instanceof SallyportError && cause.code === 'NOT_SUPPORTED') return undefined
    throw cause
  }
}
