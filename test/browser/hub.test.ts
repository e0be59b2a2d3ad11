import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { digestOfJson } from '../../src/ground/domain/index.ts'
import { type FakeHouse, fakeHouse } from '../dev/fake-server.ts'
import { type FurnishedQueue, furnishQueue, judgeQueue } from '../dev/furnish-queue.ts'
import { openBrowser, WEB_ROOT, whyNot } from './browser.ts'

const reason = whyNot()
const PROBLEM = 'config.json: its bytes are not those whose digest the hub states'

describe.skipIf(reason !== undefined && process.env.SALLYPORT_REQUIRE !== '1')(
  'the hub’s page in Chromium',
  { timeout: 120_000 },
  () => {
    let browser: Browser
    let house: FakeHouse
    let queue: FurnishedQueue
    let page: Page
    let base = ''

    beforeAll(async () => {
      house = await fakeHouse({
        webRoot: process.env.SALLYPORT_WEB_ROOT ?? WEB_ROOT,
        judge: judgeQueue,
        hubGuard: { mode: 'warn', upstream: 'hub.example' },
      })
      queue = await furnishQueue(house)
      house.hub.hold({
        ...{ repo: { kind: 'dataset', id: 'org/reviews' }, commit: 'c0'.repeat(20), state: 'failed' },
        ...{ files: [], facts: {}, problem: PROBLEM, askedBy: queue.cy, askedOwner: 'cy' },
        ...{ askedAt: '2026-11-20T10:00:00.000Z', changedAt: '2026-11-20T10:00:05.000Z' },
        requestDigest: digestOfJson('request'),
      })
      base = (await house.server.listen({ host: '127.0.0.1', port: 0 })).url
      browser = await openBrowser()
      page = await (await browser.newContext({ viewport: { width: 1024, height: 800 } })).newPage()
      const { secret } = await house.identity.createLoginLink(queue.ada)
      await page.goto(`${base}/login?token=${secret}`)
      await page.getByRole('heading', { name: 'Models' }).waitFor()
      await page.goto(`${base}/hub`)
      await page.getByText('org/reviews').waitFor()
    })
    afterAll(async () => {
      await browser?.close()
      await house?.server.close()
    })

    test('it says how strictly it guards, and before which hub', async () => {
      const text = (await page.getByRole('main').textContent()) ?? ''
      expect(text).toMatch(/mode *warn/)
      expect(text).toContain('before hub.example')
    })

    test('a revision that failed says why, and leads to no model and no case', async () => {
      const row = page.getByRole('row').filter({ hasText: 'org/reviews' })
      expect(await row.textContent()).toContain(PROBLEM)
      expect(await row.getByRole('link').count()).toBe(0)
      expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([])
      expect(
        await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
      ).toBeLessThanOrEqual(0)
    })

    test('the search narrows the list, and a case is one click away', async () => {
      await page.getByRole('searchbox').fill('whisper')
      await page.getByText('1 of 9 revisions').waitFor()
      await page.getByRole('link', { name: /^open case of tinylab\/whisper-call-centre/ }).click()
      await page.getByRole('heading', { name: 'Why it stopped' }).waitFor()
    })

    test('a model’s page names who holds a copy of it', async () => {
      await page.goto(`${base}/models/${queue.approved}?tab=receivers`)
      const table = page.getByRole('region', { name: 'Receivers' })
      await table.getByText('Cy Tanaka').waitFor()
      expect(await table.getByRole('row').count()).toBe(2)
      await page.goto(`${base}/models/${queue.evil}?tab=receivers`)
      await page.getByText('Nobody has received it through the hub').waitFor()
    })
  },
)
