import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fsck } from '../../src/trust/ledger/index.ts'
import { startLocalHub } from './local-hub.ts'
import { openTestFirewall } from './open-firewall.ts'

/** Kills in a whole run (`SALLYPORT_FULL=1`, as CI has it), and in a user's. */
const KILLS = process.env.SALLYPORT_FULL === '1' ? 25 : 2
const CHILD = join(import.meta.dirname, 'firewall-child.ts')

function start(home: string, hub: string): Promise<{ child: ChildProcess; url: string }> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [CHILD, home, hub], { stdio: ['ignore', 'pipe', 'pipe'] })
    let err = ''
    child.stderr.on('data', (chunk) => {
      err += String(chunk)
    })
    child.stdout.once('data', (chunk) => done({ child, url: String(chunk).trim() }))
    child.once('exit', () => failed(new Error(`the child ended by itself: ${err}`)))
  })
}

test(`${KILLS} kills while revisions come in: no half file is served, and nothing is lost`, {
  timeout: 300_000,
}, async () => {
  const hub = await startLocalHub()
  const home = mkdtempSync(join(tmpdir(), 'sallyport-hub-kill-'))
  const bodies = new Map<string, Buffer>()
  for (let i = 0; i < KILLS; i++) {
    const weights = createHash('sha512').update(`weights ${i}`).digest()
    const body = Buffer.concat(Array.from({ length: 20_000 }, () => weights))
    bodies.set(`org/model-${i}`, body)
    hub.push(`org/model-${i}`, 'main', { 'config.json': `{"i":${i}}`, 'model.safetensors': body })
  }
  hub.trouble.set('model.safetensors', { cutAfter: 300_000, times: KILLS * 2 })
  for (const [repo, body] of bodies) {
    const { child, url } = await start(home, hub.url)
    const gone = new Promise((done) => child.once('exit', done))
    const asked = fetch(`${url}/${repo}/resolve/main/model.safetensors`)
      .then(async (answer) => ({ ok: answer.ok, bytes: Buffer.from(await answer.arrayBuffer()) }))
      .catch(() => undefined)
    setTimeout(() => child.kill('SIGKILL'), Math.random() * 900)
    const answer = await asked
    if (answer?.ok === true) expect(answer.bytes.equals(body)).toBe(true)
    await gone
  }
  const last = await openTestFirewall({ home, hub: hub.url })
  last.firewall.resume()
  for (const [repo, body] of bodies) {
    const answer = await fetch(`${last.url}/${repo}/resolve/main/model.safetensors`)
    expect(answer.status, repo).toBe(200)
    expect(Buffer.from(await answer.arrayBuffer()).equals(body), repo).toBe(true)
  }
  expect((await fsck(last.store, last.ledger.vkey)).problems).toEqual([])
  expect(last.bugs).toEqual([])
  await last.close()
  await hub.close()
})
