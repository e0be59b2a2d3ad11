import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FAKE_RUN } from '../dev/fake-runs.ts'
import { type FakeHouse, fakeHouse, furnish } from '../dev/fake-server.ts'
import { AXE_THEMES, openBrowser, THEMES, WEB_ROOT, whyNot } from './browser.ts'

/** In a whole run. */
const WIDTHS = process.env.SALLYPORT_FULL === '1' ? [1280, 1024] : []
const reason = whyNot()
const mustRun = process.env.SALLYPORT_REQUIRE === '1'
if (reason !== undefined) process.stderr.write(`browser tests ${mustRun ? 'fail' : 'skipped'}: ${reason}\n`)

test.skipIf(reason !== undefined && !mustRun)('the browser tests can run here', () => {
  expect(reason).toBeUndefined()
})

// A browser beside other tests on two processors is slow at times.
describe.skipIf(reason !== undefined)('the console in Chromium', { timeout: 120_000 }, () => {
  let browser: Browser
  let house: FakeHouse
  let base = ''
  let context: BrowserContext
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    house = await fakeHouse({ webRoot: WEB_ROOT })
    const admin = await furnish(house)
    base = (await house.server.listen({ host: '127.0.0.1', port: 0 })).url
    browser = await openBrowser()
    context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
    page = await context.newPage()
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    const { secret } = await house.identity.createLoginLink(admin)
    await page.goto(`${base}/login?token=${secret}`)
    await page.getByRole('heading', { name: 'Models' }).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await house?.server.close()
  })

  const digestOf = async (name: string): Promise<string> => {
    const { items } = await house.registry.list({ limit: 200 })
    const model = items.find((item) => item.name.startsWith(name))
    if (model === undefined) throw new Error(`the furnished house has no ${name}`)
    return model.digest
  }
  const open = async (path: string, ready: string) => {
    await page.goto(`${base}${path}`)
    await page.getByText(ready).first().waitFor()
    await page.waitForLoadState('networkidle')
  }

  const PAGES: readonly (readonly [string, () => Promise<string>, string])[] = [
    ['models', async () => '/', 'sentiment-base'],
    ['findings', async () => `/models/${await digestOf('evil')}`, 'posix.system('],
    ['files', async () => `/models/${await digestOf('strange')}?tab=files`, 'breaks off'],
    ['evidence', async () => `/models/${await digestOf('sentiment-base')}?tab=evidence`, 'bundle'],
    ['decisions', async () => `/models/${await digestOf('evil')}?tab=decisions`, 'production gate'],
    ['lineage', async () => `/models/${await digestOf('sentiment-base')}?tab=lineage`, 'is derived from'],
    [
      'provenance',
      async () => `/models/${await digestOf('sentiment-base')}?tab=provenance`,
      'signature refused',
    ],
    ['runs', async () => '/runs', 'stopped by budget'],
    ['run', async () => `/runs/${FAKE_RUN}`, 'What departs from its history'],
    ['review queue', async () => '/review', 'resnet-clean'],
    ['ledger', async () => '/ledger?entry=3', 'Entry 3 stands in the log.'],
    ['parts', async () => '/parts', 'Colour roles'],
    ['unknown model', async () => `/models/sha256:${'0'.repeat(64)}`, 'No such model'],
  ]

  describe.for(PAGES)('%s page', ([, path, ready]) => {
    test.for(AXE_THEMES)('axe finds nothing serious in the %s theme', async (colorScheme) => {
      await page.emulateMedia({ colorScheme })
      await open(await path(), ready)
      const { violations } = await new AxeBuilder({ page }).analyze()
      const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
      expect(grave.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([])
    })
    test.for(WIDTHS)('nothing scrolls sideways at %i pixels', async (width) => {
      await page.setViewportSize({ width, height: 800 })
      await open(await path(), ready)
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      await page.setViewportSize({ width: 1280, height: 800 })
      expect(wide).toBeLessThanOrEqual(0)
    })
  })

  test('a model is approved by keyboard alone, and not without a note', async () => {
    const digest = await digestOf('resnet-clean')
    await open(`/models/${digest}`, 'resnet-clean')
    await page.getByRole('button', { name: 'Approve' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: /Approve resnet-clean/ })
    await dialog.waitFor()
    await dialog.getByRole('button', { name: 'Approve' }).focus()
    await page.keyboard.press('Enter')
    expect(await dialog.getByRole('alert').textContent()).toContain('Write a note first')
    expect((await house.registry.get(digest as never)).approvals).toBe(0)
    // The refusal put the focus into the note.
    await page.keyboard.type('Ran the evaluation; matches the card.')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('Approved resnet-clean').waitFor()
    expect((await house.registry.get(digest as never)).approvals).toBe(1)
  })

  test('Escape closes a dialog and gives the focus back', async () => {
    await open(`/models/${await digestOf('evil')}`, 'evil')
    await page.getByRole('button', { name: 'Reject' }).press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate('document.activeElement?.textContent')).toBe('Reject')
  })

  test('a viewer finds the buttons locked, each with its reason, and cannot open them', async () => {
    const viewer = await house.identity.createPrincipal({ role: 'viewer', name: 'Vi' })
    const { secret } = await house.identity.createLoginLink(viewer.id)
    const own = await browser.newContext()
    const other = await own.newPage()
    await other.goto(`${base}/login?token=${secret}`)
    // The page that comes with the link signs in by itself: leaving it before it has done so leaves nobody signed in.
    await other.getByRole('heading', { name: 'Models' }).waitFor()
    await other.goto(`${base}/models/${await digestOf('evil')}`)
    const approve = other.getByRole('button', { name: 'Approve' })
    await approve.waitFor()
    expect(await approve.getAttribute('aria-disabled')).toBe('true')
    const described = await approve.getAttribute('aria-describedby')
    expect(await other.locator(`[id="${described}"]`).textContent()).toContain('needs the role reviewer')
    await approve.press('Enter')
    expect(await other.getByRole('dialog').count()).toBe(0)
    await own.close()
  })

  test.for(['the entry', 'the path', 'the signature'])(
    'a proof with one byte of %s changed fails',
    async (what) => {
      await open('/ledger?entry=3', 'Entry 3 stands in the log.')
      await page.getByRole('radio', { name: what }).check()
      await page.getByText('This proof does not hold.').waitFor()
      expect(await page.getByText('Entry 3 stands in the log.').count()).toBe(0)
      await page.getByRole('radio', { name: 'nothing' }).check()
      await page.getByText('Entry 3 stands in the log.').waitFor()
    },
  )

  test('a stage of the picture filters the list, and the search narrows it', async () => {
    await open('/', 'sentiment-base')
    await page.getByRole('button', { name: /^revoked/ }).click()
    await page.getByText('1 of 10 models').waitFor()
    expect(await page.getByRole('row').count()).toBe(2)
    await page.getByRole('searchbox').fill('nothing is called so')
    await page.getByText('No model matches').waitFor()
  })

  test.for(THEMES)('every pair of colour roles holds its contrast in the %s theme', async (colorScheme) => {
    await page.emulateMedia({ colorScheme })
    await open('/parts', 'Colour roles')
    const ratios = await page
      .locator('[data-ratio]')
      .evaluateAll((all) =>
        all.map((one) => [Number(one.getAttribute('data-ratio')), Number(one.getAttribute('data-least'))]),
      )
    expect(ratios.length).toBeGreaterThan(20)
    for (const [ratio = 0, least = 21] of ratios) expect(ratio).toBeGreaterThanOrEqual(least)
  })

  test('a chosen theme outlives a reload', async () => {
    await page.emulateMedia({ colorScheme: 'light' })
    await open('/', 'sentiment-base')
    await page.getByRole('button', { name: 'dark theme' }).click()
    await page.reload()
    expect(await page.evaluate('document.documentElement.dataset.theme')).toBe('dark')
    await page.getByRole('button', { name: 'system theme' }).click()
  })

  test('who is not signed in sees the way in and nothing else; a bad token is refused in words', async () => {
    const own = await browser.newContext()
    const other = await own.newPage()
    await other.goto(`${base}/ledger`)
    await other.getByLabel('API token or login link').fill('spt_wrong')
    await other.getByRole('button', { name: 'Sign in' }).click()
    await other.getByText('does not know this token').waitFor()
    expect(await other.getByRole('navigation', { name: 'Main' }).count()).toBe(0)
    const { violations } = await new AxeBuilder({ page: other }).analyze()
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
    await own.close()
  })

  test('no page broke the content policy or complained', () => {
    // The one 404 that the page of an unknown model is there to show.
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
  })
})
