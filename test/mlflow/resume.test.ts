import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openNameBook } from '../../src/adapters/names-sqlite/index.ts'
import { someone } from '../e2e/open-room.ts'
import { ask } from './ask.ts'
import { openTestMlflow } from './open-mlflow.ts'

let folder: string
const received: string[] = []
let refuse = true
const hooks = createServer((request, response) => {
  received.push(String(request.headers['x-mlflow-delivery-id']))
  response.writeHead(refuse ? 500 : 204).end()
})
let hookUrl = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mlflow-resume-'))
  await new Promise<void>((done) => hooks.listen(0, '127.0.0.1', done))
  hookUrl = `http://127.0.0.1:${(hooks.address() as AddressInfo).port}`
})

afterAll(() => {
  hooks.close()
  rmSync(folder, { recursive: true, force: true })
})

test('what a process left in its book when it was killed is gone on with by the next one', async () => {
  const home = join(folder, 'home')
  mkdirSync(home)
  // The book of a process that wrote down a version and an event, and got no further.
  const book = openNameBook(join(home, 'mlflow.db'))
  const at = { createdMs: 1, updatedMs: 1, userId: 'ada' }
  book.together(() => {
    book.saveModel({ name: 'left', ...at, tags: {}, aliases: {}, nextVersion: 2 })
    book.saveVersion({
      ...{ name: 'left', version: 1, ...at, stage: 'None', source: 'mlflow-artifacts:/0/r/artifacts/m' },
      ...{ state: 'pending', tags: {}, asker: someone('ada') },
    })
    book.saveWebhook({
      ...{ id: 'w', name: 'w', url: `${hookUrl}/x`, events: ['model_version.created'], isActive: true },
      ...{ createdMs: 1, updatedMs: 1 },
    })
    book.saveDelivery({ id: 'd-1', webhookId: 'w', body: '{}', attempts: 0, dueMs: 1 })
  })
  book.close()

  const first = await openTestMlflow({ home, trusted: [hookUrl] })
  // Its bytes never came: that is said, and no version is READY without them.
  await expect.poll(() => first.book.version('left', 1)?.state).toBe('failed')
  expect(
    (await ask(first.url, 'GET', 'model-versions/get', { name: 'left', version: '1' })).body,
  ).toMatchObject({
    model_version: {
      status: 'FAILED_REGISTRATION',
      status_message: expect.stringMatching(/no artifacts under/),
    },
  })
  // A receiver that refuses is asked again later, under the same id.
  await expect
    .poll(() => first.book.dueDeliveries(Number.MAX_SAFE_INTEGER, 9))
    .toMatchObject([{ id: 'd-1', attempts: 1 }])
  await first.close()

  refuse = false
  const again = openNameBook(join(home, 'mlflow.db'))
  const [waiting] = again.dueDeliveries(Number.MAX_SAFE_INTEGER, 9)
  if (waiting !== undefined) again.saveDelivery({ ...waiting, dueMs: 1 })
  again.close()
  const second = await openTestMlflow({ home, trusted: [hookUrl] })
  await expect.poll(() => second.book.nextDeliveryMs()).toBe(undefined)
  expect(received).toEqual(['d-1', 'd-1'])
  await second.close()
}, 60_000)

test('a deed that fails in the middle leaves nothing of it', () => {
  const book = openNameBook(':memory:')
  const model = {
    name: 'half',
    createdMs: 1,
    updatedMs: 1,
    userId: 'ada',
    tags: {},
    aliases: {},
    nextVersion: 1,
  }
  expect(() =>
    book.together(() => {
      book.saveModel(model)
      throw new Error('cut')
    }),
  ).toThrow('cut')
  expect(book.models()).toEqual([])
  book.close()
})
