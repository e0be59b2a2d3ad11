import { readFile } from 'node:fs/promises'
import { createGuardedHttp } from './adapters/guarded-http/index.ts'
import { createMail, createSlackWebhook, createWebhook } from './adapters/notices/index.ts'
import type { Digest } from './ground/domain/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import type { Parts } from './home-parts.ts'
import { openReview, watchedRegistry } from './home-review.ts'
import type { OpenRegistry } from './services/registry/index.ts'
import {
  createCourier,
  type NoticeChannel,
  type ReviewBook,
  type ReviewQueue,
} from './services/review/index.ts'
import type { Settings } from './services/settings/index.ts'
import { type PolicySentence, sayPolicy } from './trust/policy/index.ts'

/** Milliseconds between two rounds; a notice waits no longer for its first attempt. */
const ROUND_MS = 1_000
/** Milliseconds between two looks for what is overdue or has ended: deadlines are days. */
const LOOK_MS = 15_000
/** Bytes of the file of people's addresses. */
const MAX_PEOPLE_BYTES = 1024 * 1024

type Report = (what: string, cause: unknown) => void

/** The queue as a server keeps it: what the HTTP face needs, and people who are told. */
export interface ServedReviews {
  readonly http: {
    readonly registry: OpenRegistry
    readonly review: ReviewQueue
    readonly policy: () => { name: string; digest: Digest; sentences: PolicySentence[] }
  }
  /** Deliveries that are under way are tried again at the next start. */
  close(): Promise<void>
}

/**
 * Opens the queue of a home, looks after it, and brings its notices to people until it is closed.
 * @param at `url` where the console stands, for links
 * @throws SallyportError `STORE_FAILED`, `BAD_CONFIG`
 */
export async function serveReviews(
  settings: Settings,
  parts: Parts,
  at: { readonly url: () => string; readonly report: Report },
): Promise<ServedReviews> {
  const { queue, book, close } = openReview(settings, parts, at)
  const { report } = at
  const courier = await openCourier(settings, book, report).catch(async (cause) => {
    await close()
    throw cause
  })
  const stop = new AbortController()
  const stopRounds = every(ROUND_MS, () => courier.round(stop.signal), report)
  const stopLooks = every(LOOK_MS, () => queue.keepUp(), report)
  const { name, digest } = parts.policy
  return {
    http: {
      registry: watchedRegistry(parts, () => queue, report),
      review: queue,
      policy: () => ({ name, digest, sentences: [...sayPolicy(parts.policy)] }),
    },
    close: async () => {
      stop.abort()
      await Promise.all([stopRounds(), stopLooks()])
      courier.close()
      await close()
    },
  }
}

/** Runs work again and again, one at a time. @returns what stops it, resolving when the last has ended */
function every(ms: number, work: () => Promise<unknown>, report: Report): () => Promise<unknown> {
  let last: Promise<unknown> = Promise.resolve()
  let isBusy = false
  const timer = setInterval(() => {
    if (isBusy) return
    isBusy = true
    last = work()
      .catch((cause) => report('the review queue met trouble', cause))
      .finally(() => {
        isBusy = false
      })
  }, ms)
  return () => {
    clearInterval(timer)
    return last
  }
}

async function openCourier(settings: Settings, book: ReviewBook, report: Report) {
  const slackUrl = await secretOf(settings.noticeSlackUrlFile)
  // What an administrator named may lie in a private network; where it redirects to may not.
  const trusted = [...settings.noticeWebhooks, ...(slackUrl === undefined ? [] : [slackUrl])]
  const http = createGuardedHttp({ trusted })
  const channels = await openChannels(settings, http, slackUrl)
  const courier = createCourier({ book, channels, now: () => new Date(), report })
  return { ...courier, close: () => http.close() }
}

async function openChannels(
  settings: Settings,
  http: ReturnType<typeof createGuardedHttp>,
  slackUrl: string | undefined,
): Promise<readonly NoticeChannel[]> {
  const secret = await secretOf(settings.noticeWebhookSecretFile)
  const now = () => new Date()
  const signed = secret === undefined ? {} : { secret }
  const smtpUrl = await secretOf(settings.noticeSmtpUrlFile)
  const people = await readPeople(settings.noticePeopleFile)
  return [
    ...settings.noticeWebhooks.map((url) => createWebhook({ http, url, now, ...signed })),
    ...(slackUrl === undefined ? [] : [createSlackWebhook({ http, url: slackUrl })]),
    ...(smtpUrl === undefined || settings.noticeFrom === undefined
      ? []
      : [
          createMail({
            ...{ smtpUrl, from: settings.noticeFrom, to: settings.noticeTo },
            addressOf: (principal) => people.get(principal),
          }),
        ]),
  ]
}

async function secretOf(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new SallyportError('BAD_CONFIG', `cannot read ${file}: ${(cause as Error).message}`, { cause })
  })
  return text.trim()
}

/** Addresses by pseudonymous id: `{"019f…": "ada@example.com"}`. @throws SallyportError `BAD_CONFIG` */
async function readPeople(file: string | undefined): Promise<ReadonlyMap<string, string>> {
  const text = (await secretOf(file)) ?? '{}'
  const refuse = (why: string) => new SallyportError('BAD_CONFIG', `${file} ${why}`)
  if (text.length > MAX_PEOPLE_BYTES) throw refuse(`is longer than ${MAX_PEOPLE_BYTES} bytes`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse('is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse('is not an object of addresses by principal')
  const people = new Map<string, string>()
  for (const [principal, address] of Object.entries(value)) {
    if (typeof address !== 'string' || !/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(address))
      throw refuse(`has no mail address for "${principal.slice(0, 80)}"`)
    people.set(principal, address)
  }
  return people
}
