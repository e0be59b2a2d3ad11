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
const HUB = join(import.meta.dirname, 'hub-child.ts')

function start(script: string, ...args: readonly string[]): Promise<{ child: ChildProcess; url: string }> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
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
    const { child, url } = await start(CHILD, home, hub.url)
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

test(`the hub is killed ${KILLS} times while it hands out: transfers go on, and what arrives is whole`, {
  timeout: 300_000,
}, async () => {
  const repos = Math.ceil(KILLS / 5) + 1
  const home = mkdtempSync(join(tmpdir(), 'sallyport-hub-upstream-'))
  let hub = await start(HUB, '0', String(repos))
  const { port } = new URL(hub.url)
  const wall = await openTestFirewall({ home, hub: hub.url })
  const wanted = Array.from({ length: repos }, (_, i) => fetchUntilWhole(`${wall.url}/org/model-${i}`))
  let isDone = false
  const all = Promise.all(wanted).finally(() => {
    isDone = true
  })
  for (let i = 0; i < KILLS && !isDone; i++) {
    await new Promise((done) => setTimeout(done, 50 + Math.random() * 400))
    const gone = new Promise((done) => hub.child.once('exit', done))
    hub.child.kill('SIGKILL')
    await gone
    hub = await start(HUB, port, String(repos))
  }
  for (const [i, bytes] of (await all).entries()) {
    const sent = Buffer.alloc(2_000_000, createHash('sha512').update(`weights ${i}`).digest())
    expect(bytes.equals(sent), `model ${i}`).toBe(true)
  }
  expect(wall.bugs).toEqual([])
  await wall.close()
  hub.child.kill('SIGKILL')
})

/** Asks as a client does that was told to ask again; whatever is handed out must be whole. */
async function fetchUntilWhole(repo: string): Promise<Buffer> {
  for (let i = 0; i < 200; i++) {
    const answer = await fetch(`${repo}/resolve/main/model.safetensors`)
    if (answer.ok) return Buffer.from(await answer.arrayBuffer())
    expect(answer.status, answer.headers.get('x-error-message') ?? '').toBe(503)
    await answer.body?.cancel()
    await new Promise((done) => setTimeout(done, 250))
  }
  throw new Error(`${repo} did not come`)
}
