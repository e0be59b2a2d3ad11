import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { BlobFolder } from './adapters/blobs-files/index.ts'
import { openFirewallBook } from './adapters/firewall-sqlite/index.ts'
import { createGuardedHttp } from './adapters/guarded-http/index.ts'
import { createHubUpstream } from './adapters/hub-upstream/index.ts'
import { openPartialFolder } from './adapters/quarantine-files/index.ts'
import type { HubDoor } from './faces/cli/index.ts'
import { createHubFace, type HubFace } from './faces/hub/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import { callerOf, type Knock } from './home-callers.ts'
import { createFirewall, type Firewall } from './services/firewall/index.ts'
import type { Identity, LocalPeople } from './services/identity/index.ts'
import type { Quota } from './services/quota/index.ts'
import type { Actor, OpenRegistry } from './services/registry/index.ts'
import type { ReviewQueue } from './services/review/index.ts'
import type { Settings } from './services/settings/index.ts'

/** Bytes of one revision. Twice the largest published repository of weights; the disk sets the real limit. */
const MAX_REVISION_BYTES = 4 * 2 ** 40
const TOKEN_HINT =
  'this hub wants a Sallyport token: set HF_TOKEN to one (spt_..., or hf_spt_... where a client insists on hf_)'

/** What the hub firewall needs of an open home. */
export interface HubParts {
  readonly registry: OpenRegistry
  readonly blobs: BlobFolder
  readonly identity: Identity
  readonly people: LocalPeople
  readonly ledgerSize: () => number
  readonly now: () => Date
  /** What takes note of everyone who was held back. */
  readonly noteRequest?: ReviewQueue['noteRequest']
  /** What one principal may take; absent: all they want. */
  readonly quota?: Quota
  /** What was met while nobody waited, or what a client may not be told. */
  readonly report: (what: string, cause: unknown) => void
}

/** The firewall before the hub, and the face that its clients speak to. */
export interface OpenHub {
  readonly firewall: Firewall
  readonly face: HubFace
  close(): Promise<void>
}

/**
 * Opens the hub firewall of a home. Nothing is asked of the hub before a client asks.
 * @param at where the console stands, for links, and whether only this machine reaches it
 * @throws SallyportError `STORE_FAILED`, `BAD_CONFIG`
 */
export async function openHub(
  settings: Settings,
  parts: HubParts,
  at: { readonly url: () => string; readonly isLoopback: boolean },
): Promise<OpenHub> {
  const http = createGuardedHttp({ trusted: [settings.hubUpstream] })
  const token =
    settings.hubTokenFile === undefined ? undefined : (await readFile(settings.hubTokenFile, 'utf8')).trim()
  const book = openFirewallBook(join(settings.home, 'hub.db'))
  const partial = await openPartialFolder({
    folder: join(settings.home, 'quarantine', 'hub'),
    blobs: parts.blobs,
  })
  const { registry, now } = parts
  const firewall = createFirewall({
    upstream: createHubUpstream({
      endpoint: settings.hubUpstream,
      http,
      ...(token === undefined ? {} : { token }),
    }),
    ...{ partial, book, blobs: parts.blobs, mode: settings.hubMode, now, maxBytes: MAX_REVISION_BYTES },
    registry: {
      assess: registry.assess,
      decide: registry.decide,
      promote: registry.promote,
      get: registry.get,
      importStored: registry.importStored,
      attestSource: async (digest, source) => {
        const subjects = [await registry.desk.subject(digest)]
        await registry.desk.attest({ name: 'hub-source', subjects, predicate: source })
      },
      ledgerSize: parts.ledgerSize,
    },
    sleep: (ms, signal) => pause(ms, undefined, { signal }).catch(() => undefined), // Woken early is as good as slept.
    heldBack: ({ actor: { principalId, owner }, ...one }) =>
      parts.noteRequest?.({ ...one, principalId, owner, door: 'hub', stage: 'development' }),
    reviewUrl: (digest) => `${at.url()}/review/${encodeURIComponent(digest)}`,
    report: (bug) => parts.report('the hub firewall met an error of its own', bug),
  })
  const anonymous = settings.hubAnonymous ?? at.isLoopback
  const face = createHubFace({
    firewall,
    ...(parts.quota === undefined ? {} : { quota: parts.quota }),
    actorOf: (secret, from, request) => actorOf(parts, { secret, from, request, anonymous }),
    report: ({ url, cause }) => parts.report(`the hub could not answer ${url.slice(0, 200)}`, cause),
  })
  return {
    firewall,
    face,
    close: async () => {
      await firewall.close()
      book.close()
      http.close()
    },
  }
}

/** The books of a home's firewalls, to read as one; a server may hold the home meanwhile. @throws SallyportError `STORE_FAILED` */
export function openHubDoor(settings: Settings): HubDoor {
  mkdirSync(settings.home, { recursive: true, mode: 0o700 })
  const books = ['hub', 'oci', 'pull'].map((name) => openFirewallBook(join(settings.home, `${name}.db`)))
  const newest = <T>(items: readonly T[], timeOf: (item: T) => string, limit: number) =>
    items.toSorted((a, b) => (timeOf(a) < timeOf(b) ? 1 : -1)).slice(0, limit)
  return {
    held: (limit) =>
      newest(
        books.flatMap((book) => book.revisions(limit)),
        ({ changedAt }) => changedAt,
        limit,
      ),
    receivers: (of) => books.flatMap((book) => book.receivedOf(of)),
    asked: (which, limit) =>
      newest(
        books.flatMap((book) => book.questions(which, limit)),
        ({ at }) => at,
        limit,
      ),
    close: () => {
      for (const book of books) book.close()
    },
  }
}

/** Whoever asks the hub brings models in. @throws SallyportError `UNAUTHENTICATED`, `FORBIDDEN`, `RATE_LIMITED` */
async function actorOf(parts: HubParts, knock: Omit<Knock, 'hint'>): Promise<Actor> {
  const { actor, capabilities } = await callerOf(parts, { ...knock, hint: TOKEN_HINT })
  if (!capabilities.includes('import'))
    throw new SallyportError(
      'FORBIDDEN',
      'your role may not bring models in; ask an administrator for "contributor"',
    )
  return actor
}
