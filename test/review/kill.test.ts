import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Digest } from '../../src/ground/domain/index.ts'
import { fsck } from '../../src/trust/ledger/index.ts'
import { someone } from '../e2e/open-room.ts'
import { ONE_PERSON, openTestQueue } from './open-queue.ts'

/** Kills in a whole run (`SALLYPORT_FULL=1`, as CI has it), and in a user's. */
const KILLS = process.env.SALLYPORT_FULL === '1' ? 15 : 2
const CHILD = join(import.meta.dirname, 'queue-child.ts')

/** Lines that a child wrote before it was killed, after the n-th of them and a little. */
function runAndKill(home: string, round: number, lines: number): Promise<readonly string[]> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [CHILD, home, String(round)], { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    child.stderr.on('data', (chunk) => {
      err += String(chunk)
    })
    child.stdout.on('data', (chunk) => {
      out += String(chunk)
      if (out.split('\n').length > lines) setTimeout(() => child.kill('SIGKILL'), Math.random() * 30)
    })
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') done(out.split('\n').slice(0, -1))
      else failed(new Error(`the child ended by itself with ${code}: ${err}`))
    })
  })
}

test(`${KILLS} kills while cases are opened, taken and answered: what was said to be done is done`, {
  timeout: 300_000,
}, async () => {
  const home = mkdtempSync(join(tmpdir(), 'sallyport-review-kill-'))
  for (let round = 0; round < KILLS; round += 1) {
    const lines = await runAndKill(home, round, 1 + round)
    const house = await openTestQueue({ home, policy: ONE_PERSON, channels: ['webhook'] })
    await house.queue.keepUp()
    for (const line of lines) {
      const [word, digest, asker] = line.split(' ') as [string, Digest, string | undefined]
      const detail = await house.queue.get(digest, { ...someone(asker ?? 'dora'), mayReview: true })
      if (word === 'opened') {
        expect(detail.requesters.map((one) => one.principalId)).toEqual([asker])
        // Who asked is in the ledger, so that no gate counts their approval.
        const known = await house.registry.desk.statements(digest)
        expect(known.filter(({ verified }) => verified.name === 'access-request')).toHaveLength(1)
        expect(detail.mayApprove).toBe(false)
      }
      if (word === 'taken') expect(detail.owner).toBe('cy')
      if (word === 'rejected') expect(detail.state).toBe('rejected')
    }
    const told = house.book.dueNotices('9999', 1000).map(({ body }) => `${body.event} ${body.digest}`)
    expect(new Set(told).size).toBe(told.length)
    for (const line of lines.filter((one) => one.startsWith('opened')))
      expect(told).toContain(`review.opened ${line.split(' ')[1]}`)
    expect((await fsck(house.store, house.ledger.vkey)).problems).toEqual([])
    expect(house.failures).toEqual([])
    await house.close()
  }
  rmSync(home, { recursive: true, force: true })
})
