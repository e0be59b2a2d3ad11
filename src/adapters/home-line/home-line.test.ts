import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { serialize } from 'node:v8'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { SallyportError } from '../../ground/lang/index.ts'
import { callLine } from './call-line.ts'
import { type LineTarget, type ServedLine, serveLine } from './serve-line.ts'

let folder: string
let path: string
let served: ServedLine | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-line-'))
  path = join(folder, 'line.sock')
  served = undefined
})
afterEach(async () => {
  await served?.close()
  rmSync(folder, { recursive: true })
})

async function lineTo(call: LineTarget['call']) {
  served = await serveLine({ path, version: '1', open: async () => ({ call }) })
  const line = await callLine({ path, version: '1' })
  if (line === undefined) throw new Error('nobody answers')
  return line
}

test('bytes, dates, maps and what is undefined arrive as they were sent, and so does a long answer', async () => {
  const line = await lineTo(async (name, args) => [name, ...args])
  const args = [new Uint8Array([1, 2]), new Date(7), new Map([['a', undefined]]), undefined, 5n]
  const answer = (await line.call('a.b', args)) as unknown[]
  expect(answer).toEqual(['a.b', ...args])
  const long = new Uint8Array(30_000_000).fill(9)
  expect(((await line.call('long', [long])) as Uint8Array[])[1]?.length).toBe(long.length)
  await line.close()
})

test('listeners among the arguments are told in order before the call ends', async () => {
  const line = await lineTo(async (_name, args) => {
    const tell = args[1] as (done: number, total: number) => void
    for (let i = 0; i < 100; i++) tell(i, 100)
    return 'done'
  })
  const told: number[] = []
  expect(await line.call('work', ['x', (done: number) => told.push(done)])).toBe('done')
  expect(told).toEqual([...Array(100).keys()])
  await line.close()
})

test('a failure keeps its code and detail; a bug says what the server saw; calls run side by side', async () => {
  const line = await lineTo(async (name) => {
    if (name === 'refuse') throw new SallyportError('CONFLICT', 'it is so', { detail: { at: 3, f: () => 1 } })
    if (name === 'bug') throw new TypeError('x of undefined')
    if (name === 'unclear') return () => 1
    await pause(name === 'slow' ? 100 : 1)
    return name
  })
  await expect(line.call('refuse', [])).rejects.toMatchObject({ code: 'CONFLICT', message: 'it is so' })
  await expect(line.call('bug', [])).rejects.toThrow(/TypeError: x of undefined[\s\S]*home-line\.test/)
  await expect(line.call('unclear', [])).rejects.toThrow('could not be cloned')
  const order: unknown[] = []
  await Promise.all(
    ['slow', 'quick'].map(async (name) => {
      order.push(await line.call(name, []))
    }),
  )
  expect(order).toEqual(['quick', 'slow'])
  await line.close()
})

test('only its owner can open the socket, and nobody with another version, whatever stood there before', async () => {
  writeFileSync(path, 'left by a process that died')
  const seen: unknown[] = []
  served = await serveLine({
    ...{ path, version: '1' },
    open: async (caller) => {
      seen.push(caller)
      return { call: async () => undefined }
    },
  })
  expect(statSync(path).mode & 0o777).toBe(0o600)
  await expect(callLine({ path, version: '2' })).rejects.toMatchObject({
    code: 'NOT_SUPPORTED',
    message: expect.stringContaining('is Sallyport 1, and this is 2'),
  })
  await (await callLine({ path, version: '1', token: 'spt_x' }))?.close()
  expect(seen).toEqual([{ token: 'spt_x' }])
})

test('nobody answers: where there is no socket, where one was left, and after the end', async () => {
  expect(await callLine({ path, version: '1' })).toBeUndefined()
  const line = await lineTo(async () => undefined)
  await line.close()
  await served?.close()
  served = undefined
  expect(await callLine({ path, version: '1' })).toBeUndefined()
  expect(existsSync(path)).toBe(false)
})

test('whoever closes waits for what runs, and a caller is told when the server is gone', async () => {
  let isDone = false
  const line = await lineTo(async () => {
    await pause(100)
    isDone = true
    return 'whole'
  })
  const running = line.call('work', [])
  await pause(20)
  await served?.close()
  served = undefined
  expect(isDone).toBe(true)
  expect(await running).toBe('whole')
  await expect(line.call('more', [])).rejects.toMatchObject({ code: 'ABORTED' })
})

test('a server that dies in the middle leaves nobody waiting', async () => {
  const dying = createServer((socket) => socket.once('data', () => socket.destroy()))
  await new Promise<void>((done) => dying.listen(path, done))
  await expect(callLine({ path, version: '1' })).rejects.toMatchObject({ code: 'ABORTED' })
  await new Promise((done) => dying.close(done))
})

test.for([
  ['no message', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['a length beyond the limit', Buffer.from([0xff, 0xff, 0xff, 0xff])],
  ['a message that is none', Buffer.from([0, 0, 0, 3, 1, 2, 3])],
  ['a call before the hello', frame({ kind: 'call', id: 1, name: 'a', args: [], listeners: [] })],
  ['a hello without a version', frame({ kind: 'hello' })],
  [
    'a call without a name',
    Buffer.concat([frame({ kind: 'hello', version: '1' }), frame({ kind: 'call', id: 1 })]),
  ],
] as const)('%s ends the connection, and the line goes on', async ([, bytes]) => {
  const calls: string[] = []
  const line = await lineTo(async (name) => calls.push(name))
  const hostile = createConnection(path)
  hostile.on('error', () => undefined)
  hostile.resume()
  hostile.write(bytes)
  await new Promise((done) => hostile.once('close', done))
  expect(await line.call('still', [])).toBe(1)
  expect(calls).toEqual(['still'])
  await line.close()
})

test('a path that no socket can have is refused with its length', async () => {
  const long = join(folder, 'x'.repeat(120), 'line.sock')
  const open = async () => ({ call: async () => undefined })
  await expect(serveLine({ path: long, version: '1', open })).rejects.toThrow('longer than the 107 bytes')
})

function frame(message: unknown): Buffer {
  const body = serialize(message)
  const head = Buffer.alloc(4)
  head.writeUInt32BE(body.length)
  return Buffer.concat([head, body])
}
