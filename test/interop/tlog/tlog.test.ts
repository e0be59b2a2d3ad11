import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openFileLedgerStore } from '../../../src/adapters/ledger-files/index.ts'
import { generateKey } from '../../../src/ground/crypto/index.ts'
import { utf8 } from '../../../src/ground/lang/index.ts'
import { openLedger } from '../../../src/trust/ledger/index.ts'

const go = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' })
const reason =
  go.status === 0 ? undefined : 'no Go toolchain (Debian: golang-go), whose sumdb/tlog is the second opinion'

/** Builds the verifier against the x/mod that comes with Go, without any network. */
async function build(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-tlog-'))
  await cp(join(import.meta.dirname, 'main.go'), join(folder, 'main.go'))
  const lines = ['module tlogcheck', 'go 1.17']
  // Older Go has its Ed25519 for notes in x/crypto, vendored beside x/mod.
  for (const name of ['mod', 'crypto']) {
    const vendored = join(go.stdout.trim(), 'src/cmd/vendor/golang.org/x', name)
    if (!existsSync(vendored)) continue
    await cp(vendored, join(folder, name), { recursive: true })
    await writeFile(join(folder, name, 'go.mod'), `module golang.org/x/${name}\n\ngo 1.17\n`)
    lines.push(`require golang.org/x/${name} v0.0.0`, `replace golang.org/x/${name} => ./${name}`)
  }
  await writeFile(join(folder, 'go.mod'), `${lines.join('\n')}\n`)
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOPROXY: 'off', GOTOOLCHAIN: 'local' }
  execFileSync('go', ['build', '-o', 'tlogcheck', '.'], { cwd: folder, env, stdio: 'pipe' })
  return join(folder, 'tlogcheck')
}

test("Go's sumdb/tlog verifies our log, and refuses it with one byte changed", {
  timeout: 300_000,
}, async (context) => {
  if (reason !== undefined) {
    process.stderr.write(`skipped: the ledger against Go's sumdb/tlog: ${reason}\n`)
    expect(process.env.SALLYPORT_REQUIRE === '1' ? reason : undefined).toBeUndefined()
    context.skip(reason)
  }
  const folder = join(await mkdtemp(join(tmpdir(), 'sallyport-tlog-')), 'log')
  const store = await openFileLedgerStore({ folder })
  const { signer } = generateKey('Ed25519')
  const ledger = await openLedger({ store, signer, now: () => new Date(), origin: 'log.example/interop' })
  const fill = async (from: number, to: number) =>
    await Promise.all(
      Array.from({ length: to - from }, (_, i) => ledger.append(utf8(`statement ${from + i}`))),
    )
  await fill(0, 300)
  const [, olderSize = '', olderRoot = ''] = (await ledger.checkpoint()).split('\n')
  await fill(300, 70_000)
  await ledger.checkpoint()
  const { vkey } = ledger
  await ledger.close()

  const verifier = await build()
  const check = () =>
    spawnSync(
      verifier,
      [folder, vkey, olderSize, olderRoot, '0', '255', '256', '12345', '65535', '65536', '69999'],
      {
        encoding: 'utf8',
      },
    )
  expect(check()).toMatchObject({ status: 0, stdout: 'ok log.example/interop 70000\n' })
  for (const path of ['tile/entries/048', 'tile/0/048', 'tile/1/001.p/17', 'checkpoint']) {
    const bytes = await readFile(join(folder, path))
    const at = path === 'tile/entries/048' ? 5_400 : path === 'tile/0/048' ? 56 * 32 : 30
    await writeFile(join(folder, path), bytes.with(at, (bytes[at] ?? 0) ^ 1))
    expect(check().status, path).toBe(1)
    await writeFile(join(folder, path), bytes)
  }
  expect(check().status).toBe(0)
})
