import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lockFolder } from '../../src/adapters/ledger-files/index.ts'

const PROGRAM = join(import.meta.dirname, '../../bin/sallyport')
let folder: string
let home: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-train-'))
  home = join(folder, 'home')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const options = () => ({
  cwd: folder,
  env: {
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: folder,
    SALLYPORT_HOME: home,
    NO_COLOR: '1',
  },
})
function sallyport(...args: string[]) {
  const { stdout, stderr, status } = spawnSync(PROGRAM, args, {
    ...options(),
    encoding: 'utf8',
    timeout: 90_000,
  })
  return { stdout, stderr, status }
}
const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms))
async function until(claim: () => boolean): Promise<void> {
  for (let tries = 0; tries < 600 && !claim(); tries++) await sleep(50)
  expect(claim()).toBe(true)
}

test('kill -9 of the wrapper: what it watched is stopped and what happened is sealed by whoever comes next', async () => {
  const script = 'echo part > out.bin; setsid sleep 90 & echo $! > pids; echo $$ >> pids; wait'
  const wrapper = spawn(
    PROGRAM,
    ['train', '--name', 'killed', '--grace', '1s', '--output', 'out.bin', '--', 'sh', '-c', script],
    {
      ...options(),
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const pids = () =>
    existsSync(join(folder, 'pids')) ? readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n') : []
  await until(() => pids().length === 2)
  await sleep(300)
  wrapper.kill('SIGKILL')
  await new Promise((done) => wrapper.once('exit', done))
  const members = pids().map(Number)
  expect(members.every(isAlive)).toBe(true)
  const { runs } = JSON.parse(sallyport('train', 'list', '--json').stdout) as {
    runs: { id: string; name: string; state: string }[]
  }
  expect(runs).toMatchObject([{ name: 'killed', state: 'interrupted' }])
  expect(members.some(isAlive)).toBe(false)
  // Nothing that was written is lost.
  expect(readFileSync(join(folder, 'out.bin'), 'utf8')).toBe('part\n')
  const shown = JSON.parse(sallyport('train', 'show', runs[0]?.id ?? '', '--json').stdout) as {
    run: { products: { path: string }[]; findings: { ruleId: string }[] }
  }
  expect(shown.run.products).toMatchObject([{ path: 'out.bin' }])
  expect(shown.run.findings.map(({ ruleId }) => ruleId)).toContain('training/left-behind')
}, 120_000)

test('a home that another process holds: the run goes on, its record waits, and the next who opens takes it in', () => {
  mkdirSync(join(home, 'log'), { recursive: true })
  const held = lockFolder(join(home, 'log'))
  const script = 'kill -9 $$'
  expect(sallyport('train', '--', 'sh', '-c', script).status).toBe(137)
  held.release()
  const waiting = () => readdirSync(join(home, 'outbox')).filter((name) => name.endsWith('.bundle.json'))
  const left = waiting().length
  expect(left).toBeGreaterThanOrEqual(2)
  const { size } = JSON.parse(sallyport('log', 'show', '--json').stdout) as { size: number }
  expect(size).toBe(left)
  expect(waiting()).toEqual([])
}, 120_000)

test('a hard limit stops everything, gives its own exit code, and keeps what was written', () => {
  writeFileSync(
    join(folder, 'spin.sh'),
    'echo w > kept.bin\nsetsid sh -c "while :; do :; done" &\nwhile :; do :; done\n',
  )
  const { status, stderr } = sallyport(
    ...[
      'train',
      '--budget',
      'cpu-hours=0.0003',
      '--grace',
      '1s',
      '--output',
      'kept.bin',
      '--',
      'sh',
      'spin.sh',
    ],
  )
  expect(status).toBe(124)
  expect(stderr).toMatch(/[89][0-9] % of the cpu budget is used|the hard limit of cpu is reached/)
  expect(stderr).toContain('stopped-by-budget')
  expect(readFileSync(join(folder, 'kept.bin'), 'utf8')).toBe('w\n')
}, 120_000)
