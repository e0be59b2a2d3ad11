import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type FakeHouse, fakeHouse } from '../dev/fake-server.ts'
import { startWholeServer, type WholeServer } from '../hub/whole-server.ts'
import { expectSound, openBrowser, WEB_ROOT, whyNot } from './browser.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAIN = join(ROOT, 'src/main.ts')
const EXAMPLE = join(ROOT, 'examples/models/digits-encoder')
/** What `sallyport import` says of that folder: docs/guide/first-model.md. */
const EXAMPLE_DIGEST = 'cc9734545706'
/** Protocol 0, by hand: imports os.system and calls it with one constant. */
const EVIL = "cos\nsystem\n(S'echo pwned > /dev/null'\ntR."
/** Bytes; a hole on the disk. At the speed below it takes half a minute. */
const LARGE = 64 * 2 ** 20
/** Bytes a second. */
const SLOW = 2 * 2 ** 20

const reason = whyNot()

/** Makes sending slow until the session is detached. */
async function slow(page: Page) {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', {
    ...{ offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: SLOW },
  })
  return session
}

describe.skipIf(reason !== undefined && process.env.SALLYPORT_REQUIRE !== '1')(
  'bringing a model in, before a real server and in Chromium',
  { timeout: 120_000 },
  () => {
    let home = ''
    let files = ''
    let roots = ''
    let server: WholeServer
    let browser: Browser
    let page: Page
    const complaints: string[] = []

    const addPerson = (name: string, role: string): string => {
      const env = { ...process.env, SALLYPORT_HOME: home }
      const said = execFileSync(process.execPath, [MAIN, 'people', 'add', name, '--role', role], { env })
      return /shown this once: (\S+)/.exec(said.toString())?.[1] ?? ''
    }
    const signIn = async (token: string): Promise<Page> => {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        reducedMotion: 'reduce',
      })
      const its = await context.newPage()
      its.on('pageerror', (error) => complaints.push(error.message))
      its.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      await its.goto(server.url)
      await its.getByLabel('API token or login link').fill(token)
      await its.getByRole('button', { name: 'Sign in' }).click()
      await its.getByRole('heading', { name: 'Models' }).waitFor()
      return its
    }
    const file = (name: string, bytes: string | Buffer): string => {
      const path = join(files, name)
      writeFileSync(path, bytes)
      return path
    }
    const choose = (what: 'files' | 'folder', paths: string | string[]) =>
      page.locator(`input[data-choice="${what}"]`).setInputFiles(paths)
    const send = () => page.getByRole('button', { name: 'Take it into quarantine' }).click()
    const names = async () => {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Models' }).click()
      await page.getByRole('heading', { name: 'Models', exact: true }).waitFor()
      await page.waitForLoadState('networkidle')
      return page.getByRole('region', { name: 'Models' }).getByRole('row').allTextContents()
    }
    const uploads = () => readdirSync(join(home, 'quarantine', 'uploads'))
    const look = (name: string) => expectSound(page, name)

    beforeAll(async () => {
      home = mkdtempSync(join(tmpdir(), 'sallyport-import-'))
      files = join(home, 'on-my-disk')
      roots = join(home, 'models-here')
      mkdirSync(files)
      mkdirSync(roots)
      const ada = addPerson('Ada', 'admin')
      const vi = addPerson('Vi', 'viewer')
      server = await startWholeServer(home, 'http://127.0.0.1:1', { SALLYPORT_IMPORT_ROOTS: roots })
      browser = await openBrowser()
      const other = await signIn(vi)
      const button = other.getByRole('button', { name: 'Bring in a model' })
      expect(await button.getAttribute('aria-disabled')).toBe('true')
      await other.close()
      page = await signIn(ada)
    }, 120_000)
    afterAll(async () => {
      await browser?.close()
      await server?.close()
      rmSync(home, { recursive: true, force: true })
    })
    beforeEach(async () => {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Models' }).click()
      await page.getByRole('link', { name: 'Bring in a model' }).click()
      await page.getByRole('heading', { name: 'Bring in a model' }).waitFor()
      await page.getByText('Drop files or a folder here').waitFor()
    })

    test('nothing can be sent before something is chosen, and the button says so', async () => {
      const button = page.getByRole('button', { name: 'Take it into quarantine' })
      const described = await button.getAttribute('aria-describedby')
      expect(await page.locator(`[id="${described}"]`).textContent()).toContain('Choose or drop the files')
      await look('import-empty')
    })

    test('a folder is the same model as on the command line, and one comes to its page', async () => {
      await choose('folder', EXAMPLE)
      await page.getByText('in the folder digits-encoder').waitFor()
      expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('digits-encoder')
      await look('import-chosen')
      await send()
      await page.getByRole('heading', { name: 'digits-encoder' }).waitFor()
      expect(decodeURIComponent(page.url())).toContain(`sha256:${EXAMPLE_DIGEST}`)
      await page.getByText('its verdict is clean').waitFor()
      expect(uploads()).toEqual([])
    })

    test('one file goes as it is, and what runs code when it is loaded is told so', async () => {
      await choose('files', file('from-a-forum.pkl', EVIL))
      await send()
      await page.getByRole('heading', { name: 'from-a-forum.pkl' }).waitFor()
      await page.getByText('its verdict is malicious').waitFor()
    })

    test('several files need a name; one can be left out; all of it by keyboard alone', async () => {
      await choose('files', [file('config.json', '{"model_type": "bert"}'), file('größe 模型.json', '{}')])
      await choose('files', file('surplus.txt', 'left out'))
      const button = page.getByRole('button', { name: 'Take it into quarantine' })
      expect(await button.getAttribute('aria-disabled')).toBe('true')
      await page.getByRole('button', { name: 'Leave out surplus.txt' }).press('Enter')
      await page.getByText('2 files, 24 B').waitFor()
      await page.getByLabel('Name', { exact: true }).focus()
      await page.keyboard.type('two files')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'two files' }).waitFor()
      await page.getByRole('tab', { name: /files/ }).click()
      await page.getByText('größe 模型.json').first().waitFor()
    })

    test('what is dropped is chosen', async () => {
      // As text: the browser's own types are not those of this test.
      const data = await page.evaluateHandle(`(() => {
        const dropped = new DataTransfer()
        dropped.items.add(new File(['{"model_type": "t5"}'], 'config.json'))
        return dropped
      })()`)
      const area = page.getByRole('region', { name: 'Files of the model' })
      await area.dispatchEvent('dragover', { dataTransfer: data })
      await area.dispatchEvent('drop', { dataTransfer: data })
      await page.getByText('1 file, 20 B').waitFor()
    })

    test('a folder that is dropped is the same model as one that is chosen', async () => {
      const session = await page.context().newCDPSession(page)
      const area = await page.getByRole('region', { name: 'Files of the model' }).boundingBox()
      const [x, y] = [(area?.x ?? 0) + 40, (area?.y ?? 0) + 40]
      const data = { items: [], files: [EXAMPLE], dragOperationsMask: 1 }
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
        await session.send('Input.dispatchDragEvent', { type, x, y, data })
      await session.detach()
      await page.getByText('3 files, 9.94 KiB in the folder digits-encoder').waitFor()
      await send()
      await page.getByText('These very bytes had come in before').waitFor()
      expect(decodeURIComponent(page.url())).toContain(`sha256:${EXAMPLE_DIGEST}`)
    })

    test('who leaves the page while it is sent, stops it', async () => {
      const session = await slow(page)
      const path = file('left.safetensors', '')
      truncateSync(path, LARGE)
      await choose('files', path)
      await send()
      await expect.poll(uploads).toHaveLength(1)
      await page.getByRole('link', { name: 'Ledger' }).click()
      await page.getByText('You left the page while it was being sent.').waitFor()
      await session.detach()
      await expect.poll(uploads, { timeout: 20_000 }).toEqual([])
      expect((await names()).join()).not.toContain('left')
    })

    test('an upload shows its bytes; cancelled, nothing of it stays', async () => {
      const path = file('large.safetensors', '')
      truncateSync(path, LARGE)
      const session = await slow(page)
      await choose('files', [path, file('config.json', '{}')])
      await page.getByLabel('Name', { exact: true }).fill('large')
      await send()
      const bar = page.getByRole('progressbar', { name: 'Sent' })
      await expect
        .poll(async () => Number(await bar.getAttribute('aria-valuenow')), { timeout: 30_000 })
        .toBeGreaterThan(3)
      await expect.poll(uploads).toHaveLength(1)
      await look('import-sending')
      await page.getByRole('button', { name: 'Cancel' }).press('Enter')
      await page.getByText('Stopped. Nothing of it was kept.').waitFor()
      await session.detach()
      await expect.poll(uploads, { timeout: 20_000 }).toEqual([])
      expect((await names()).join()).not.toContain('large')
    })

    test('a lost connection says what to do, and the choice is still there to send again', async () => {
      await page.route('**/api/v1/models?filename=*', (route) => route.abort('connectionreset'))
      await choose('files', file('config-2.json', '{"model_type": "opt"}'))
      await send()
      await page.getByText('The connection was lost').waitFor()
      await page.getByText(/See that the server runs/).waitFor()
      await look('import-failed')
      await page.unroute('**/api/v1/models?filename=*')
      await send()
      await page.getByRole('heading', { name: 'config-2.json' }).waitFor()
      complaints.length = 0
    })

    test('a name that the platform refuses is refused before anything is sent; a broken archive after', async () => {
      await choose('files', file('back\\slash.bin', 'x'))
      await page.getByRole('alert').filter({ hasText: 'holds a backslash' }).waitFor()
      await page.getByRole('button', { name: 'Choose anew' }).click()
      await choose('files', file('broken.tar', 'this is no tar at all'))
      await page.getByText('The archive is opened in quarantine').waitFor()
      await send()
      const alert = page.getByRole('alert').filter({ hasText: 'broken.tar' })
      await alert.waitFor()
      expect(await alert.textContent()).not.toContain(home)
      await page.getByText('Nothing of it was kept. Mend what is named above').waitFor()
      expect(uploads()).toEqual([])
      expect(complaints.filter((text) => !text.includes('400'))).toEqual([])
      complaints.length = 0
    })

    test('a path of the server is taken from there, and no path elsewhere can be asked for', async () => {
      writeFileSync(join(roots, 'here.json'), '{"model_type": "gpt2"}')
      const field = page.getByLabel('Path on the server')
      await field.fill('/etc/passwd')
      const button = page.getByRole('button', { name: 'Take it from there' })
      expect(await button.getAttribute('aria-disabled')).toBe('true')
      await field.fill(join(roots, 'here.json'))
      await field.press('Enter')
      await page.getByRole('heading', { name: 'here.json' }).waitFor()
    })

    test('no page broke the content policy or complained', () => {
      expect(complaints).toEqual([])
    })
  },
)

describe.skipIf(reason !== undefined && process.env.SALLYPORT_REQUIRE !== '1')(
  'bringing a model in, when the platform fails',
  { timeout: 120_000 },
  () => {
    let browser: Browser
    let house: FakeHouse
    let page: Page
    let base = ''
    let relay: Server
    /** What runs between the browser and the server. */
    const wires = new Set<Socket>()
    const cut = () => {
      for (const wire of wires) wire.destroy()
    }

    beforeAll(async () => {
      house = await fakeHouse({ webRoot: WEB_ROOT, config: { maxUploadBytes: 2000 } })
      const { id } = await house.identity.createPrincipal({ role: 'contributor', name: 'Cy' })
      const { port } = await house.server.listen({ host: '127.0.0.1', port: 0 })
      relay = createServer((near) => {
        const far = connect(port, '127.0.0.1')
        for (const socket of [near, far]) wires.add(socket.on('error', () => socket.destroy()))
        near.pipe(far).pipe(near)
      })
      await new Promise<void>((done) => relay.listen(0, '127.0.0.1', done))
      base = `http://127.0.0.1:${(relay.address() as AddressInfo).port}`
      browser = await openBrowser()
      page = await browser.newPage()
      await page.goto(`${base}/login?token=${(await house.identity.createLoginLink(id)).secret}`)
      await page.getByRole('heading', { name: 'Models' }).waitFor()
    })
    afterAll(async () => {
      await browser?.close()
      cut()
      relay?.close()
      await house?.server.close()
    })
    const choose = async (name: string, size: number) => {
      await page.goto(`${base}/import`)
      const buffer = Buffer.alloc(size, name)
      const input = page.locator('input[data-choice="files"]')
      await input.setInputFiles({ name, mimeType: 'application/octet-stream', buffer })
    }
    const send = () => page.getByRole('button', { name: 'Take it into quarantine' }).click()

    test('what is too large is told before it is sent; who may not name paths of the server is not asked for one', async () => {
      await choose('large.bin', 2001)
      await page.getByRole('alert').filter({ hasText: 'an upload holds at most 1.95 KiB' }).waitFor()
      const button = page.getByRole('button', { name: 'Take it into quarantine' })
      expect(await button.getAttribute('aria-disabled')).toBe('true')
      expect(await page.getByText('It lies on the server already').count()).toBe(0)
    })

    test('a model that came in and could not be assessed is one click away', async () => {
      const { assess } = house.registry
      house.registry.assess = () => Promise.reject(new Error('the scanner is gone'))
      await choose('unseen.safetensors', 1000)
      await send()
      await page.getByText('The model is in quarantine, whole, and was not assessed.').waitFor()
      house.registry.assess = assess
      await page.getByRole('link', { name: 'Assess it on its page' }).click()
      await page.getByRole('button', { name: 'Assess' }).click()
      await page.getByText('Assessed unseen').waitFor()
    })

    test('when no answer comes although all was sent, nothing is promised', async () => {
      const { importModel } = house.registry
      house.registry.importModel = () => new Promise(() => undefined)
      await choose('silent.safetensors', 1001)
      await send()
      await page.getByRole('listitem').filter({ hasText: 'Taking in' }).getByText('so far').waitFor()
      expect(await page.getByRole('button', { name: 'Cancel' }).count()).toBe(0)
      // The browser sends it once more by itself, and is told that the first still runs.
      cut()
      await page.getByText('it may have been taken in whole').waitFor()
      house.registry.importModel = importModel
    })
  },
)
