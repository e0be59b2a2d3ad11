import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { someone } from '../e2e/open-room.ts'
import { ONE_PERSON, openTestQueue } from './open-queue.ts'

const DAY = 86_400_000
const COMMIT = 'c'.repeat(40)
const reader = (who: string, mayReview = true) => ({ ...someone(who), mayReview })

let home: string
let house: Awaited<ReturnType<typeof openTestQueue>>
let clock = 0
const open = (more: Partial<Parameters<typeof openTestQueue>[0]> = {}) =>
  openTestQueue({
    ...{ home, policy: ONE_PERSON, channels: ['webhook'], now: () => new Date(Date.now() + clock) },
    judge: (name) => (name.includes('evil') ? 'malicious' : name.includes('odd') ? 'suspicious' : 'clean'),
    ...more,
  })

beforeEach(async () => {
  clock = 0
  home = mkdtempSync(join(tmpdir(), 'sallyport-review-'))
  house = await open()
})
afterEach(async () => {
  expect(house.failures).toEqual([])
  await house.close()
  rmSync(home, { recursive: true, force: true })
})

test('what a gate held back is one case, with everyone who asked and how often', async () => {
  const digest = await house.bringIn('google/bert', { author: 'google', commit: COMMIT })
  for (const who of ['ada', 'ben', 'ada', 'ada']) expect(await house.ask(digest, who)).toBe('review')
  const { items } = await house.queue.list({ limit: 10 })
  expect(items).toHaveLength(1)
  expect(items[0]).toMatchObject({
    ...{
      digest,
      name: 'google/bert',
      stage: 'development',
      state: 'open',
      outcome: 'review',
      verdict: 'clean',
    },
    ...{ requests: 4, overdue: false, approvals: { have: 0, need: 1 } },
    ...{ lineOf: 'hub.example/google/bert', license: 'apache-2.0', publisher: 'google' },
    source: `hub.example/google/bert@${COMMIT}`,
  })
  expect(Object.fromEntries(items[0]?.requesters.map((one) => [one.principalId, one.times]) ?? [])).toEqual({
    ada: 3,
    ben: 1,
  })
})

test('a decision that allows opens no case', async () => {
  const digest = await house.bringIn('org/fine')
  await house.registry.approve(digest, { stage: 'development', note: 'fine' }, someone('cy'))
  expect(await house.ask(digest, 'ada')).toBe('allow')
  expect((await house.queue.list({ limit: 10 })).items).toEqual([])
})

test('whoever asked may not approve; somebody else may, and the model is let through', async () => {
  const digest = await house.bringIn('org/model')
  await house.ask(digest, 'ada')
  const mine = await house.queue.get(digest, reader('ada'))
  expect(mine).toMatchObject({
    mayApprove: false,
    whyNot: expect.stringMatching(/asked for this model yourself/),
  })
  expect(await house.queue.get(digest, reader('importer'))).toMatchObject({ mayApprove: false })
  expect(await house.queue.get(digest, reader('cy', false))).toMatchObject({ mayApprove: false })
  expect(await house.queue.get(digest, reader('cy'))).toMatchObject({ mayApprove: true })
  const hers = await house.queue.approve(digest, { stage: 'development', note: 'mine' }, someone('ada'))
  expect(hers).toMatchObject({ state: 'open', approvals: { have: 0, need: 1 } })
  const other = await house.queue.approve(digest, { stage: 'development', note: 'read it' }, someone('cy'))
  expect(other).toMatchObject({ state: 'approved', approvals: { have: 1, need: 1 } })
  expect(other.answers.map(({ principalId, what }) => [principalId, what])).toEqual([
    ['cy', 'approval'],
    ['ada', 'approval'],
  ])
  expect(await house.ask(digest, 'ada')).toBe('allow')
})

test('a condition stands in the answer, and a case lapses when it ends', async () => {
  const digest = await house.bringIn('org/short')
  await house.ask(digest, 'ada')
  const until = new Date(Date.now() + 3000).toISOString()
  const detail = await house.queue.approve(
    digest,
    { stage: 'development', note: 'for today', conditions: { until } },
    someone('cy'),
  )
  expect(detail).toMatchObject({ state: 'approved', answers: [{ conditions: { until } }] })
  clock = DAY
  await new Promise((done) => setTimeout(done, Math.max(0, Date.parse(until) - Date.now() + 5)))
  expect(await house.queue.get(digest, reader('cy'))).toMatchObject({ state: 'lapsed' })
  await house.ask(digest, 'ben')
  const again = await house.queue.get(digest, reader('dora'))
  expect(again).toMatchObject({ state: 'open', requests: 2 })
  expect(Date.parse(again.openedAt)).toBeGreaterThan(Date.parse(detail.openedAt))
})

test('changes asked for keep the case open, a rejection closes it, a later approval lifts both', async () => {
  const digest = await house.bringIn('org/model')
  await house.ask(digest, 'ada')
  const changes = await house.queue.askChanges(digest, { note: 'add a licence' }, someone('cy'))
  expect(changes).toMatchObject({ state: 'changes-asked', reason: expect.stringMatching(/add a licence/) })
  expect(await house.queue.reject(digest, { note: 'never' }, someone('cy'))).toMatchObject({
    state: 'rejected',
    outcome: 'deny',
  })
  await house.ask(digest, 'ben')
  expect((await house.queue.get(digest, reader('cy'))).state).toBe('rejected')
  const approved = await house.queue.approve(
    digest,
    { stage: 'development', note: 'settled' },
    someone('dora'),
  )
  expect(approved.state).toBe('approved')
})

test('what people say elsewhere settles the case as well', async () => {
  const digest = await house.bringIn('org/model')
  await house.ask(digest, 'ada')
  await house.watched.reject(digest, { note: 'no' }, someone('cy'))
  expect((await house.queue.list({ state: 'rejected', limit: 10 })).items.map((one) => one.digest)).toEqual([
    digest,
  ])
  expect((await house.queue.list({ state: 'open', limit: 10 })).items).toEqual([])
})

test('no approval covers a malicious finding, and the page says so before anybody tries', async () => {
  const digest = await house.bringIn('org/evil')
  await house.ask(digest, 'ada')
  const detail = await house.queue.get(digest, reader('cy'))
  expect(detail).toMatchObject({ outcome: 'deny', verdict: 'malicious', mayApprove: false })
})

test('an owner and a deadline: taken, moved, and overdue when it has passed', async () => {
  const digest = await house.bringIn('org/model')
  await house.ask(digest, 'ada')
  expect(await house.queue.take(digest, {}, someone('cy'))).toMatchObject({ owner: 'cy' })
  expect((await house.queue.list({ owner: 'cy', limit: 10 })).items).toHaveLength(1)
  expect((await house.queue.list({ owner: 'dora', limit: 10 })).items).toEqual([])
  const deadline = new Date(Date.now() + DAY).toISOString()
  expect(await house.queue.setDeadline(digest, { deadline }, someone('cy'))).toMatchObject({
    deadline,
    overdue: false,
  })
  await expect(house.queue.setDeadline(digest, { deadline: '2020-01-01' }, someone('cy'))).rejects.toThrow(
    /later than now/,
  )
  clock = 2 * DAY
  expect(await house.queue.get(digest, reader('cy'))).toMatchObject({ overdue: true })
  const events = house.book.dueNotices('9999', 50).map(({ body }) => body.event)
  expect(events.filter((event) => event === 'review.overdue')).toHaveLength(1)
})

test('each thing that happens is told once, to the owner and to those who asked', async () => {
  const digest = await house.bringIn('org/model')
  await house.ask(digest, 'ada')
  await house.ask(digest, 'ben')
  await house.queue.take(digest, {}, someone('cy'))
  await house.queue.approve(digest, { stage: 'development', note: 'read it' }, someone('cy'))
  for (let i = 0; i < 3; i += 1) await house.queue.keepUp()
  const notices = house.book.dueNotices('9999', 50)
  expect(notices.map(({ body }) => body.event)).toEqual(['review.opened', 'review.taken', 'review.answered'])
  expect(notices[2]?.body.to.toSorted()).toEqual(['ada', 'ben', 'cy'])
  expect(notices[2]?.body).toMatchObject({
    ...{ state: 'approved', answer: { what: 'approval', note: 'read it' } },
    url: `http://console/review/${digest}`,
  })
})

test('the publisher’s history and the last approved revision of the same repository', async () => {
  const first = await house.bringIn('google/bert', { author: 'google', commit: 'a'.repeat(40) })
  await house.registry.approve(first, { stage: 'development', note: 'fine' }, someone('cy'))
  await house.registry.promote(first, { stage: 'development' }, someone('cy'))
  const refused = await house.bringIn('google/evil', { author: 'google', commit: 'b'.repeat(40) })
  await house.registry.promote(refused, { stage: 'development' }, someone('cy'))
  const second = await house.bringIn('google/bert', { author: 'mallory', commit: COMMIT })
  await house.ask(second, 'ada')
  const detail = await house.queue.get(second, reader('cy'))
  expect(detail.previous).toMatchObject({ digest: first, name: 'google/bert' })
  expect(detail.publisherHistory).toMatchObject({
    name: 'mallory',
    models: 1,
    approved: 0,
    changedFrom: 'google',
  })
  await house.ask(refused, 'ada')
  const google = await house.queue.get(refused, reader('cy'))
  expect(google.publisherHistory).toMatchObject({
    name: 'google',
    models: 2,
    approved: 1,
    refused: 1,
    signedBefore: false,
  })
  expect(google.publisherHistory).not.toHaveProperty('changedFrom')
})

test('pages follow each other without a gap, and a cursor of somebody else is refused', async () => {
  const digests = []
  for (let i = 0; i < 5; i += 1) {
    const digest = await house.bringIn(`org/model-${i}`)
    await house.ask(digest, 'ada')
    digests.push(digest)
  }
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await house.queue.list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) })
    seen.push(...page.items.map((one) => one.digest))
    cursor = page.next
  } while (cursor !== undefined)
  expect(seen.toSorted()).toEqual(digests.toSorted())
  await expect(house.queue.list({ limit: 2, cursor: 'x' })).rejects.toThrow(/cursor/)
  await expect(house.queue.get(`sha256:${'0'.repeat(64)}` as never, reader('cy'))).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
})

test('a refused promotion and a model that arrives land in it; a higher stage raises the case', async () => {
  await house.close()
  house = await open({
    policy: `${ONE_PERSON.replace('development', 'staging')}  production:
    evidence: [{ predicate: model-scan, maxAge: 30d }]
    approvals: { count: 2 }
    expiresAfter: 30d
`,
  })
  const digest = await house.bringIn('org/model')
  await house.watched.assess(digest, someone('importer'))
  const { items } = await house.queue.list({ limit: 10 })
  expect(items).toMatchObject([
    { stage: 'staging', requesters: [{ principalId: 'importer', door: 'import' }] },
  ])
  await house.watched.promote(digest, { stage: 'production' }, someone('dora'))
  const raised = await house.queue.get(digest, reader('cy'))
  expect(raised).toMatchObject({ stage: 'production', approvals: { need: 2 }, requests: 2 })
  // Whoever deploys receives nothing, so their approval counts.
  expect(await house.queue.get(digest, reader('dora'))).toMatchObject({ mayApprove: true })
})

test('the book lost, the ledger folds again, and who asked is known still', async () => {
  const digest = await house.bringIn('google/bert', { author: 'google', commit: COMMIT })
  await house.ask(digest, 'ada')
  await house.queue.keepUp()
  await house.close()
  for (const end of ['', '-wal', '-shm']) rmSync(join(home, `review.db${end}`), { force: true })
  house = await open()
  expect((await house.queue.list({ limit: 10 })).items).toEqual([])
  await house.ask(digest, 'ben')
  expect(await house.queue.get(digest, reader('ada'))).toMatchObject({
    ...{ publisher: 'google', requests: 1, mayApprove: false },
  })
})
