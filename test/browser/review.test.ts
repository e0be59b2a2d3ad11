import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FAKE_DIFFERENCES } from '../dev/fake-differences.ts'
import { type FakeHouse, fakeHouse } from '../dev/fake-server.ts'
import { type FurnishedQueue, furnishQueue, judgeQueue } from '../dev/furnish-queue.ts'
import { openBrowser, WEB_ROOT, whyNot } from './browser.ts'

/** Both themes in a whole run, as in the other browser tests; the contrast of every pair of roles is held in both always. */
const AXE_THEMES = process.env.SALLYPORT_FULL === '1' ? (['light', 'dark'] as const) : (['dark'] as const)
/** In a whole run. */
const WIDTHS = process.env.SALLYPORT_FULL === '1' ? [1280, 1024] : []
const reason = whyNot()
const NAME = 'acme-nlp/support-bert'

describe.skipIf(reason !== undefined && process.env.SALLYPORT_REQUIRE !== '1')(
  'the review queue in Chromium',
  { timeout: 120_000 },
  () => {
    let browser: Browser
    let house: FakeHouse
    let queue: FurnishedQueue
    let base = ''
    let context: BrowserContext
    let page: Page
    const complaints: string[] = []

    beforeAll(async () => {
      house = await fakeHouse({
        webRoot: process.env.SALLYPORT_WEB_ROOT ?? WEB_ROOT,
        judge: judgeQueue,
        compare: {
          between: async (before, after) => ({
            before: { digest: before, name: NAME },
            after: { digest: after, name: NAME },
            ...FAKE_DIFFERENCES,
          }),
        },
      })
      queue = await furnishQueue(house)
      base = (await house.server.listen({ host: '127.0.0.1', port: 0 })).url
      browser = await openBrowser()
      context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
      page = await context.newPage()
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(error.message))
      await signIn(page, queue.ada)
    })
    afterAll(async () => {
      await browser?.close()
      await house?.server.close()
    })

    const signIn = async (on: Page, who: string) => {
      const { secret } = await house.identity.createLoginLink(who)
      await on.goto(`${base}/login?token=${secret}`)
      await on.getByRole('heading', { name: 'Models' }).waitFor()
    }
    const open = async (path: string, ready: string) => {
      await page.goto(`${base}${path}`)
      await page.getByText(ready).first().waitFor()
      await page.waitForLoadState('networkidle')
    }
    const caseOf = (digest: string) => house.review.get(digest as never, READER)
    const graves = async () => {
      const { violations } = await new AxeBuilder({ page }).analyze()
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => [id, nodes.map((node) => node.html)])
    }
    const READER = { principalId: 'nobody', owner: 'nobody', mayReview: true }

    const PAGES: readonly (readonly [string, () => string, string])[] = [
      ['queue', () => '/review', NAME],
      ['answered', () => '/review?view=rejected', 'llama-uncensored'],
      ['case', () => `/review/${queue.evil}`, 'bit for bit the same'],
      ['first of its line', () => `/review/${queue.pickle}`, 'judged by itself'],
      ['hub', () => '/hub', NAME],
      ['policy', () => '/policy', 'Two approvals'],
      ['receivers', () => `/models/${queue.approved}?tab=receivers`, 'received files'],
      ['unknown case', () => `/review/sha256:${'0'.repeat(64)}`, 'No such case'],
    ]

    describe.for(PAGES)('%s page', ([, path, ready]) => {
      test.for(AXE_THEMES)('axe finds nothing serious in the %s theme', async (colorScheme) => {
        await page.emulateMedia({ colorScheme })
        await open(path(), ready)
        expect(await graves()).toEqual([])
      })
      test.for(WIDTHS)('nothing scrolls sideways at %i pixels', async (width) => {
        await page.setViewportSize({ width, height: 800 })
        await open(path(), ready)
        const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
        await page.setViewportSize({ width: 1280, height: 800 })
        expect(wide).toBeLessThanOrEqual(0)
      })
    })

    test('what is overdue stands first and says so in a word, not in a colour alone', async () => {
      await open('/review', NAME)
      const first = page.getByRole('row').nth(1)
      expect(await first.textContent()).toContain('tinylab/whisper-call-centre')
      expect(await first.textContent()).toMatch(/overdue.*was due 2 days ago/)
      await page.getByRole('button', { name: /^overdue/ }).click()
      await page.getByText('1 of 8 cases').waitFor()
      expect(await page.getByRole('row').count()).toBe(2)
    })

    test('a view and an owner stand in the address, and the names of those who asked are told to an admin', async () => {
      await open('/review', NAME)
      await page.getByRole('button', { name: 'Mine' }).click()
      await page.getByRole('row').filter({ hasText: 'minilm-pickle' }).waitFor()
      expect(await page.getByRole('row').count()).toBe(2)
      expect(new URL(page.url()).searchParams.get('owner')).toBe('me')
      await page.reload()
      await page.getByRole('row').filter({ hasText: 'minilm-pickle' }).waitFor()
      expect(await page.getByRole('row').nth(1).textContent()).toContain('Cy Tanaka')
      await page.getByRole('button', { name: 'All' }).click()
      await page.getByRole('searchbox').fill('nothing is called so')
      await page.getByText('No case matches').waitFor()
    })

    test('a case shows the differences with signs and words, in a picture and as a table', async () => {
      await open(`/review/${queue.evil}`, 'bit for bit the same')
      const text = (await page.getByRole('main').textContent()) ?? ''
      for (const word of ['posix.system', 'new here', 'no longer', 'apache-2.0', 'pay-fast.example'])
        expect(text).toContain(word)
      const bars = page.getByRole('list', { name: 'Changed tensors, the largest change first' })
      expect(await bars.getByRole('listitem').count()).toBe(14)
      expect(await bars.getByRole('listitem').nth(3).textContent()).toMatch(/11\.output.*187 % *rewritten/)
      await page.getByRole('button', { name: 'table' }).click()
      const table = page.getByRole('region', { name: 'Changed tensors' })
      expect(await table.getByRole('row').count()).toBe(15)
      expect(await table.textContent()).toContain('14×768 → 15×768')
      const added = page.getByText("new: {{ message['content'] }}")
      expect(await added.count(), 'a reader by ear hears the sign').toBe(1)
    })

    test('a case is taken from the queue by keyboard, and is then in nobody’s list but one’s own', async () => {
      await open('/review?owner=nobody', NAME)
      await page.getByRole('button', { name: `Take ${NAME}` }).focus()
      await page.keyboard.press('Enter')
      await page.getByText(`${NAME} is yours to answer.`).waitFor()
      expect((await caseOf(queue.evil)).owner).toBe(queue.ada)
      await page.getByRole('row').filter({ hasText: NAME }).waitFor({ state: 'detached' })
    })

    test('an import is refused by keyboard, not without a note, and its ledger entry is one click away', async () => {
      await open(`/review/${queue.evil}`, 'bit for bit the same')
      await page.getByRole('button', { name: 'Reject' }).focus()
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog', { name: `Reject ${NAME}` })
      await dialog.waitFor()
      expect(await graves()).toEqual([])
      await dialog.getByRole('button', { name: 'Reject' }).press('Enter')
      expect(await dialog.getByRole('alert').textContent()).toContain('Write a note first')
      expect((await caseOf(queue.evil)).answers).toEqual([])
      await page.keyboard.type('Starts a program, and the template sells something.')
      await dialog.getByRole('button', { name: 'Reject' }).press('Enter')
      await dialog.waitFor({ state: 'detached' })
      const { state, answers } = await caseOf(queue.evil)
      expect([state, answers[0]?.note]).toEqual([
        'rejected',
        'Starts a program, and the template sells something.',
      ])
      await page.getByRole('link', { name: `ledger entry ${answers[0]?.index} of rejected` }).click()
      await page.getByText(`Entry ${answers[0]?.index} stands in the log.`).waitFor()
    })

    test('an import is approved under conditions, which stand with the answer', async () => {
      await open(`/review/${queue.pickle}`, 'judged by itself')
      await page.getByRole('button', { name: 'Approve' }).press('Enter')
      const dialog = page.getByRole('dialog', { name: /^Approve/ })
      await dialog.getByLabel(/^Note/).fill('Converted, compared, evaluated.')
      await dialog.getByLabel('while every weight file is safetensors').check()
      await dialog.getByLabel(/^for the bytes of commit/).check()
      await dialog.getByLabel('until the end of').check()
      await dialog.getByLabel('Last day (UTC)').fill('2130-01-31')
      expect(await graves()).toEqual([])
      await dialog.getByRole('button', { name: 'Approve' }).press('Enter')
      await dialog.waitFor({ state: 'detached' })
      await page.getByText('Only until 2130-01-31 23:59:59 UTC.').waitFor()
      const { state, answers, source } = await caseOf(queue.pickle)
      expect(state).toBe('approved')
      expect(answers[0]?.conditions).toEqual({
        safetensorsOnly: true,
        commit: source?.slice(-40),
        until: '2130-01-31T23:59:59.999Z',
      })
    })

    test('whoever asked may not approve, and is told why; a deadline is moved', async () => {
      const own = await browser.newContext()
      const other = await own.newPage()
      await signIn(other, queue.ben)
      await other.goto(`${base}/review/${queue.overdue}`)
      const approve = other.getByRole('button', { name: 'Approve' })
      await approve.waitFor()
      expect(await approve.getAttribute('aria-disabled')).toBeNull()
      await other.getByRole('button', { name: 'Move the deadline' }).click()
      const dialog = other.getByRole('dialog')
      await dialog.getByLabel('Last day (UTC)').fill('2130-01-31')
      await dialog.getByRole('button', { name: 'Move it' }).click()
      await dialog.waitFor({ state: 'detached' })
      expect((await caseOf(queue.overdue)).overdue).toBe(false)
      // Ben himself came for this one.
      await other.goto(`${base}/review/${queue.evil}`)
      await approve.waitFor()
      const described = await approve.getAttribute('aria-describedby')
      expect(await other.locator(`[id="${described}"]`).textContent()).toContain(
        'You asked for this model yourself',
      )
      await own.close()
    })

    test('an empty queue says what would fill it', async () => {
      const empty = await fakeHouse({ webRoot: process.env.SALLYPORT_WEB_ROOT ?? WEB_ROOT })
      const { id } = await empty.identity.createPrincipal({ role: 'viewer', name: 'Vi' })
      const { url } = await empty.server.listen({ host: '127.0.0.1', port: 0 })
      const own = await browser.newContext()
      const other = await own.newPage()
      const { secret } = await empty.identity.createLoginLink(id)
      await other.goto(`${url}/login?token=${secret}`)
      await other.getByRole('heading', { name: 'Models' }).waitFor()
      await other.getByRole('link', { name: 'Review queue' }).click()
      await other.getByText('Nothing waits between the doors').waitFor()
      await other.getByRole('link', { name: 'How to put the hub behind the gate' }).click()
      await other.getByText(`export HF_ENDPOINT=${url}`).waitFor()
      await own.close()
      await empty.server.close()
    })

    test('no page broke the content policy or complained', () => {
      // The one 404 that the page of an unknown case is there to show.
      expect(complaints.filter((text) => !text.includes('404'))).toEqual([])
    })
  },
)
