import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeHouse, fakeHouse, furnish } from '../dev/fake-server.ts'
import { openBrowser, WEB_ROOT, whyNot } from './browser.ts'

const reason = whyNot()

describe.skipIf(reason !== undefined && process.env.SALLYPORT_REQUIRE !== '1')(
  'the lineage of a model in Chromium',
  () => {
    let browser: Browser
    let house: FakeHouse
    let page: Page
    let url = ''

    beforeAll(async () => {
      house = await fakeHouse({ webRoot: process.env.SALLYPORT_WEB_ROOT ?? WEB_ROOT })
      const admin = await furnish(house)
      const base = (await house.server.listen({ host: '127.0.0.1', port: 0 })).url
      browser = await openBrowser()
      const context = await browser.newContext({
        viewport: { width: 1366, height: 768 },
        reducedMotion: 'reduce',
      })
      page = await context.newPage()
      await page.goto(`${base}/login?token=${(await house.identity.createLoginLink(admin)).secret}`)
      const { items } = await house.registry.list({ limit: 200 })
      const model = items.find(({ name }) => name.startsWith('sentiment-base'))
      url = `${base}/models/${model?.digest}?tab=lineage`
      await page.goto(url)
      await page.getByText('is derived from').first().waitFor()
    })
    afterAll(async () => {
      await browser?.close()
      await house?.server.close()
    })

    test('shows data, run, models and deployment with their verdicts, and says all of it in words', async () => {
      const graph = page.getByRole('region', { name: /^Lineage of sentiment-base/ })
      const text = (await graph.textContent()) ?? ''
      for (const word of ['data set', 'run', 'deployment', 'clean', 'this one', 'claimed'])
        expect(text).toContain(word)
      const words = page.getByRole('list', { name: 'Lineage in words' })
      expect(await words.getByRole('listitem').count()).toBeGreaterThanOrEqual(5)
      expect(await words.textContent()).toContain('claimed, proven by nobody')
      const shot = process.env.SALLYPORT_SCREENSHOT
      if (shot !== undefined) await page.screenshot({ path: shot })
    })

    test('claims are dashed, and only they', async () => {
      const dashed = await page.locator('.react-flow__edge.lineage-claimed').count()
      expect(dashed).toBe(2)
      expect(await page.locator('.react-flow__edge').count()).toBeGreaterThan(dashed)
    })

    test('its models are reached and opened by keyboard', async () => {
      const link = page
        .getByRole('region', { name: /^Lineage of/ })
        .getByRole('link')
        .first()
      await link.focus()
      expect(await page.evaluate('document.activeElement?.tagName')).toBe('A')
      await page.keyboard.press('Enter')
      await page.getByText('this one').waitFor()
      await page.goto(url)
      await page.getByText('is derived from').first().waitFor()
    })

    test.for([1366, 1024])('nothing scrolls sideways at %i pixels', async (width) => {
      await page.setViewportSize({ width, height: 768 })
      expect(
        await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
      ).toBeLessThanOrEqual(0)
    })

    test('axe-core finds nothing serious', async () => {
      const { violations } = await new AxeBuilder({ page }).analyze()
      const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(grave.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([])
    })
  },
)
