import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Digest } from '../../src/ground/domain/index.ts'
import { fsck } from '../../src/trust/ledger/index.ts'
import { someone } from '../e2e/open-room.ts'
import { openConversions } from './open-conversions.ts'

/** Kills in a whole run (`SALLYPORT_FULL=1`, as CI has it), and in a user's. */
const KILLS = process.env.SALLYPORT_FULL === '1' ? 8 : 2
/** Milliseconds that a child lives at most after it is up: some conversions. */
const LONGEST_LIFE_MS = 1_500
const CHILD = join(import.meta.dirname, 'convert-child.ts')
/** Bytes of the 20,000 floats of each file, less its header. */
const TENSOR_BYTES = 80_000

/** Lines that a child wrote before it was killed. */
function runAndKill(home: string, scratch: string, start: number): Promise<readonly string[]> {
  return new Promise((done, failed) => {
    const args = [CHILD, home, scratch, String(start)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    let err = ''
    child.stderr.on('data', (chunk) => {
      err += String(chunk)
    })
    child.stdout.on('data', (chunk) => {
      if (out === '') setTimeout(() => child.kill('SIGKILL'), Math.random() * LONGEST_LIFE_MS)
      out += String(chunk)
    })
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') done(out.split('\n').slice(1, -1))
      else failed(new Error(`the child ended by itself with ${code}: ${err}`))
    })
  })
}

test(`${KILLS} kills while weights are converted: a folder is there whole or not at all, and no model is lost`, {
  timeout: 300_000,
}, async () => {
  const home = mkdtempSync(join(tmpdir(), 'sallyport-convert-'))
  const scratch = mkdtempSync(join(tmpdir(), 'sallyport-scratch-'))
  const said: string[] = []
  // The first is left alone long enough for something to be said.
  for (let kill = 0; kill < KILLS || !said.some((line) => line.startsWith('model')); kill++)
    said.push(...(await runAndKill(home, scratch, kill * 1000)))

  const folders = readdirSync(scratch).filter((name) => /^out\d+$/.test(name))
  for (const name of folders) expectWhole(join(scratch, name))
  const promised = said
    .filter((line) => line.startsWith('folder '))
    .map((line) => line.slice('folder '.length))
  for (const out of promised) expect(existsSync(out)).toBe(true)

  const { parts, close, conversion } = await openConversions(home)
  try {
    const ada = someone('ada')
    for (const line of said.filter((one) => one.startsWith('model '))) {
      const [, digest, statement, source] = line.split(' ') as [string, Digest, Digest, Digest]
      expect((await parts.registry.get(digest)).stage).toBe('assessed')
      // Reads every stored file again: a lost or torn blob fails here.
      expect((await parts.registry.assess(digest, ada)).verdict).toBe('clean')
      expect(parts.view.links(digest, 'up')).toMatchObject([
        { from: source, relation: 'conversion', claimed: false, statement },
      ])
    }
    // Once more: the same bytes, nothing sealed twice, and what the dead left behind is swept away.
    const [, digest, statement, source] = said.findLast((line) => line.startsWith('model '))?.split(' ') ?? []
    const again = await conversion().convert(source as Digest, {}, ada)
    expect(again).toMatchObject({ digest, statement })
    expect(readdirSync(join(home, 'quarantine', 'conversions'))).toEqual([])
    await parts.ledger.checkpoint()
    expect((await fsck(parts.store, parts.ledger.vkey)).problems).toEqual([])
  } finally {
    await close()
    for (const folder of [home, scratch]) rmSync(folder, { recursive: true, force: true })
  }
})

function expectWhole(folder: string): void {
  expect(readdirSync(folder).toSorted()).toEqual(['a.safetensors', 'b.safetensors', 'config.json'])
  for (const name of ['a.safetensors', 'b.safetensors']) {
    const bytes = readFileSync(join(folder, name))
    expect(bytes.length).toBe(8 + Number(bytes.readBigUInt64LE(0)) + TENSOR_BYTES)
  }
}
