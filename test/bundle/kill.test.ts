import { spawn } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fsck } from '../../src/trust/ledger/index.ts'
import { approve, lay } from '../guard-load/approved-model.ts'
import { openHouse, wholeOf } from './two-houses.ts'

/** Kills in a whole run (`SALLYPORT_FULL=1`, as CI has it), and in a user's. */
const KILLS = process.env.SALLYPORT_FULL === '1' ? 25 : 3
const CHILD = join(import.meta.dirname, 'import-child.ts')

/** Runs the child, and kills it so many milliseconds after it is up. @returns whether it was done before */
function importAndKill(args: readonly string[], afterMs: number): Promise<boolean> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk) => {
      if (out === '') setTimeout(() => child.kill('SIGKILL'), afterMs)
      out += String(chunk)
    })
    child.stderr.on('data', (chunk) => {
      err += String(chunk)
    })
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL' || code === 0) done(out.includes('done'))
      else failed(new Error(`the child ended by itself: ${err}`))
    })
  })
}

test(`${KILLS} kills during an import leave nothing half in, and the next import ends it`, {
  timeout: 600_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bundle-kill-'))
  try {
    const from = await openHouse(join(folder, 'from'))
    const digests = []
    for (let i = 0; i < 4; i++) {
      const files = { 'config.json': `{"model":${i}}`, 'w.bin': Buffer.alloc(2_000_000, i + 1) }
      digests.push(await approve(from, lay(join(folder, `m${i}`), files), `m${i}`))
    }
    const file = join(folder, 'a.spb')
    writeFileSync(file, await wholeOf((await from.export(digests)).chunks))
    const accepted = from.keys.policy.keyId
    await from.close()
    const home = join(folder, 'to')
    for (let kill = 0; kill < KILLS; kill++) {
      await importAndKill([home, file, accepted], Math.random() * 400)
      const house = await openHouse(home)
      const { problems } = await fsck(house.store, house.ledger.vkey)
      expect(problems).toEqual([])
      for (const model of (await house.registry.list({ limit: 10 })).items) {
        // Whoever is in was checked whole, and waits in quarantine until it was looked at: never more than that.
        expect(['quarantined', 'assessed']).toContain(model.stage)
        for (const { sha256 } of (await house.registry.get(model.digest)).files)
          expect(await house.blobs.has(sha256)).toBe(true)
        if (model.stage === 'quarantined')
          expect((await house.registry.decide(model.digest, 'development')).outcome).toBe('deny')
      }
      await house.close()
    }
    const house = await openHouse(home)
    await house.import(createReadStream(file), { accepted: [accepted] })
    const { items } = await house.registry.list({ limit: 10 })
    expect(items.map(({ digest }) => digest).toSorted()).toEqual(digests.toSorted())
    for (const { digest, stage } of items) {
      const names = (await house.registry.desk.statements(digest)).map(({ verified }) => verified.name)
      expect([stage, names.filter((name) => name === 'quarantine').length]).toEqual(['assessed', 1])
      expect(names.filter((name) => name === 'bundle-source')).toHaveLength(1)
    }
    await house.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
