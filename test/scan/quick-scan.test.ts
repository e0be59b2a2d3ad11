import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createQuickScan } from '../../src/adapters/quick-scan/index.ts'
import { createScanPool } from '../../src/adapters/scan-pool/index.ts'
import { joinFiles, MODEL_RULES } from '../../src/assessors/model/index.ts'
import type { ScanJob, ScanPool } from '../../src/services/scan/index.ts'

let folder = ''
let scriptFile = ''
const pool = createScanPool({ joinFiles, workerUrl: new URL('../../src/worker.ts', import.meta.url) })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quick-scan-'))
  scriptFile = join(folder, 'assess-now.cjs')
  const bundle = new URL('../../bin/bundle.cjs', import.meta.url).pathname
  execFileSync(process.execPath, [bundle, 'assessor', scriptFile])
}, 60_000)

afterAll(async () => {
  await pool.close()
  await rm(folder, { recursive: true })
})

/** The pool, and the names of the files that were left to it. */
function watched(): { readonly left: string[]; readonly openPool: () => ScanPool } {
  const left: string[] = []
  const openPool = (): ScanPool => ({
    assess: (job: ScanJob) => {
      left.push(...job.files.map(({ name }) => name))
      return pool.assess(job)
    },
    close: async () => undefined,
  })
  return { left, openPool }
}

test('what it says of every example is what the workers say', { timeout: 120_000 }, async () => {
  const examples = MODEL_RULES.flatMap(({ examples: { fires, silent } }) => [...fires, ...silent])
  const files = examples.map(({ name, bytes }, i) => ({ name: `${i}/${name}`, path: '', bytes }))
  const { openPool } = watched()
  const quick = createQuickScan({ scriptFile, openPool })
  const [ours, theirs] = [await quick.assess({ root: '', files }), await pool.assess({ root: '', files })]
  expect(JSON.parse(JSON.stringify(ours.files))).toEqual(JSON.parse(JSON.stringify(theirs.files)))
  expect(ours.verdict).toBe('malicious')
})

test('the script is ASCII: it is read without decoding, and what is beyond would be another signature', async () => {
  const text = await readFile(scriptFile, 'latin1')
  expect(/[^\0-\x7f]/.exec(text)).toBeNull()
  expect(text).toContain('\\u00fd7zXZ')
})

test('what does not end, or waits, is left to the workers, and the rest goes on', {
  timeout: 60_000,
}, async () => {
  const script = `
    exports.assessPlain = () => undefined
    exports.begin = async (tasks, onTask) => {
      for (const task of tasks) {
        onTask(task)
        if (task.name === 'hang') for (;;) {}
        if (task.name === 'wait') await new Promise(() => undefined)
        if (task.name === 'thread') try { require('zlib').createInflate() } catch {}
        if (task.name === 'disk') try { require('node:fs') } catch {}
        task.outcome = { state: 'done', files: [{ path: task.name, sizeBytes: 0, verdict: 'clean', coverage: [], findings: [] }] }
      }
    }
    exports.joinFiles = (files) => ({ files })
    exports.beginTogether = (box) => { box.outcome = { state: 'done', files: [] } }`
  const file = join(folder, 'hostile.cjs')
  await writeFile(file, script)
  for (const name of ['hang', 'wait', 'thread', 'disk', 'plain']) {
    const { left, openPool } = watched()
    const quick = createQuickScan({ scriptFile: file, openPool })
    const files = [name, 'next'].map((one) => ({
      name: one,
      path: '',
      bytes: new Uint8Array([0x80, 2, 0x5d, 0x2e]),
    }))
    const { files: said } = await quick.assess({ root: '', files })
    expect(said.map(({ path, verdict }) => [path, verdict])).toEqual([
      [name, 'clean'],
      ['next', 'clean'],
    ])
    expect(left).toEqual(
      { hang: [name, 'next'], wait: [name, 'next'], thread: [name], disk: [name], plain: [] }[name],
    )
  }
})

test('files of which nobody said the size are read whole, large ones by workers, and none as another', async () => {
  const { left, openPool } = watched()
  const at = join(folder, 'sizes')
  await mkdir(at)
  const plain = (bytes: number): Buffer =>
    Buffer.concat([
      Buffer.from([0x80, 4, 0x42]),
      u32(bytes - 8),
      Buffer.alloc(bytes - 8, 7),
      Buffer.from('.'),
    ])
  const sizes = [65_536, 10, 65_537, 65_535, 300_000, 2_000_000, 12]
  for (const size of sizes) await writeFile(join(at, `${size}.pkl`), plain(size))
  await writeFile(join(at, 'bad.pkl'), '\x80\x02cos\nsystem\nU\x02id\x85R.', 'latin1')
  const names = [...sizes.map((size) => `${size}.pkl`), 'bad.pkl', 'gone.pkl']
  const quick = createQuickScan({ scriptFile, openPool })
  const { files } = await quick.assess({
    root: at,
    files: names.map((name) => ({ name, path: join(at, name) })),
  })
  expect(files.map(({ path, sizeBytes, verdict }) => [path, sizeBytes, verdict])).toEqual([
    ...sizes.map((size) => [`${size}.pkl`, size, 'clean']),
    ['bad.pkl', 20, 'malicious'],
    ['gone.pkl', 0, 'undecided'],
  ])
  expect(left.sort()).toEqual(['2000000.pkl', 'gone.pkl'])
})

function u32(value: number): Buffer {
  const field = Buffer.alloc(4)
  field.writeUInt32LE(value)
  return field
}

test('compiled code is kept under the name of its script, and rubbish in its place is not run', async () => {
  const codeCacheFolder = join(folder, 'code')
  const files = [{ name: 'a.pkl', path: '', bytes: new Uint8Array([0x80, 2, 0x5d, 0x2e]) }]
  const scanOnce = () => {
    const child = new URL('./quick-child.ts', import.meta.url).pathname
    execFileSync(process.execPath, [child, scriptFile, codeCacheFolder])
  }
  scanOnce()
  const [name = ''] = await readdir(codeCacheFolder)
  expect(name).toContain(process.version)
  const { mode, mtimeMs } = await stat(join(codeCacheFolder, name))
  expect(mode & 0o077).toBe(0)
  // The next process takes it: what V8 does not take is written anew.
  scanOnce()
  expect((await stat(join(codeCacheFolder, name))).mtimeMs).toBe(mtimeMs)
  await writeFile(join(codeCacheFolder, name), 'rubbish')
  const quick = createQuickScan({ scriptFile, codeCacheFolder, openPool: () => pool })
  expect((await quick.assess({ root: '', files })).verdict).toBe('clean')
})
