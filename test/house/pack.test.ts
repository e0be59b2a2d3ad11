import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const FULL = process.env.SALLYPORT_FULL === '1' || process.env.CI !== undefined
/** npm under the very Node that runs this test, as a user with Node 24 would have it. */
const ENV = {
  ...process.env,
  PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
  npm_config_update_notifier: 'false',
}

/** A Node older than 24 on this machine, or undefined. */
function oldNode(): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(':').concat('/usr/local/bin', '/usr/bin')) {
    const binary = join(folder, 'node')
    if (!existsSync(binary)) continue
    const { stdout } = spawnSync(binary, ['-p', 'process.versions.node'], { encoding: 'utf8' })
    if (Number(stdout.split('.')[0]) < 24) return binary
  }
  return undefined
}

describe.skipIf(!FULL)(
  'the release tarball (set SALLYPORT_FULL=1: it builds and installs)',
  { timeout: 300_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-pack-'))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    beforeAll(() => {
      execFileSync('npm', ['pack', '--pack-destination', folder], { cwd: ROOT, env: ENV, stdio: 'pipe' })
      const [tarball] = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
      writeFileSync(join(folder, 'package.json'), '{"private":true}')
      execFileSync('npm', ['i', '--no-audit', '--no-fund', `./${tarball}`], {
        cwd: folder,
        env: ENV,
        stdio: 'pipe',
      })
      writeFileSync(
        join(folder, 'evil.pkl'),
        Buffer.from('\x80\x02cos\nsystem\n(X\x04\x00\x00\x00truetR.', 'latin1'),
      )
    }, 280_000)

    const sallyport = (...args: string[]) =>
      spawnSync('npx', ['--no-install', 'sallyport', ...args], { cwd: folder, env: ENV, encoding: 'utf8' })

    test('tells its version', () => {
      expect(sallyport('--version')).toMatchObject({ status: 0, stdout: expect.stringContaining('0.1.0') })
    })

    test('scans with its own workers and catalog', () => {
      const run = sallyport('scan', 'evil.pkl', '--json')
      expect({ status: run.status, verdict: JSON.parse(run.stdout).verdict }).toEqual({
        status: 1,
        verdict: 'malicious',
      })
    })

    test('gives large files of a folder to its workers, and what they say is the answer', () => {
      mkdirSync(join(folder, 'large'))
      const length = Buffer.alloc(4)
      length.writeUInt32LE(2 ** 21)
      const bytes = Buffer.concat([
        Buffer.from('\x80\x03B', 'latin1'),
        length,
        Buffer.alloc(2 ** 21),
        Buffer.from('.'),
      ])
      for (const name of ['a.pkl', 'b.pkl']) writeFileSync(join(folder, 'large', name), bytes)
      const { status, stdout } = sallyport('scan', 'large', '--json')
      const { verdict, files } = JSON.parse(stdout)
      expect([status, verdict, files.length]).toEqual([0, 'clean', 2])
    })

    test('brings the console and no tests', () => {
      const installed = join(folder, 'node_modules/sallyport')
      expect(existsSync(join(installed, 'web/dist/index.html'))).toBe(true)
      const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
      expect(files.filter((name) => /\.test\.|(^|\/)src\//.test(name))).toEqual([])
    })

    test('the pure door is importable and verifies nothing by default', () => {
      const run = spawnSync(
        process.execPath,
        ['-p', "import('sallyport/proof').then((p) => console.log(Object.keys(p).length > 0))"],
        {
          cwd: folder,
          encoding: 'utf8',
        },
      )
      expect(run.stdout).toContain('true')
    })

    test('the library door scans files and bytes, ends its threads, and has types', () => {
      writeFileSync(
        join(folder, 'program.mts'),
        `import { formatReport, type ScanReport, scan, scanBytes } from 'sallyport/scan'
const report: ScanReport = await scan('evil.pkl', { timeoutMs: 30_000 })
const file = await scanBytes('a.pkl', new Uint8Array([0x80, 2, 0x5d, 0x2e]))
const sarif: string = await formatReport(report, 'sarif')
console.log(report.verdict, file.verdict, JSON.parse(sarif).version)
`,
      )
      const run = spawnSync(process.execPath, ['program.mts'], {
        cwd: folder,
        encoding: 'utf8',
        timeout: 60_000,
      })
      expect(run).toMatchObject({ status: 0, stdout: 'malicious clean 2.1.0\n' })
      const options = [
        '--noEmit',
        '--strict',
        '--module',
        'nodenext',
        '--target',
        'es2024',
        '--types',
        'node',
      ]
      const roots = ['--typeRoots', join(ROOT, 'node_modules/@types')]
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc')
      const types = spawnSync(process.execPath, [tsc, ...options, ...roots, 'program.mts'], {
        cwd: folder,
        encoding: 'utf8',
      })
      expect(types).toMatchObject({ status: 0, stdout: '' })
    })

    const old = oldNode()
    test.skipIf(old === undefined)('under an old Node says in one line what it needs and exits 3', () => {
      const run = spawnSync(old ?? '', ['node_modules/sallyport/bin/sallyport', '--version'], {
        cwd: folder,
        encoding: 'utf8',
      })
      expect(run).toMatchObject({ status: 3, stdout: '' })
      expect(run.stderr).toMatch(/^sallyport needs Node 24 or later; this is v[\d.]+\..*\n$/)
    })
  },
)
