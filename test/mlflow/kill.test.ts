import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startWholeServer } from '../hub/whole-server.ts'
import { ask, download, registerFiles } from './ask.ts'

/** Kills in a whole run (`SALLYPORT_FULL=1`, as CI has it), and in a user's. */
const KILLS = process.env.SALLYPORT_FULL === '1' ? 5 : 1
/** Milliseconds that a server lives at most once the first version was acknowledged. */
const LONGEST_LIFE_MS = 800
const PROGRAM = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
/** Nobody listens there: no test here asks a hub. */
const NO_HUB = 'http://127.0.0.1:9'

/** What a client was told to be done. */
interface Promised {
  readonly name: string
  readonly place: string
  readonly version: string
  readonly alias?: string
}

/** Registers versions until the server is killed under the client. */
async function registerUntilKilled(home: string, round: number): Promise<readonly Promised[]> {
  const env = { ...process.env, SALLYPORT_HOME: home, SALLYPORT_HUB_UPSTREAM: NO_HUB }
  const child = spawn(process.execPath, [PROGRAM, 'up'], {
    env: { ...env, SALLYPORT_PORT: '0', SALLYPORT_OPS_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const url = await new Promise<string>((done) => {
      let said = ''
      child.stdout.on('data', (chunk) => {
        said += String(chunk)
        const found = /hub\s+(http:\S+)/.exec(said)?.[1]
        if (found !== undefined) done(found)
      })
    })
    return await registerMany(url, round, () =>
      setTimeout(() => child.kill('SIGKILL'), Math.random() * LONGEST_LIFE_MS),
    )
  } finally {
    child.kill('SIGKILL')
  }
}

async function registerMany(url: string, round: number, onFirst: () => void): Promise<readonly Promised[]> {
  const promised: Promised[] = []
  try {
    for (let i = 0; ; i++) {
      const name = `m-${round}-${i}`
      const files = { MLmodel: `flavors: {}\nname: ${name}`, 'data/config.json': JSON.stringify({ name }) }
      const { version, place } = await registerFiles(url, name, files, '')
      const at = { name, version: String(version.version) }
      promised.push({ ...at, place })
      if (i === 0) onFirst()
      const moved = await ask(url, 'POST', 'registered-models/alias', { ...at, alias: 'next' }, '')
      expect(moved.status).toBe(200)
      promised.push({ ...at, place, alias: 'next' })
    }
  } catch (cause) {
    // The server died under the call: that one was not acknowledged.
    if (promised.length === 0 || !String(cause).includes('fetch failed')) throw cause
    return promised
  }
}

test(`${KILLS} kills while versions are registered: what a client was told is there after a restart`, {
  timeout: 300_000,
}, async () => {
  const home = mkdtempSync(join(tmpdir(), 'sallyport-mlflow-kill-'))
  const promised: Promised[] = []
  for (let round = 0; round < KILLS; round++) promised.push(...(await registerUntilKilled(home, round)))
  const server = await startWholeServer(home, NO_HUB)
  try {
    for (const { name, version, place, alias } of promised) {
      const found = await ask(server.url, 'GET', 'model-versions/get', { name, version }, '')
      expect(found.body.model_version).toMatchObject({ name, version, status: 'READY' })
      const file = await download(server.url, `${place}/data/config.json`, '')
      expect(await file.json()).toEqual({ name })
      if (alias === undefined) continue
      const by = await ask(server.url, 'GET', 'registered-models/alias', { name, alias }, '')
      expect(by.body.model_version).toMatchObject({ version })
    }
  } finally {
    await server.close()
    rmSync(home, { recursive: true, force: true })
  }
})
