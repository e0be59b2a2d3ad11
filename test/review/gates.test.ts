import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Digest, Outcome } from '../../src/ground/domain/index.ts'
import { startLocalHub } from '../hub/local-hub.ts'
import { openTestFirewall } from '../hub/open-firewall.ts'

let hub: Awaited<ReturnType<typeof startLocalHub>>
beforeAll(async () => {
  hub = await startLocalHub()
  hub.push('org/evil', 'main', { 'config.json': '{}', 'evil.bin': 'x' })
  hub.push('org/fine', 'main', { 'config.json': '{}' })
})
afterAll(() => hub.close())

test.for(['enforce', 'warn', 'observe'] as const)(
  'in the mode %s the hub tells of everyone whom the policy holds back, and of nobody else',
  { timeout: 60_000 },
  async (mode) => {
    const home = mkdtempSync(join(tmpdir(), 'sallyport-gate-'))
    const told: { digest: Digest; outcome: Outcome; who: string; source: string }[] = []
    const house = await openTestFirewall({
      ...{ home, hub: hub.url, mode },
      judge: (name) => (name.includes('evil') ? 'malicious' : 'clean'),
      heldBack: ({ digest, decision, actor, source }) =>
        told.push({ digest, outcome: decision.outcome, who: actor.principalId, source }),
    })
    const ask = async (repo: string) => {
      for (;;) {
        const answer = await fetch(`${house.url}/${repo}/resolve/main/config.json`)
        await answer.arrayBuffer()
        if (answer.status !== 503) return answer.status
      }
    }
    expect(await ask('org/fine')).toBe(200)
    expect(told).toEqual([])
    expect(await ask('org/evil')).toBe(mode === 'enforce' ? 404 : 200)
    expect(told.length).toBeGreaterThan(0)
    expect(told[0]).toMatchObject({
      ...{ outcome: 'deny', who: 'anybody' },
      source: expect.stringMatching(/^.+\/org\/evil@[0-9a-f]{40}$/),
    })
    await house.close()
    rmSync(home, { recursive: true, force: true })
  },
)
