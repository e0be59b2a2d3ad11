import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createGuardedHttp } from '../../src/adapters/guarded-http/index.ts'
import { createMail, createSlackWebhook, createWebhook } from '../../src/adapters/notices/index.ts'
import { openReviewBook } from '../../src/adapters/review-sqlite/index.ts'
import { digestOfBytes } from '../../src/ground/domain/index.ts'
import {
  createCourier,
  type Notice,
  type NoticeBody,
  type StoredCase,
} from '../../src/services/review/index.ts'
import { startSmtpServer } from './smtp-server.ts'

const AT = '2026-06-01T12:00:00.000Z'
const DIGEST = digestOfBytes(new Uint8Array([1]))
const CASE: StoredCase = {
  ...{ digest: DIGEST, stage: 'development', state: 'open', outcome: 'review', reason: 'It is odd.' },
  ...{
    openedAt: AT,
    deadline: '2026-06-08T12:00:00.000Z',
    approvals: { have: 0, need: 1 },
    seenIndex: -1,
    toldOverdue: false,
  },
}
const BODY: NoticeBody = {
  ...{
    event: 'review.opened',
    at: AT,
    text: 'org/model waits for a review.',
    url: 'http://console/review/x',
  },
  ...{ digest: DIGEST, name: 'org/model', stage: 'development', state: 'open', reason: 'It is odd.' },
  ...{ deadline: CASE.deadline, to: ['019f-ada', '019f-ben'] },
}

const hooks = {
  url: '',
  status: 200,
  redirect: '',
  got: [] as { headers: IncomingHttpHeaders; body: string }[],
}
const receiver = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += String(chunk)
  })
  request.on('end', () => {
    hooks.got.push({ headers: request.headers, body })
    if (hooks.redirect !== '') response.writeHead(307, { location: hooks.redirect }).end()
    else response.writeHead(hooks.status).end('x'.repeat(200_000))
  })
})
let smtp: Awaited<ReturnType<typeof startSmtpServer>>
const folder = mkdtempSync(join(tmpdir(), 'sallyport-notices-'))
const signal = new AbortController().signal

beforeAll(async () => {
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  hooks.url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`
  smtp = await startSmtpServer({ user: 'sally', password: 'p@ss' })
})
beforeEach(() => {
  Object.assign(hooks, { status: 200, redirect: '', got: [] })
  smtp.mails.length = 0
})
afterAll(async () => {
  receiver.closeAllConnections()
  receiver.close()
  await smtp.close()
  rmSync(folder, { recursive: true, force: true })
})

const noticeOf = (channel: string, body: Partial<NoticeBody> = {}): Notice => ({
  ...{ id: '019f0000-0000-7000-8000-000000000001', channel, body: { ...BODY, ...body } },
})
const mail = (more: Partial<Parameters<typeof createMail>[0]> = {}) =>
  createMail({
    smtpUrl: `smtp://sally:p%40ss@127.0.0.1:${smtp.port}`,
    ...{ from: 'sallyport@example.com', to: ['team@example.com'] },
    addressOf: (id) => (id === '019f-ada' ? 'ada@example.com' : undefined),
    ...more,
  })

test('a webhook is signed over its id, its time and its bytes', async () => {
  const http = createGuardedHttp({ trusted: [hooks.url] })
  const secret = `whsec_${Buffer.from('a secret of the house').toString('base64')}`
  const hook = createWebhook({ http, url: hooks.url, secret, now: () => new Date(AT) })
  await hook.send(noticeOf(hook.name), signal)
  const [{ headers, body } = { headers: {}, body: '' }] = hooks.got
  expect(headers).toMatchObject({
    'webhook-id': noticeOf('').id,
    'webhook-timestamp': String(Date.parse(AT) / 1000),
  })
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const by = (key: string) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
  expect(headers['webhook-signature']).toBe(by('a secret of the house'))
  expect(headers['webhook-signature']).not.toBe(by('another'))
  expect(JSON.parse(body)).toMatchObject({
    type: 'review.opened',
    timestamp: AT,
    data: { name: 'org/model', digest: DIGEST },
  })
  http.close()
})

test('an address in our own network is told only when an administrator named it, and leads to no other', async () => {
  const stranger = createGuardedHttp({ trusted: [] })
  const hook = createWebhook({ http: stranger, url: hooks.url, now: () => new Date(AT) })
  await expect(hook.send(noticeOf(hook.name), signal)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  expect(hooks.got).toEqual([])
  const named = createGuardedHttp({ trusted: [hooks.url] })
  hooks.redirect = 'http://169.254.169.254/latest/meta-data'
  const led = createWebhook({ http: named, url: hooks.url, now: () => new Date(AT) })
  await expect(led.send(noticeOf(led.name), signal)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  stranger.close()
  named.close()
})

test('a name cannot mention anybody in a chat', async () => {
  const http = createGuardedHttp({ trusted: [hooks.url] })
  await createSlackWebhook({ http, url: hooks.url }).send(
    noticeOf('slack', { text: '<!channel> & <http://evil|x>' }),
    signal,
  )
  expect(JSON.parse(hooks.got[0]?.body ?? '')).toEqual({
    text: '&lt;!channel&gt; &amp; &lt;http://evil|x&gt; <http://console/review/x|Open the case>',
  })
  http.close()
})

test('a mail goes to those who have an address, and to whom it always goes', async () => {
  await mail().send(noticeOf('mail'), signal)
  expect(smtp.mails).toHaveLength(1)
  const [one] = smtp.mails
  expect(one?.from).toBe('sallyport@example.com')
  expect(one?.to.toSorted()).toEqual(['ada@example.com', 'team@example.com'])
  expect(one?.data).toMatch(/^Subject: \[Sallyport\] org\/model waits for a review\r$/m)
  expect(one?.data).not.toMatch(/ada@example/) // Nobody reads who else was told.
})

test('a hostile name adds no header and no address', async () => {
  const name = 'org/model\r\nBcc: victim@example.com\r\n\r\nhello\u0000'
  await mail().send(noticeOf('mail', { name, text: `${name} waits.` }), signal)
  const [one] = smtp.mails
  expect(one?.to).not.toContain('victim@example.com')
  expect(one?.data.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/im)
})

test('a password of the mail server stands in no error', async () => {
  const wrong = mail({ smtpUrl: `smtp://sally:hunter2@127.0.0.1:${smtp.port}` })
  const error: unknown = await wrong.send(noticeOf('mail'), signal).catch((cause: unknown) => cause)
  expect(error).toMatchObject({ code: 'PEER_FAILED' })
  expect(JSON.stringify([String(error), (error as Error).stack, (error as Error).cause])).not.toMatch(
    /hunter2/,
  )
})

test('what cannot be delivered is tried again later and later, after a restart too; what can be is not held up', async () => {
  const file = join(folder, 'review.db')
  const first = openReviewBook(file)
  first.save(CASE, [noticeOf('broken'), noticeOf('mail')])
  const http = createGuardedHttp({ trusted: [hooks.url] })
  const broken = { ...createWebhook({ http, url: hooks.url, now: () => new Date(AT) }), name: 'broken' }
  const reports: string[] = []
  let now = new Date(AT)
  const courier = (book: typeof first) =>
    createCourier({ book, channels: [broken, mail()], now: () => now, report: (what) => reports.push(what) })
  hooks.status = 503
  expect(await courier(first).round(signal)).toBe(1)
  expect(smtp.mails).toHaveLength(1)
  expect(await courier(first).round(signal)).toBe(0)
  expect(hooks.got).toHaveLength(1)
  first.close()
  const second = openReviewBook(file)
  const pauses: number[] = []
  for (let i = 0; i < 8; i += 1) {
    const due = Date.parse(nextTime(second))
    pauses.push(due - now.getTime())
    now = new Date(due)
    await courier(second).round(signal)
  }
  expect(pauses[0]).toBe(5000)
  expect(pauses.every((pause, i) => i === 0 || pause === 2 * (pauses[i - 1] ?? 0))).toBe(true)
  expect(new Set(hooks.got.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  hooks.status = 204
  now = new Date(nextTime(second))
  expect(await courier(second).round(signal)).toBe(1)
  expect(second.dueNotices('9999', 10)).toEqual([])
  expect(reports).toEqual(['a notice for broken is tried again later'])
  expect(smtp.mails).toHaveLength(1)
  second.close()
  http.close()

  /** The time at which the one notice that is left is due: looked for, as the book does not say. */
  function nextTime(book: typeof first): string {
    let step = now.getTime()
    while (book.dueNotices(new Date(step).toISOString(), 10).length === 0) step += 1000
    return new Date(step).toISOString()
  }
})

test('a mail that is put off comes later', async () => {
  const book = openReviewBook(':memory:')
  book.save(CASE, [noticeOf('mail')])
  let now = new Date(AT)
  const courier = createCourier({ book, channels: [mail()], now: () => now, report: () => undefined })
  smtp.refusals.times = 1
  expect(await courier.round(signal)).toBe(0)
  now = new Date(now.getTime() + 3_600_000)
  expect(await courier.round(signal)).toBe(1)
  expect(smtp.mails).toHaveLength(1)
  book.close()
})

test('a way that the settings name no longer is given up and reported', async () => {
  const book = openReviewBook(':memory:')
  book.save(CASE, [noticeOf('webhook https://gone.example/')])
  const reports: string[] = []
  const courier = createCourier({
    book,
    channels: [],
    now: () => new Date(AT),
    report: (what) => reports.push(what),
  })
  expect(await courier.round(signal)).toBe(0)
  expect(book.dueNotices('9999', 10)).toEqual([])
  expect(reports.join()).toMatch(/given up/)
  book.close()
})
