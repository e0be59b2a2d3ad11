import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Digest } from '../../src/ground/domain/index.ts'
import { fsck } from '../../src/trust/ledger/index.ts'
import { openRoom } from '../e2e/open-room.ts'

/** Kills in a whole run (`SALLYPORT_FULL=1`, as CI has it), and in a user's. */
const KILLS = process.env.SALLYPORT_FULL === '1' ? 100 : 3
/** Milliseconds a child lives at most after it is up. */
const LONGEST_LIFE_MS = 250
const CHILD = join(import.meta.dirname, 'import-child.ts')

/** Runs the child until it is killed; gives the models it acknowledged. */
function runAndKill(home: string, scratch: string, start: number): Promise<readonly string[]> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [CHILD, home, scratch, String(start)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let out = ''
    let err = ''
    let isDoomed = false
    child.stdout.on('data', (chunk) => {
      out += String(chunk)
      if (isDoomed) return
      isDoomed = true
      setTimeout(() => child.kill('SIGKILL'), Math.random() * LONGEST_LIFE_MS)
    })
    child.stderr.on('data', (chunk) => {
      err += String(chunk)
    })
    child.on('exit', (_code, signal) => {
      if (signal !== 'SIGKILL') failed(new Error(`the child ended by itself: ${err}`))
      // A line that was cut in the middle was not acknowledged.
      else
        done(
          out
            .slice(0, out.lastIndexOf('\n') + 1)
            .split('\n')
            .filter(Boolean),
        )
    })
  })
}

test(`${KILLS} kills during imports lose no model that was acknowledged`, { timeout: 600_000 }, async () => {
  const home = mkdtempSync(join(tmpdir(), 'sallyport-kill-'))
  const scratch = mkdtempSync(join(tmpdir(), 'sallyport-scratch-'))
  const acknowledged = new Set<string>()
  for (let kill = 0; kill < KILLS; kill++)
    for (const digest of await runAndKill(home, scratch, kill * 1000)) acknowledged.add(digest)
  expect(acknowledged.size).toBeGreaterThanOrEqual(KILLS)

  const room = await openRoom(home)
  for (const digest of acknowledged) {
    const model = await room.registry.get(digest as Digest)
    expect(model.stage).toBe('assessed')
    // Assessing reads every stored file again: a lost or torn blob fails here.
    await room.registry.assess(model.digest, {
      principalId: 'ada',
      owner: 'ada',
      authentication: 'local',
      requestDigest: model.digest,
    })
  }
  await room.ledger.checkpoint()
  expect((await fsck(room.store, room.ledger.vkey)).problems).toEqual([])
  await room.close()
})
