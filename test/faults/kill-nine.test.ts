import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openFileLedgerStore } from '../../src/adapters/ledger-files/index.ts'
import { generateKey } from '../../src/ground/crypto/index.ts'
import { parseDigest } from '../../src/ground/domain/index.ts'
import { fsck, openLedger } from '../../src/trust/ledger/index.ts'

/** 200 with SALLYPORT_FULL=1. */
const KILLS = process.env.SALLYPORT_FULL === '1' ? 200 : 6
const CHILD = join(import.meta.dirname, 'append-until-killed.ts')
/** Entries after which a fresh folder is taken, so that the checks stay short. */
const FRESH_AFTER = 6_000

/** Lets a child append, kills it at a random moment after it is ready, and gives what it had acknowledged. */
async function appendAndKill(folder: string, keyFile: string, run: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--no-warnings', CHILD, folder, keyFile, String(run)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [output, errors] = ['', '']
  const killAfterMs = Math.random() * 250
  child.stdout.on('data', (chunk) => {
    if (output === '') setTimeout(() => child.kill('SIGKILL'), killAfterMs)
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  const signal = await new Promise((resolve) => child.on('close', (_code, name) => resolve(name)))
  expect(signal, errors).toBe('SIGKILL')
  const lines = output.split('\n')
  lines.pop() // What follows the last newline was cut off.
  return lines.filter((line) => line !== 'ready')
}

test(`${KILLS} kills at random moments lose no acknowledged entry`, { timeout: 1_200_000 }, async () => {
  const base = await mkdtemp(join(tmpdir(), 'sallyport-kill-'))
  const { privateKeyPem, signer } = generateKey('Ed25519')
  const keyFile = join(base, 'log.pem')
  await writeFile(keyFile, privateKeyPem, { mode: 0o600 })
  let acknowledged = new Map<string, number>()
  let total = 0
  let folder = join(base, 'log-0')
  for (let run = 0; run < KILLS; run++) {
    if (acknowledged.size > FRESH_AFTER) {
      await rm(folder, { recursive: true })
      folder = join(base, `log-${run}`)
      acknowledged = new Map()
    }
    let given = 0
    for (const line of await appendAndKill(folder, keyFile, run)) {
      const [first = '', second = ''] = line.split(' ')
      if (first === 'checkpoint') given = Number(second)
      else acknowledged.set(second, Number(first))
      total += 1
    }
    const store = await openFileLedgerStore({ folder, segmentBytes: 1024 * 1024 })
    const ledger = await openLedger({ store, signer, now: () => new Date(), origin: 'log.example/killed' })
    const report = await fsck(store, ledger.vkey)
    expect(report, `after kill ${run}`).toMatchObject({ isClean: true, problems: [] })
    expect(report.publishedSize).toBeGreaterThanOrEqual(given)
    for (const [text, index] of acknowledged) {
      const digest = parseDigest(text)
      expect(digest.ok && (await store.find(digest.value))).toBe(index)
    }
    await ledger.close()
  }
  expect(total).toBeGreaterThan(KILLS)
  process.stderr.write(`${KILLS} kills, ${total} acknowledged entries and checkpoints, none lost\n`)
  await rm(base, { recursive: true })
})

test('a second process is refused while the first lives, and let in when it was killed', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'sallyport-lock-')), 'log')
  const first = await openFileLedgerStore({ folder })
  await expect(openFileLedgerStore({ folder })).rejects.toMatchObject({
    code: 'LOG_LOCKED',
    message: `the log in ${folder} is in use by process ${process.pid}`,
  })
  await first.close()
  await (await openFileLedgerStore({ folder })).close()
})
