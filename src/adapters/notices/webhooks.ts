import { createHmac } from 'node:crypto'
import { SallyportError } from '../../ground/lang/index.ts'
import type { NoticeChannel } from '../../services/review/index.ts'

/** Bytes of an answer that are read before it is let go: only the status counts. */
const MAX_ANSWER_BYTES = 64 * 1024

/** Requests that cannot be led into our own network. */
interface Outbound {
  ask(request: {
    readonly method: 'POST'
    readonly url: string
    readonly headers: Readonly<Record<string, string>>
    readonly body: Uint8Array
    readonly signal: AbortSignal
  }): Promise<{ readonly status: number; readonly body: AsyncIterable<Uint8Array>; discard(): void }>
}

interface Target {
  readonly http: Outbound
  readonly url: string
}

/**
 * A webhook whose receiver can tell that it is ours: HMAC-SHA256 over id, time and body, as standardwebhooks.com writes
 * it, so that its libraries verify it. The id is the same in every attempt.
 * @param secret `whsec_` and base64, or any text; without one nothing is signed
 */
export function createWebhook({
  http,
  url,
  secret,
  now,
}: Target & { readonly secret?: string; readonly now: () => Date }): NoticeChannel {
  const name = `webhook ${url}`
  return {
    name,
    send: async ({ id, body: notice }, signal) => {
      const { event, at, ...data } = notice
      const body = JSON.stringify({ type: event, timestamp: at, data })
      const time = String(Math.floor(now().getTime() / 1000))
      const signed =
        secret === undefined ? {} : { 'webhook-signature': `v1,${sign(secret, `${id}.${time}.${body}`)}` }
      const headers = { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': time }
      await post({ http, url }, { name, body, headers: { ...headers, ...signed } }, signal)
    },
  }
}

/** A webhook that takes `{text}`, as Slack, Mattermost and others do. Its address is a secret, and stands in no name. */
export function createSlackWebhook(target: Target): NoticeChannel {
  const name = 'slack'
  return {
    name,
    send: async ({ body: { text, url } }, signal) => {
      const body = JSON.stringify({ text: `${escapeSlack(text)} <${url}|Open the case>` })
      await post(target, { name, body, headers: { 'content-type': 'application/json' } }, signal)
    },
  }
}

function sign(secret: string, text: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : secret
  return createHmac('sha256', key).update(text).digest('base64')
}

/** Names of models are hostile: they must not become mentions or links (api.slack.com/reference/surfaces/formatting). */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

interface Message {
  readonly name: string
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

async function post({ http, url }: Target, { name, body, headers }: Message, signal: AbortSignal) {
  const answer = await http.ask({
    ...{ method: 'POST', url, headers, body: Buffer.from(body), signal },
  })
  try {
    if (answer.status >= 200 && answer.status < 300) {
      let bytes = 0
      for await (const chunk of answer.body) {
        bytes += chunk.length
        if (bytes > MAX_ANSWER_BYTES) break
      }
      return
    }
  } finally {
    answer.discard()
  }
  throw new SallyportError('PEER_FAILED', `${name} answered ${answer.status}`)
}
