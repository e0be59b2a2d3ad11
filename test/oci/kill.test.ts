import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fsck } from '../../src/trust/ledger/index.ts'
import { startLocalOrigin } from '../pull/local-origin.ts'
import { startLocalRegistry } from './local-registry.ts'
import { openTestMirror } from './open-mirror.ts'

/** Kills in a whole run (`SALLYPORT_FULL=1`, as CI has it), and in a user's. */
const KILLS = process.env.SALLYPORT_FULL === '1' ? 16 : 2
const CHILD = join(import.meta.dirname, 'mirror-child.ts')

function start(home: string, settings: unknown): Promise<{ child: ChildProcess; url: string }> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [CHILD, home, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let err = ''
    child.stderr.on('data', (chunk) => {
      err += String(chunk)
    })
    child.stdout.once('data', (chunk) => done({ child, url: String(chunk).trim() }))
    child.once('exit', () => failed(new Error(`the child ended by itself: ${err}`)))
  })
}

/** Safetensors of a million zeros and a name, so that each is another file. */
function weightsOf(i: number): Buffer {
  const header = Buffer.from(
    `{"t${i}":{"dtype":"U8","shape":[1000000],"data_offsets":[0,1000000]}}`.padEnd(96),
  )
  return Buffer.concat([Buffer.from([96, 0, 0, 0, 0, 0, 0, 0]), header, Buffer.alloc(1_000_000)])
}

test(`${KILLS} kills while models come in: no half file is served, and nothing is lost`, {
  timeout: 300_000,
}, async () => {
  const registry = await startLocalRegistry()
  const web = await startLocalOrigin()
  const home = mkdtempSync(join(tmpdir(), 'sallyport-mirror-kill-'))
  const settings = { ociUpstreams: { local: registry.url }, pullUpstreams: { web: web.url } }
  const bodies = Array.from({ length: KILLS }, (_, i) => weightsOf(i))
  const urls = bodies.map((body, i) => {
    const digest = createHash('sha256').update(body).digest('hex')
    const name = `m${i}.safetensors`
    web.put(name, body)
    web.cuts.set(name, { after: 300_000, times: 2 })
    registry.trouble.set(`sha256:${digest}`, { cutAfter: 300_000, times: 2 })
    const annotations = { 'org.opencontainers.image.title': name }
    registry.push(`org/m${i}`, 'v1', [
      { mediaType: 'application/vnd.cncf.model.weight.v1.raw', body, annotations },
    ])
    return i % 2 === 0
      ? [`/pull/web/${name}`, `/pull/web/${name}`]
      : [`/v2/local/org/m${i}/manifests/v1`, `/v2/local/org/m${i}/blobs/sha256:${digest}`]
  })
  for (const [i, [first = '', second = '']] of urls.entries()) {
    const { child, url } = await start(home, settings)
    const gone = new Promise((done) => child.once('exit', done))
    const asked = fetch(`${url}${first}`)
      .then(() => fetch(`${url}${second}`))
      .then(async (answer) => ({ ok: answer.ok, bytes: Buffer.from(await answer.arrayBuffer()) }))
      .catch(() => undefined)
    setTimeout(() => child.kill('SIGKILL'), Math.random() * 2_500)
    const answer = await asked
    if (answer?.ok === true) expect(answer.bytes.equals(bodies[i] ?? Buffer.alloc(0))).toBe(true)
    await gone
  }
  const last = await openTestMirror({ home, settings })
  last.mirror.resume()
  for (const [i, [first = '', second = '']] of urls.entries()) {
    expect((await fetch(`${last.url}${first}`)).status, first).toBe(200)
    const answer = await fetch(`${last.url}${second}`)
    expect(Buffer.from(await answer.arrayBuffer()).equals(bodies[i] ?? Buffer.alloc(0)), second).toBe(true)
  }
  expect((await fsck(last.parts.store, last.parts.ledger.vkey)).problems).toEqual([])
  expect(last.troubles).toEqual([])
  await last.close()
  await registry.close()
  await web.close()
})
