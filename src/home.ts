import { existsSync, readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Home, House } from './faces/cli/index.ts'
import { digestOfBytes } from './ground/domain/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import { readPolicy, withParts } from './home-parts.ts'
import { lateReview } from './home-review.ts'
import { homeOf } from './home-whole.ts'
import { lookAtHouse } from './services/doctor/index.ts'
import { readSettings, type Settings } from './services/settings/index.ts'
import { leafOfDigest, verifyProofFile } from './trust/ledger/index.ts'
import { parsePolicy, sayPolicy } from './trust/policy/index.ts'

// What needs a home, a policy or a server. main.ts loads it late: a plain scan starts without any of it.

/** Milliseconds that a command waits for another that holds the home, and between two attempts. */
const WAIT_MS = 10_000
const LOOK_MS = 100

function loadSettings(): Settings {
  const file = resolve('sallyport.yaml')
  return readSettings(process.env, () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined))
}

/** Opens what one process at a time may have. Another command is waited for, for most are short; a server is not. */
async function inTurn<T>(
  open: () => Promise<T>,
  served: (cause: SallyportError) => Promise<T | undefined>,
): Promise<T> {
  for (const end = Date.now() + WAIT_MS; ; )
    try {
      return await open()
    } catch (cause) {
      if (!(cause instanceof SallyportError) || cause.code !== 'LOG_LOCKED') throw cause
      const other = await served(cause)
      if (other !== undefined) return other
      if (Date.now() > end) throw cause
      await pause(LOOK_MS)
    }
}

/** The home itself, or what the server that holds it lets others do. */
function openHome(settings: Settings): Promise<Home> {
  return inTurn(
    async () => ownHome(settings, await withParts(settings)),
    async () => (await import('./home-line.ts')).reachHome(settings),
  )
}

function ownHome(settings: Settings, { parts, close }: Awaited<ReturnType<typeof withParts>>): Home {
  const review = lateReview(settings, parts)
  return homeOf(settings, parts, {
    registry: review.registry,
    review: async () => review.door((request) => parts.people.actor(settings.token, request)),
    conversion: async () => (await import('./home-compare.ts')).openConversion(parts, settings.home),
    standings: async () => (await import('./home-guard.ts')).openStandings(parts),
    close: () => review.close().finally(close),
  })
}

async function up(settings: Settings, options: Parameters<House['up']>[0]): Promise<void> {
  const { parts, close } = await inTurn(
    () => withParts(settings),
    async (cause) => {
      const other = await (await import('./home-line.ts')).reachHome(settings)
      if (other === undefined) return undefined
      await other.close()
      throw new SallyportError('LOG_LOCKED', `a server runs on ${settings.home} already`, { cause })
    },
  )
  try {
    // Late: the server's libraries take longer to load than most commands take to run.
    const { runServer } = await import('./home-server.ts')
    await runServer(settings, parts, options)
  } finally {
    await close()
  }
}

function doctor(settings: Settings) {
  return lookAtHouse({
    node: process.versions.node,
    home: settings.home,
    policyName: async () => (await readPolicy(settings)).policy.name,
    trustRoot: async () => (await import('./home-sigstore.ts')).trustRootInForce(),
    now: () => new Date(),
    freeBytes: async () => {
      const { bavail, bsize } = await statfs(settings.home)
      return bavail * bsize
    },
    sealRuns: async () => {
      // Late: what watches runs is needed here alone.
      const keeper = await (await import('./home-training.ts')).openTrainingKeeper(settings)
      const settled = await keeper?.settle()
      return settled && { sealed: settled.sealed.length, problems: settled.problems }
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
  | 'openHome'
  | 'up'
  | 'hub'
  | 'guard'
  | 'revokedModels'
  | 'doctor'
  | 'verifyProof'
  | 'checkPolicy'
  | 'policyText'
  | 'policySentences'
> {
  const settings = loadSettings()
  return {
    openHome: () => openHome(settings),
    up: (options) => up(settings, options),
    hub: async () => (await import('./home-hub.ts')).openHubDoor(settings),
    revokedModels: async () => (await import('./home-guard.ts')).revokedModels(settings),
    guard: async () =>
      (await import('./home-guard.ts')).guardDoor(settings, process.env, () => openHome(settings)),
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
    policySentences: async () => sayPolicy((await readPolicy(settings)).policy),
  }
}
