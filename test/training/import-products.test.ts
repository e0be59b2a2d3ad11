import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runNodeId } from '../../src/ground/domain/index.ts'
import { f32, safetensorsFile } from '../dev/safetensors-file.ts'
import { startWholeServer } from '../hub/whole-server.ts'

const PROGRAM = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
/** Nobody listens there: no test here asks a hub. */
const NO_HUB = 'http://127.0.0.1:9'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-products-'))
  writeFileSync(join(folder, 'weights'), safetensorsFile({ w: f32([1, 2]) }))
})
afterEach(() => rmSync(folder, { recursive: true }))

function sallyport(...args: readonly string[]) {
  const env = { ...process.env, SALLYPORT_HOME: join(folder, 'home'), NO_COLOR: '1' }
  return spawnSync(process.execPath, [PROGRAM, ...args], { cwd: folder, encoding: 'utf8', env })
}

const train = () =>
  sallyport(
    ...['train', '--name', 'iris', '--output', 'out.safetensors', '--import-products', '--json', '--'],
    ...['cp', 'weights', 'out.safetensors'],
  )

async function modelOfRun(): Promise<void> {
  const done = train()
  expect(done, done.stderr).toMatchObject({ status: 0 })
  const { run, imported } = JSON.parse(done.stdout)
  expect(imported).toMatchObject([{ name: 'iris', digest: run.products[0].digest }])
  const node = `made by run iris  ${runNodeId('default', run.run).slice(0, 19)}`
  // Beside a server what the run sealed waits in its outbox for some seconds.
  for (let attempt = 0; ; attempt++) {
    const lineage = sallyport('lineage', 'iris', '--up')
    if (attempt < 20 && !lineage.stdout.includes(node)) continue
    expect(lineage.stdout, lineage.stderr).toContain(node)
    return
  }
}

test('what a run made is in quarantine at once, and its provenance leads to the run', modelOfRun, 60_000)

test('the same beside a server that holds the home', async () => {
  const server = await startWholeServer(join(folder, 'home'), NO_HUB)
  try {
    await modelOfRun()
  } finally {
    await server.close()
  }
}, 60_000)
