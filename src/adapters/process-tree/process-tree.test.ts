import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { carriesMark } from './find-members.ts'
import {
  openGpuMeter,
  openProcessTrees,
  parseComputeApp,
  parseConnections,
  parseProcessStat,
} from './index.ts'

const RUN = '019feca0-0000-7000-8000-0000000000'
let count = 10

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-tree-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function start(script: string, groups: boolean) {
  const runId = `${RUN}${count++}`
  const trees = openProcessTrees({ groups })
  const environment = { PATH: process.env.PATH ?? '' }
  const args = ['/bin/sh', '-c', script]
  const started = await trees.start({ args, folder, environment, runId, outputToError: false })
  return { ...started, trees, runId }
}

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms))
async function until(claim: () => boolean, ms = 10_000): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(50)) if (claim()) return true
  return false
}

const hasGroups = await (async () => {
  const { tree, ended } = await start('exit 0', true)
  await ended
  tree.close()
  return tree.cgroup !== undefined
})()

describe.for([true, false])('with control groups: %s', (groups) => {
  test('finds and ends children, sessions of their own and what lost its parent', async (context) => {
    if (groups && !hasGroups) context.skip('this machine lets us make no control group')
    const script = '(sleep 90 &) ; setsid sleep 90 & (setsid sh -c "sleep 90 & sleep 90" &) ; sleep 90'
    const { tree, ended } = await start(script, groups)
    expect(await until(() => tree.sample().processes >= 6)).toBe(true)
    tree.kill()
    expect(await until(() => tree.isEmpty())).toBe(true)
    expect(await ended).toMatchObject({ signal: 'SIGKILL' })
    tree.close()
  })

  test('measures the time of children that came and went between two looks', async (context) => {
    if (groups && !hasGroups) context.skip('this machine lets us make no control group')
    const script = 'for i in 1 2 3; do sh -c "i=0; while [ \\$i -lt 200000 ]; do i=\\$((i+1)); done"; done'
    const { tree, ended } = await start(script, groups)
    expect(await ended).toEqual({ code: 0 })
    const { cpuUserMs, cpuSystemMs } = tree.sample()
    expect(cpuUserMs + cpuSystemMs).toBeGreaterThan(100)
    tree.close()
  })
})

test('a tree whose wrapper is gone is found again by its mark, and after a restart of the machine by nothing else', async () => {
  const { tree, trees, runId, ended } = await start('setsid sleep 90 & sleep 90', false)
  expect(await until(() => tree.sample().processes >= 3)).toBe(true)
  const found = trees.find({ runId, members: [], boot: trees.boot })
  expect(found.names().length).toBeGreaterThanOrEqual(3)
  const other = trees.find({ runId: `${RUN}99`, members: [tree.root], boot: 'another start of this machine' })
  expect(other.names()).toEqual([])
  found.kill()
  expect(await until(() => found.isEmpty())).toBe(true)
  await ended
})

test('a number that was given to another process is not taken for a member', async () => {
  const { trees, tree, ended } = await start('sleep 90', false)
  const found = trees.find({
    runId: `${RUN}98`,
    members: [{ pid: tree.root.pid, start: tree.root.start - 1 }],
    boot: trees.boot,
  })
  expect(found.names()).toEqual([])
  tree.kill()
  await ended
})

/** An address of this machine that is not its loopback. */
const address = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

test('sees with whom a member speaks, and not with whom others do', async (context) => {
  if (address === undefined) context.skip('this machine has no address beside its loopback')
  const server = createServer((socket) => socket.on('error', () => undefined))
  await new Promise<void>((done) => server.listen(0, address, done))
  const { port } = server.address() as { port: number }
  const mine = connect(port, address)
  const code = `require('net').connect(${port}, '${address}').on('error', () => {})`
  const { tree, ended } = await start(`exec '${process.execPath}' -e "${code}"`, false)
  const { tree: silent, ended: silentEnded } = await start('sleep 90', false)
  const told = () => {
    tree.sample()
    return tree.destinations()
  }
  expect(await until(() => told().length > 0)).toBe(true)
  expect(told()).toEqual([`${address}:${port}/tcp`])
  silent.sample()
  expect(silent.destinations()).toEqual([])
  for (const one of [tree, silent]) one.kill()
  await Promise.all([ended, silentEnded])
  mine.destroy()
  server.close()
})

test('GPUs that members hold are told by the tool of the driver', async () => {
  const tool = join(folder, 'nvidia-smi')
  await writeFile(
    tool,
    `#!/bin/sh\nwhile :; do echo "${process.pid}, GPU-abc, 1024"; echo "1, GPU-xyz, 5"; sleep 0.1; done\n`,
  )
  await chmod(tool, 0o755)
  const path = process.env.PATH
  process.env.PATH = `${folder}:${path}`
  const meter = openGpuMeter({ everySeconds: 1 })
  process.env.PATH = path
  const held = () => meter.held(new Set([process.pid]))
  expect(await until(() => (held() ?? []).length > 0)).toBe(true)
  expect(held()).toEqual([{ id: 'GPU-abc', memoryBytes: 2 ** 30 }])
  meter.close()
})

test.for([
  [
    '1 (a) b) S 0 1 1 0 -1 0 0 0 0 0 7 8 9 10 20 0 1 0 55 0 66 0',
    { pid: 1, name: 'a) b', user: 7, system: 8, start: 55, resident: 66 },
  ],
  ['1 (a', undefined],
  ['', undefined],
  ['x (a) S 1 1 1', undefined],
] as const)('/proc/PID/stat: %s', ([text, expected]) => {
  const stat = parseProcessStat(text)
  if (expected === undefined) expect(stat).toBeUndefined()
  else expect(stat).toMatchObject(expected)
})

test('tables of sockets: only ends that are elsewhere, in the words of RFC 5952', () => {
  const line = (remote: string, inode = '42') =>
    `   0: 0100007F:1F90 ${remote} 01 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 x`
  const of = (remote: string, inode?: string) =>
    parseConnections(`head\n${line(remote, inode)}`).map((one) => one.remote)
  expect(of('0A0200C0:01BB')).toEqual(['192.0.2.10:443'])
  expect(of('0100007F:01BB')).toEqual([])
  expect(of('00000000:0000')).toEqual([])
  expect(of('0A0200C0:01BB', '0')).toEqual([])
  expect(of('B80D0120000000000000000001000000:01BB')).toEqual(['[2001:db8::1]:443'])
  expect(of('0000000000000000FFFF00000A0200C0:01BB')).toEqual(['192.0.2.10:443'])
  expect(of('00000000000000000000000001000000:01BB')).toEqual([])
})

test('parsers of /proc and of the tool never throw', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseProcessStat(text)
      parseConnections(text)
      parseComputeApp(text)
      carriesMark(text, 'x')
    }),
  )
})
