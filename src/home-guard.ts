import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openDecisionClient } from './adapters/decision-client/index.ts'
import { findPlaces } from './adapters/hf-cache/index.ts'
import { watchPlace } from './adapters/model-watch/index.ts'
import { openPlaceReader } from './adapters/private-copy/index.ts'
import { openSqliteView } from './adapters/view-sqlite/index.ts'
import type { GuardDoor, Home, StandingsDoor } from './faces/cli/index.ts'
import type { Digest } from './ground/domain/index.ts'
import { SallyportError, uuidV7 } from './ground/lang/index.ts'
import type { Parts } from './home-parts.ts'
import {
  createStandings,
  followedOne,
  type StandingSource,
  type Standings,
} from './services/guard-load/index.ts'
import type { Settings } from './services/settings/index.ts'

// What `sallyport guard-load` stands on, and the standings that a server tells. main.ts loads it late.

/** Milliseconds between two looks at whether the log of a home has moved, and until it is asked all the same. */
const LOOK_MS = 250
const ASK_AGAIN_MS = 30_000
/** Bytes. A token has some fifty. */
const MAX_TOKEN_BYTES = 4096
/** Models read at a time. */
const PAGE = 200

const now = () => new Date()

/** How models of an open home stand now. */
export function openStandings(parts: Pick<Parts, 'registry' | 'view'>): Standings {
  return createStandings({ registry: parts.registry, cursor: () => parts.view.cursor(), now })
}

/** The door of `guard-load`. @param openHome the home of this machine, or the server that holds it */
export function guardDoor(
  settings: Settings,
  env: NodeJS.ProcessEnv,
  openHome: () => Promise<Home>,
): GuardDoor {
  return {
    places: { find: findPlaces },
    reader: openPlaceReader(),
    watch: watchPlace,
    now,
    sleep: (ms, signal) => pause(ms, undefined, { signal }).catch(() => undefined), // Woken early is as good as slept.
    cacheFolder: cacheFolder(env),
    copyFolder: tmpdir(),
    source: async (at) =>
      at.server === undefined
        ? localSource(settings, openHome)
        : openDecisionClient({ url: at.server, token: await tokenOf(at.tokenFile, settings) }),
    processes: async () => (await import('./adapters/process-tree/index.ts')).openProcessTrees(),
    newId: () => uuidV7(new Date(), randomBytes(10)),
    onSignal: (listener) => {
      const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
      const listeners = signals.map((signal) => [signal, () => listener(signal)] as const)
      for (const [signal, on] of listeners) process.on(signal, on)
      return () => {
        for (const [signal, on] of listeners) process.off(signal, on)
      }
    },
    numberOfSignal: (signal) => constants.signals[signal as keyof typeof constants.signals] ?? 0,
    folder: process.cwd(),
    environment: env,
  }
}

/** Where huggingface_hub keeps what it fetched (huggingface_hub `constants.py`). */
function cacheFolder(env: NodeJS.ProcessEnv): string {
  const { HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME, XDG_CACHE_HOME, HOME = '' } = env
  const named = HF_HUB_CACHE ?? HUGGINGFACE_HUB_CACHE
  if (named !== undefined && named !== '') return named
  if (HF_HOME !== undefined && HF_HOME !== '') return join(HF_HOME, 'hub')
  const base =
    XDG_CACHE_HOME !== undefined && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(HOME, '.cache')
  return join(base, 'huggingface', 'hub')
}

async function tokenOf(file: string | undefined, settings: Settings): Promise<string> {
  if (file === undefined) {
    if (settings.token !== undefined) return settings.token
    throw new SallyportError(
      'BAD_INPUT',
      '--server wants a token: name its file with --token-file, or set SALLYPORT_TOKEN; `sallyport people add NAME --role viewer` makes one',
    )
  }
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new SallyportError('BAD_INPUT', `cannot read ${file}: ${(cause as Error).message}`, { cause })
  })
  const token = text.trim()
  if (token.length > MAX_TOKEN_BYTES || !/^[\x21-\x7e]+$/.test(token))
    throw new SallyportError('BAD_INPUT', `${file} holds no token: one line of printable characters`)
  return token
}

/** Digests of the models that were revoked, from the view, which may be read beside a server. */
export async function revokedModels({ home }: Settings): Promise<readonly Digest[]> {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const view = openSqliteView(join(home, 'state.db'))
  try {
    const digests: Digest[] = []
    let cursor: string | undefined
    do {
      const query = { stage: 'revoked', limit: PAGE } as const
      const page = view.models(cursor === undefined ? query : { ...query, cursor })
      digests.push(...page.items.map(({ digest }) => digest))
      cursor = page.next
    } while (cursor !== undefined)
    return digests
  } finally {
    view.close()
  }
}

/** Opens the home for each question and closes it again, so that others can work with it while a watch goes on. */
function localSource(settings: Settings, openHome: () => Promise<Home>): StandingSource {
  const inside = async <T>(work: (standings: StandingsDoor) => Promise<T>): Promise<T> => {
    const home = await openHome()
    try {
      return await work(await home.standings())
    } finally {
      await home.close()
    }
  }
  let mark = ''
  return {
    ask: (question) => inside((standings) => standings.ask(question)),
    next: async ({ digest, stage }, seen, signal) => {
      const end = Date.now() + ASK_AGAIN_MS
      while (seen !== undefined && markOf(settings) === mark && Date.now() < end && !signal.aborted)
        await pause(LOOK_MS, undefined, { signal }).catch(() => undefined)
      const before = markOf(settings)
      const answer = await inside((standings) => standings.follow({ digests: [digest], stage, waitMs: 0 }))
      mark = before
      return followedOne(answer)
    },
  }
}

/** What changes when the log does, and not when it is only opened: names and sizes of what it is made of. */
function markOf({ home }: Settings): string {
  const folder = join(home, 'log')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^(?:lock|index)\./.test(name))
    .map((name) => `${name} ${statSync(join(folder, name), { throwIfNoEntry: false })?.size}`)
    .toSorted()
    .join('\n')
}
