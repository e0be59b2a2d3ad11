import { createHmac } from 'node:crypto'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Delivery, NameBook, Webhook } from './ports.ts'

/** Webhooks of one registry, and characters of their words. */
const MAX_WEBHOOKS = 100
const MAX_WORD = 2000
/** Attempts of one delivery: with the pauses below they span a day and a half. */
const MAX_ATTEMPTS = 12
/** Milliseconds before the second attempt, doubled for each one after, and at most. */
const BACKOFF = { first: 5_000, most: 6 * 3_600_000 } as const
/** Deliveries made together, and milliseconds for one. */
const AT_ONCE = 4
const SEND_MS = 15_000
/** Milliseconds between two looks when nothing wakes us. */
const LOOK_MS = 30_000

/** The events that MLflow's clients may ask for, of those that happen here (mlflow/entities/webhook.py). */
export const WEBHOOK_EVENTS = [
  'registered_model.created',
  'model_version.created',
  'model_version_tag.set',
  'model_version_tag.deleted',
  'model_version_alias.created',
  'model_version_alias.deleted',
] as const
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number]

/** Writes down what happened, inside the write that made it happen: no event is lost, and none is told that did not. */
export type Emit = (event: WebhookEvent, data: Readonly<Record<string, unknown>>) => void

/** What came of one attempt. */
export interface Sent {
  readonly isTaken: boolean
  readonly status?: number
  readonly problem?: string
}

/** What deliveries need of the world. */
export interface WebhookDeps {
  readonly book: NameBook
  readonly now: () => Date
  readonly newId: () => string
  /** Posts to an address outside. @throws SallyportError `FORBIDDEN` for an address of our own network, `PEER_FAILED` */
  readonly post: (
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ) => Promise<number>
  readonly report: (bug: unknown) => void
}

/** Webhooks as MLflow has them, but durable: what was written down is delivered, after a crash too. */
export interface Webhooks {
  readonly emit: Emit
  create(draft: Pick<Webhook, 'name' | 'url' | 'events' | 'isActive'> & Partial<Webhook>): Webhook
  get(id: string): Webhook
  list(): readonly Webhook[]
  update(id: string, change: Partial<Omit<Webhook, 'id' | 'createdMs' | 'updatedMs'>>): Webhook
  delete(id: string): void
  /** One delivery of an example, now. */
  test(id: string, event: string | undefined): Promise<Sent>
  start(): void
  close(): Promise<void>
}

/** The webhooks of one registry. */
export function createWebhooks(deps: WebhookDeps): Webhooks {
  const { book } = deps
  const stop = new AbortController()
  const postman = createPostman(deps, stop.signal)
  const get = (id: string) => {
    const webhook = book.webhook(id)
    if (webhook === undefined)
      throw new SallyportError('NOT_FOUND', `Webhook with ID ${id.slice(0, 80)} not found.`)
    return webhook
  }
  return {
    emit: (event, data) => {
      for (const webhook of book.webhooks()) {
        if (!webhook.isActive || !webhook.events.includes(event)) continue
        const nowMs = deps.now().getTime()
        const body = bodyOf(event, data, deps.now())
        book.saveDelivery({ id: deps.newId(), webhookId: webhook.id, body, attempts: 0, dueMs: nowMs })
        postman.wake()
      }
    },
    get,
    list: () => book.webhooks(),
    create: (draft) => {
      if (book.webhooks().length >= MAX_WEBHOOKS)
        throw new SallyportError('BAD_INPUT', `at most ${MAX_WEBHOOKS} webhooks are kept`)
      const at = deps.now().getTime()
      const webhook = { ...draft, id: deps.newId(), createdMs: at, updatedMs: at }
      book.saveWebhook(checked(webhook))
      return webhook
    },
    update: (id, change) => {
      const webhook = { ...get(id), ...change, updatedMs: deps.now().getTime() }
      book.saveWebhook(checked(webhook))
      return webhook
    },
    delete: (id) => book.deleteWebhook(get(id).id),
    test: (id, event) => {
      const webhook = get(id)
      const name = WEBHOOK_EVENTS.find((one) => one === (event ?? webhook.events[0]))
      if (name === undefined) throw new SallyportError('BAD_INPUT', 'the event is none that happens here')
      const body = bodyOf(name, { name: 'example_model', version: '1' }, deps.now())
      return send(deps, webhook, { id: deps.newId(), body }, stop.signal)
    },
    start: () => postman.wake(),
    close: async () => {
      stop.abort()
      await postman.close()
    },
  }
}

function bodyOf(event: WebhookEvent, data: unknown, at: Date): string {
  const [entity, action] = event.split('.')
  return JSON.stringify({ entity, action, timestamp: at.toISOString(), data })
}

function checked(webhook: Webhook): Webhook {
  const { name, url, events, secret = '', description = '' } = webhook
  if (!/^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/i.test(name))
    throw new SallyportError(
      'BAD_INPUT',
      `Webhook name '${name.slice(0, 80)}' is invalid. It has at most 63 letters, digits, dots, underscores and hyphens.`,
    )
  if ([url, secret, description].some((word) => word.length > MAX_WORD))
    throw new SallyportError('BAD_INPUT', `url, secret and description have at most ${MAX_WORD} characters`)
  const parsed = URL.parse(url)
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.username !== '')
    throw new SallyportError('BAD_INPUT', 'Webhook URL must be an https: address without a password in it')
  const known: readonly string[] = WEBHOOK_EVENTS
  const stranger = events.find((event) => !known.includes(event))
  if (events.length === 0 || stranger !== undefined)
    throw new SallyportError(
      'BAD_INPUT',
      `${stranger === undefined ? 'Webhook events cannot be empty' : `"${stranger}" does not happen here`}; known are ${known.join(', ')}`,
    )
  return webhook
}

/** `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, as receivers of MLflow's webhooks check it. */
function signatureOf(secret: string, id: string, timestamp: string, body: string): string {
  return `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}

async function send(
  deps: WebhookDeps,
  webhook: Webhook,
  { id, body }: Pick<Delivery, 'id' | 'body'>,
  signal: AbortSignal,
): Promise<Sent> {
  const timestamp = String(Math.floor(deps.now().getTime() / 1000))
  const headers = {
    'content-type': 'application/json',
    'x-mlflow-delivery-id': id,
    'x-mlflow-timestamp': timestamp,
    ...(webhook.secret === undefined
      ? {}
      : { 'x-mlflow-signature': signatureOf(webhook.secret, id, timestamp, body) }),
  }
  try {
    const status = await deps.post(
      webhook.url,
      headers,
      body,
      AbortSignal.any([signal, AbortSignal.timeout(SEND_MS)]),
    )
    return status < 300 ? { isTaken: true, status } : { isTaken: false, status, problem: `HTTP ${status}` }
  } catch (cause) {
    if (cause instanceof SallyportError) return { isTaken: false, problem: cause.message }
    throw cause
  }
}

interface Postman {
  wake(): void
  close(): Promise<void>
}

/** Makes what is due, a few at a time, and looks again when the next is. */
function createPostman(deps: WebhookDeps, signal: AbortSignal): Postman {
  let round: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isAgain = false
  const deliverDue = async () => {
    do {
      isAgain = false
      const due = deps.book.dueDeliveries(deps.now().getTime(), AT_ONCE)
      await Promise.all(due.map((delivery) => deliver(deps, delivery, signal)))
      if (due.length === AT_ONCE) isAgain = true
    } while (isAgain && !signal.aborted)
  }
  const wake = () => {
    if (signal.aborted) return
    isAgain = true
    clearTimeout(timer)
    // On the next turn: the write that this belongs to must have ended.
    round ??= Promise.resolve()
      .then(deliverDue)
      .catch(deps.report)
      .finally(() => {
        round = undefined
        if (signal.aborted) return
        const nextMs = (deps.book.nextDeliveryMs() ?? Infinity) - deps.now().getTime()
        timer = setTimeout(wake, Math.max(100, Math.min(LOOK_MS, nextMs))).unref()
      })
  }
  return {
    wake,
    close: async () => {
      clearTimeout(timer)
      await round
    },
  }
}

async function deliver(deps: WebhookDeps, delivery: Delivery, signal: AbortSignal): Promise<void> {
  const webhook = deps.book.webhook(delivery.webhookId)
  if (webhook === undefined) return deps.book.deleteDelivery(delivery.id)
  const sent = await send(deps, webhook, delivery, signal)
  if (signal.aborted) return
  const attempts = delivery.attempts + 1
  if (sent.isTaken || attempts >= MAX_ATTEMPTS) return deps.book.deleteDelivery(delivery.id)
  const wait = Math.min(BACKOFF.most, BACKOFF.first * 2 ** (attempts - 1))
  deps.book.saveDelivery({ ...delivery, attempts, dueMs: deps.now().getTime() + wait })
}
