import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeHouse, fakeHouse, furnish } from '../dev/fake-server.ts'
import { expectSound, openBrowser, WEB_ROOT, whyNot } from './browser.ts'

const reason = whyNot()
const TOKEN = /^spt_[\w-]{43}$/

describe.skipIf(reason !== undefined && process.env.SALLYPORT_REQUIRE !== '1')(
  'the page of people in Chromium',
  { timeout: 120_000 },
  () => {
    let browser: Browser
    let house: FakeHouse
    let page: Page
    let base = ''
    const complaints: string[] = []

    const signIn = async (id: string): Promise<Page> => {
      const context = await browser.newContext({
        ...{ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' },
        permissions: ['clipboard-read', 'clipboard-write'],
      })
      const its = await context.newPage()
      its.on('pageerror', (error) => complaints.push(error.message))
      its.on('console', (message) => {
        if (message.type() === 'error' && !message.text().includes('401')) complaints.push(message.text())
      })
      await its.goto(`${base}/login?token=${(await house.identity.createLoginLink(id)).secret}`)
      await its.getByRole('heading', { name: 'Models' }).waitFor()
      return its
    }
    const row = (name: string) => page.getByRole('row').filter({ hasText: name })
    const all = async () => (await house.identity.principals(undefined, 200)).items
    const tokensOf = async (name: string) => {
      const id = (await all()).find((one) => one.name === name)?.id
      return (await house.identity.tokens(id, undefined, 200)).items
    }
    const mayEnter = (secret: string) =>
      fetch(`${base}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } }).then(
        ({ status }) => status,
      )
    const look = (name: string) => expectSound(page, name)
    const shownToken = async (of: string): Promise<string> => {
      const dialog = page.getByRole('dialog', { name: `The token of ${of}` })
      await dialog.getByText('shown this once').waitFor()
      return dialog.getByRole('textbox').inputValue()
    }

    beforeAll(async () => {
      house = await fakeHouse({ webRoot: WEB_ROOT })
      const ada = await furnish(house)
      const ben = (await all()).find((one) => one.name === 'Ben')
      await house.identity.createPrincipal({ role: 'deployer', name: 'release-bot', owner: ben?.id ?? '' })
      const old = await house.identity.createPrincipal({ role: 'reviewer', name: 'Olga, who left' })
      await house.identity.disablePrincipal(old.id)
      base = (await house.server.listen({ host: '127.0.0.1', port: 0 })).url
      browser = await openBrowser()
      page = await signIn(ada)
      await page.getByRole('link', { name: 'People' }).click()
      await page.getByRole('region', { name: 'People' }).waitFor()
    })
    afterAll(async () => {
      await browser?.close()
      await house?.server.close()
    })

    test('it names everyone, whose a program is, and who is shut out', async () => {
      expect(await row('release-bot').textContent()).toMatch(/deployer.*Ben/)
      expect(await row('Olga').textContent()).toContain('shut out')
      expect(await row('Olga').getByRole('button').count()).toBe(0)
      expect(await page.getByRole('row').last().textContent()).toContain('Olga')
      await page.getByRole('searchbox').fill('ben')
      await page.getByText('2 of 5 principals').waitFor()
      await page.getByRole('searchbox').fill('nobody is called so')
      await page.getByText('Nobody matches').waitFor()
      await page.getByRole('searchbox').fill('')
    })

    test('a person is added by keyboard alone; their token is shown once and opens the door', async () => {
      await page.getByRole('button', { name: 'Add a person' }).focus()
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog', { name: 'Add a person' })
      await dialog.waitFor()
      await look('people-add')
      await dialog.getByRole('button', { name: 'Add', exact: true }).press('Enter')
      expect(await dialog.getByRole('alert').textContent()).toContain('Give a name first')
      // The refusal put the focus into the name.
      await page.keyboard.type('Grace')
      await page.keyboard.press('Enter')
      const secret = await shownToken('Grace')
      expect(secret).toMatch(TOKEN)
      await look('people-token')
      await page.keyboard.press('Escape')
      expect(await shownToken('Grace')).toBe(secret)
      await page.getByRole('button', { name: 'Copy' }).press('Enter')
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(secret)
      await page.getByRole('button', { name: 'I have it' }).press('Enter')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect(await page.content()).not.toContain(secret)
      await expect.poll(() => page.evaluate('document.activeElement?.textContent')).toBe('Add a person')
      expect((await all()).find((one) => one.name === 'Grace')?.role).toBe('reviewer')
      expect(await mayEnter(secret)).toBe(200)
      await row('Grace').getByText('first token', { exact: true }).waitFor()
    })

    test('a program of hers counts as her, and is offered no role that a token of its own could not have', async () => {
      await page.getByRole('button', { name: 'Add a person' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Name').fill('grace-ci')
      await dialog.getByLabel('Role').selectOption('contributor')
      await dialog.getByLabel('Owner').selectOption({ label: 'Grace' })
      await dialog.getByRole('button', { name: 'Add', exact: true }).click()
      await shownToken('grace-ci')
      await page.getByRole('button', { name: 'I have it' }).click()
      await row('grace-ci').waitFor()
      const people = await all()
      const grace = people.find((one) => one.name === 'Grace')
      expect(people.find((one) => one.name === 'grace-ci')).toMatchObject({
        role: 'contributor',
        owner: grace?.id,
      })
      await row('grace-ci').getByRole('button', { name: 'New token' }).click()
      const offered = await page.getByRole('dialog').getByRole('option').allTextContents()
      expect(offered).toEqual(['contributor', 'viewer'])
      await page.keyboard.press('Escape')
    })

    test('a further token is narrower and ends; revoked after a question, it opens nothing', async () => {
      await row('Cy').getByRole('button', { name: 'New token for Cy' }).click()
      const dialog = page.getByRole('dialog', { name: 'A new token for Cy' })
      await dialog.getByLabel('What it is for').fill('laptop')
      await dialog.getByLabel('Role').selectOption('viewer')
      await dialog.getByLabel(/^Last day/).fill('2130-01-01')
      await look('people-new-token')
      await dialog.getByRole('button', { name: 'Make it' }).click()
      const secret = await shownToken('Cy')
      await page.getByRole('button', { name: 'I have it' }).click()
      expect(await tokensOf('Cy')).toMatchObject([
        { label: 'laptop', role: 'viewer', expiresAt: '2130-01-01T23:59:59.999Z' },
      ])
      expect(await mayEnter(secret)).toBe(200)
      const revoke = page.getByRole('button', { name: 'Revoke the token laptop of Cy' })
      await revoke.press('Enter')
      await page.getByRole('dialog', { name: 'Revoke the token laptop of Cy' }).waitFor()
      await look('people-revoke')
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      expect(await mayEnter(secret)).toBe(200)
      await expect.poll(() => revoke.evaluate((own) => own === own.ownerDocument.activeElement)).toBe(true)
      await revoke.press('Enter')
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).press('Enter')
      await page.getByText('The token laptop is revoked.').waitFor()
      expect(await mayEnter(secret)).toBe(401)
      await row('Cy').getByText('1 token revoked or expired').click()
      await row('Cy').getByText('laptop').waitFor()
      await look('people')
    })

    test('a login link is made after a question, and signs in once', async () => {
      await row('Ben').getByRole('button', { name: 'Login link for Ben' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Make the link' }).click()
      const dialog = page.getByRole('dialog', { name: 'The login link of Ben' })
      await dialog.waitFor()
      const url = await dialog.getByRole('textbox').inputValue()
      await dialog.getByRole('button', { name: 'I have it' }).click()
      expect((await fetch(url, { redirect: 'manual' })).status).toBe(303)
      expect((await fetch(url, { redirect: 'manual' })).status).toBe(401)
    })

    test('somebody is shut out after a question; oneself cannot be', async () => {
      const own = page.getByRole('button', { name: 'Shut out Ada' })
      expect(await own.getAttribute('aria-disabled')).toBe('true')
      await page.getByRole('button', { name: 'Shut out grace-ci' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Shut out for good' }).click()
      await row('grace-ci').getByText('shut out').first().waitFor()
      expect((await all()).find((one) => one.name === 'grace-ci')?.disabledAt).toBeDefined()
    })

    test('a list that fails is told, and not shown as empty', async () => {
      await page.route('**/api/v1/tokens?*', (route) =>
        route.fulfill({ status: 500, contentType: 'text/plain', body: 'no' }),
      )
      await page.reload()
      await page
        .getByRole('alert')
        .filter({ hasText: 'The platform answered 500' })
        .waitFor({ timeout: 30_000 })
      expect(await page.getByRole('table').count()).toBe(0)
      await page.unroute('**/api/v1/tokens?*')
      await page.getByRole('button', { name: 'Try again' }).click()
      await page.getByRole('region', { name: 'People' }).waitFor()
      complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes('500')))
    })

    test('who may not administer finds no such place, and on the page the reason', async () => {
      const viewer = await house.identity.createPrincipal({ role: 'viewer', name: 'Vi' })
      const own = page
      page = await signIn(viewer.id)
      expect(await page.getByRole('link', { name: 'People' }).count()).toBe(0)
      await page.goto(`${base}/people`)
      await page.getByText('It needs the role admin; you are signed in as viewer.').waitFor()
      await look('people-viewer')
      await page.goto(`${base}/import`)
      await page.getByText('This needs the role contributor; you are signed in as viewer.').waitFor()
      await look('import-viewer')
      await page.close()
      page = own
    })

    test('no page broke the content policy or complained', () => {
      expect(complaints).toEqual([])
    })
  },
)
