import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

const CHROMIUM = '/usr/bin/chromium'
export const WEB_ROOT = fileURLToPath(new URL('../../web/dist', import.meta.url))

export const THEMES = ['light', 'dark'] as const
/** Both themes in a whole run (`SALLYPORT_FULL=1`, as CI has it); contrast is held in both always, on the page of parts. */
export const AXE_THEMES = process.env.SALLYPORT_FULL === '1' ? THEMES : (['light'] as const)

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why the browser tests cannot run here, or undefined when they can. */
export function whyNot(): string | undefined {
  if (!existsSync(CHROMIUM)) return `${CHROMIUM} is absent (apt-get install chromium)`
  if (!existsSync(`${WEB_ROOT}/index.html`)) return 'web/dist is absent (npm run build -w web)'
  return undefined
}

/** Debian's Chromium, headless. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGS })
}

/** Holds a page to what every page keeps: axe finds nothing at all, and nothing scrolls sideways. Takes pictures where told to. */
export async function expectSound(page: Page, name: string): Promise<void> {
  const folder = process.env.SALLYPORT_SCREENSHOTS
  for (const colorScheme of folder === undefined ? AXE_THEMES : THEMES) {
    await page.emulateMedia({ colorScheme })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([])
    if (folder !== undefined)
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), fullPage: true })
  }
  const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  expect(wide).toBeLessThanOrEqual(0)
}
