import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { f32, safetensorsFile } from '../dev/safetensors-file.ts'
import { startWholeServer, type WholeServer } from '../hub/whole-server.ts'

const PROGRAM = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
/** Nobody listens there: no test here asks a hub. */
const NO_HUB = 'http://127.0.0.1:9'

let folder: string
let home: string
let server: WholeServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-beside-'))
  home = join(folder, 'home')
  mkdirSync(join(folder, 'work', 'model'), { recursive: true })
  writeFileSync(join(folder, 'work', 'model', 'm.safetensors'), safetensorsFile({ w: f32([1, 2, 3]) }))
  writeFileSync(join(folder, 'work', 'pass'), 'a long enough passphrase')
  server = await startWholeServer(home, NO_HUB)
}, 60_000)
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

function environment(more: Readonly<Record<string, string>> = {}) {
  return { ...process.env, SALLYPORT_HOME: home, NO_COLOR: '1', ...more }
}

/** The command line in the folder `work`, as somebody types it in a second terminal. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const options = { cwd: join(folder, 'work'), encoding: 'utf8', env: environment(env) } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], options)
  return { status, stdout, stderr }
}

test('a model goes its whole way by commands beside the server, which knows of every step', async () => {
  const imported = run(['import', 'model', '--json'])
  expect(imported).toMatchObject({ status: 0 })
  const { digest } = JSON.parse(imported.stdout).model
  const added = run(['people', 'add', 'ada', '--role', 'admin', '--json'])
  const { token } = JSON.parse(added.stdout)
  expect(run(['promote', 'model', '--stage', 'staging'])).toMatchObject({ status: 4 })
  // Whoever asked for it cannot approve it: the token of another does, through the same line.
  const approved = run(['approve', 'model', '--stage', 'staging', '--note', 'read'], {
    SALLYPORT_TOKEN: token,
  })
  expect(approved, approved.stderr).toMatchObject({ status: 0 })
  expect(run(['promote', 'model', '--stage', 'staging'])).toMatchObject({ status: 0 })
  // A path means what it means where it was typed.
  expect(run(['verify', './model', '--stage', 'staging'])).toMatchObject({ status: 0 })
  const over = await fetch(`${server.url}/api/v1/models/${digest}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(await over.json()).toMatchObject({ stage: 'staging', approvals: 1 })
}, 120_000)

test.for([
  ['log', 'fsck'],
  ['log', 'show', '--json'],
  ['log', 'export', 'copy'],
  ['keys', 'list', '--all'],
  ['review', 'list'],
  ['subject', 'list'],
  ['lineage', 'model'],
  ['bom', 'model'],
  ['card', 'model'],
  ['doctor'],
  ['people', 'list'],
  ['guard-load', 'model', '--stage', 'staging', '--exec', '--', 'true'],
  ['bundle', 'export', 'model', '--stage', 'staging', '--out', 'model.sallyport'],
] as const)('sallyport %s', (args) => {
  const done = run(args)
  expect(done, done.stderr).toMatchObject({ status: 0 })
})

test('what was written stands where the command was typed', () => {
  for (const name of ['copy/checkpoint', 'model.sallyport'])
    expect(existsSync(join(folder, 'work', name))).toBe(true)
})

test.for([
  ['rebuild'],
  ['keys', 'rotate', 'assessor', '--yes'],
  ['keys', 'export', 'assessor', '--output', 'k.pem', '--passphrase-file', 'pass'],
] as const)('%s needs the home to itself, and says so', (args) => {
  const refused = run(args)
  expect(refused.status).toBe(2)
  expect(refused.stderr).toMatch(/needs the home to itself: stop the server first/)
})

test('a second server is refused at once', () => {
  const refused = run(['up', '--port', '0'])
  expect(refused.status).toBe(2)
  expect(refused.stderr).toMatch(/a server runs on .* already \(LOG_LOCKED\)/)
})

test('an unknown token is nobody, and a mistake is told as without a server', () => {
  expect(run(['import', 'model'], { SALLYPORT_TOKEN: 'spt_nobody' }).stderr).toMatch(/UNAUTHENTICATED/)
  // Bytes that are known keep their name, and a name that is nearly one of those here is asked back.
  expect(run(['import', 'model', '--name', 'other']).stdout).toMatch(/were here before, as model: they keep/)
  expect(run(['show', 'mode']).stderr).toMatch(/did you mean model\?/)
  const wrong = run(['show', 'nothing', '--json'])
  expect(wrong.status).toBe(3)
  expect(JSON.parse(wrong.stdout)).toMatchObject({ kind: 'error', code: 'NOT_FOUND' })
})

test('ten commands at once all get their answer', async () => {
  const answers = await Promise.all(
    Array.from({ length: 10 }, () =>
      spawn(process.execPath, [PROGRAM, 'models', '--json'], { env: environment() }),
    ).map(outputOf),
  )
  for (const { code, out } of answers) {
    expect(code).toBe(0)
    expect(JSON.parse(out).models.length).toBe(1)
  }
}, 60_000)

test('a server that is killed leaves its socket behind: the next command opens the home, the next server a new one', async () => {
  const other = join(folder, 'killed')
  const env = environment({ SALLYPORT_HOME: other, SALLYPORT_PORT: '0', SALLYPORT_OPS_PORT: '0' })
  const child = spawn(process.execPath, [PROGRAM, 'up'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    await new Promise<void>((done) =>
      child.stdout.on('data', (said) => /home {5}/.test(String(said)) && done()),
    )
    expect(run(['import', 'model'], { SALLYPORT_HOME: other }).status).toBe(0)
  } finally {
    child.kill('SIGKILL')
  }
  await new Promise((done) => child.once('exit', done))
  expect(existsSync(join(other, 'line.sock'))).toBe(true)
  const after = run(['models', '--json'], { SALLYPORT_HOME: other })
  expect(JSON.parse(after.stdout).models).toMatchObject([{ name: 'model' }])
  const again = await startWholeServer(other, NO_HUB)
  expect(run(['models'], { SALLYPORT_HOME: other })).toMatchObject({ status: 0 })
  expect(readFileSync(join(other, 'log', 'lock.holder'), 'utf8').trim()).not.toBe(String(child.pid))
  await again.close()
}, 60_000)

test('two commands at once on a home that no server holds: the second waits for the first', async () => {
  const alone = join(folder, 'alone')
  const answers = await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      outputOf(
        spawn(process.execPath, [PROGRAM, 'import', 'model', '--name', name, '--json'], {
          cwd: join(folder, 'work'),
          env: environment({ SALLYPORT_HOME: alone }),
        }),
      ),
    ),
  )
  expect(answers.map(({ code }) => code)).toEqual([0, 0, 0])
}, 60_000)

function outputOf(child: ChildProcess): Promise<{ readonly code: number | null; readonly out: string }> {
  let out = ''
  child.stdout?.on('data', (chunk) => {
    out += String(chunk)
  })
  return new Promise((done) => child.once('close', (code) => done({ code, out })))
}
