import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDecisionClient } from '../../src/adapters/decision-client/index.ts'
import { findPlaces } from '../../src/adapters/hf-cache/index.ts'
import { watchPlace } from '../../src/adapters/model-watch/index.ts'
import { openPlaceReader } from '../../src/adapters/private-copy/index.ts'
import { openProcessTrees } from '../../src/adapters/process-tree/index.ts'
import type { Digest } from '../../src/ground/domain/index.ts'
import {
  type GuardEvent,
  guardModel,
  runGuarded,
  type StandingSource,
  watchModel,
} from '../../src/services/guard-load/index.ts'
import { fakeHouse } from '../dev/fake-server.ts'
import { someone } from '../e2e/open-room.ts'
import { startLocalHub } from '../hub/local-hub.ts'
import { openTestFirewall } from '../hub/open-firewall.ts'
import { GOOD, lay, standingsOf } from './approved-model.ts'

let folder: string
const open: { close(): unknown }[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-recall-'))
})
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close()
  rmSync(folder, { recursive: true, force: true })
})

const sleep = (ms: number, signal: AbortSignal) => pause(ms, undefined, { signal }).catch(() => undefined)

/** A server with API and hub on one home, a model that came through its hub, and a client's copy of that. */
async function openServer() {
  const hub = await startLocalHub()
  const commit = hub.push('org/good', 'main', GOOD)
  const wall = await openTestFirewall({ home: join(folder, 'home'), hub: hub.url })
  const { standings } = standingsOf(wall)
  const house = await fakeHouse({ registry: wall.registry, ledger: wall.ledger, standings })
  const { url } = await house.server.listen({ host: '127.0.0.1', port: 0 })
  open.push(hub, wall, { close: () => house.server.close() }, standings)
  const token = async (role: 'viewer' | 'admin') => {
    const { id } = await house.identity.createPrincipal({ role })
    return (await house.identity.createToken({ principalId: id, label: role })).secret
  }
  const resolve = () => fetch(`${wall.url}/org/good/resolve/main/config.json`)
  expect((await resolve()).status).toBe(200)
  const [model] = (await wall.registry.list({ limit: 1 })).items
  const digest = model?.digest as Digest
  const revoke = async () => {
    const answer = await fetch(`${url}/api/v1/models/${digest}/revoke`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token('admin')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ note: 'found to be bad' }),
    })
    expect(answer.status).toBe(200)
  }
  const client = openDecisionClient({ url, token: await token('viewer') })
  return { wall, url, digest, commit, resolve, revoke, client, path: lay(join(folder, 'model')) }
}

const depsOf = (source: StandingSource) => ({
  ...{ places: { find: findPlaces }, reader: openPlaceReader(), source },
  ...{ watch: watchPlace, now: () => new Date(), sleep },
})
const order = { stage: 'development', allowPart: false } as const

async function guarded(source: StandingSource, path: string, copyInto?: string) {
  const found = await guardModel(depsOf(source), {
    ...{ ...order, wanted: { kind: 'path', path }, isOurs: true },
    ...(copyInto === undefined ? {} : { copyInto }),
  })
  const [model] = found.models
  if (model === undefined) throw new Error('nothing was guarded')
  return { ...found, model }
}

test('a revocation reaches the hub, the decisions, every watcher and a running loader', {
  timeout: 60_000,
}, async () => {
  const { digest, resolve, revoke, client, path } = await openServer()
  const { model } = await guarded(client, path)
  expect(model.standing).toMatchObject({ outcome: 'allow', digest })
  const events: GuardEvent[] = []
  const never = new AbortController().signal
  const watching = Array.from({ length: 20 }, () =>
    watchModel(depsOf(client), model, {
      ...{ ...order, maxStaleMs: 60_000, signal: never },
      onEvent: (event) => events.push(event),
    }),
  )
  const { load } = await guarded(client, path, folder)
  const started = join(folder, 'started')
  const running = runGuarded(
    {
      ...{ processes: openProcessTrees({ groups: false }), environment: process.env, sleep },
      ...{ newId: () => '01a20061-6be2-731a-8087-36ea0426243e', onSignal: () => () => undefined },
    },
    {
      ...{ path: load?.path ?? '', folder, outputToError: true, onRevoke: { kind: 'kill' } as const },
      command: [
        '/bin/sh',
        '-c',
        `test -r {}/config.json && test "$SALLYPORT_MODEL" = {} && touch ${started} && sleep 600`,
      ],
      watch: (signal) =>
        watchModel(depsOf(client), model, { ...order, maxStaleMs: 60_000, signal, onEvent: () => undefined }),
    },
  )
  while (!(await exists(started))) await pause(20)
  // All of them have asked once and are held open by now.
  await pause(300)
  expect(events.map(({ event }) => event)).toEqual(watching.map(() => 'watching'))
  const begun = performance.now()
  await revoke()
  const acknowledged = performance.now() - begun
  expect((await resolve()).status).toBe(404)
  expect((await client.ask({ digest, stage: 'development' })).outcome).toBe('deny')
  const gates = performance.now() - begun
  const ends = await Promise.all(watching)
  const watchers = performance.now() - begun
  expect(ends.map(({ why }) => why)).toEqual(watching.map(() => 'revoked'))
  const { withdrawn, ended } = await running
  expect([withdrawn?.why, ended?.signal]).toEqual(['revoked', 'SIGTERM'])
  await load?.copy?.remove()
  process.stdout.write(
    `revoked after ${acknowledged.toFixed(0)} ms; hub and decisions refused at ${gates.toFixed(0)} ms, 20 watchers told by ${watchers.toFixed(0)} ms, the loader ended by ${(performance.now() - begun).toFixed(0)} ms\n`,
  )
})

async function exists(path: string): Promise<boolean> {
  try {
    readFileSync(path)
    return true
  } catch {
    return false
  }
}

test('who holds a home asks itself: a hundred questions while a revocation is folded never leave an old answer', async () => {
  const { wall, digest } = await openServer()
  const { standings } = standingsOf(wall)
  const asking: Promise<unknown>[] = []
  const storm = setInterval(() => asking.push(standings.ask({ digest, stage: 'development' })), 1)
  await wall.registry.revoke(digest, { note: 'no' }, someone('boss'))
  clearInterval(storm)
  await Promise.all(asking)
  expect((await standings.ask({ digest, stage: 'development' })).outcome).toBe('deny')
})

test('files that change under a watcher end the watch; in a copy nothing changes', {
  timeout: 60_000,
}, async () => {
  const { client, path } = await openServer()
  const { model } = await guarded(client, path)
  const watching = watchModel(depsOf(client), model, {
    ...{ ...order, maxStaleMs: 60_000, signal: new AbortController().signal },
    onEvent: () => undefined,
  })
  await pause(200)
  lay(path, { 'config.json': '{"model_type":"evil"}' })
  expect(await watching).toMatchObject({ why: 'changed' })
})

test('a watcher that can ask nobody believes the last answer for a while, says so, and then ends', {
  timeout: 60_000,
}, async () => {
  const { client, path } = await openServer()
  const { model } = await guarded(client, path)
  let away = true
  const broken: StandingSource = {
    ask: client.ask,
    next: (...args) =>
      away
        ? openDecisionClient({ url: 'http://127.0.0.1:1', token: 'x' }).next(...args)
        : client.next(...args),
  }
  const events: string[] = []
  const watch = (maxStaleMs: number, signal: AbortSignal) =>
    watchModel(depsOf(broken), model, {
      ...{ ...order, maxStaleMs, signal },
      onEvent: ({ event }) => events.push(event),
    })
  expect(await watch(0, new AbortController().signal)).toMatchObject({ why: 'unreachable' })
  expect(events).toEqual(['watching', 'unreachable', 'unreachable'])
  events.length = 0
  const stop = new AbortController()
  const patient = watch(600_000, stop.signal)
  while (!events.includes('unreachable')) await pause(20)
  away = false
  while (!events.includes('reachable')) await pause(20)
  stop.abort()
  expect(await patient).toMatchObject({ why: 'stopped' })
})

test.for<readonly [string, number, string]>([
  ['an empty answer', 200, ''],
  ['no JSON', 200, '<html>allow</html>'],
  [
    'an outcome that is none',
    200,
    '{"digest":"sha256:D","stage":"development","outcome":"yes","message":"m"}',
  ],
  ['no message', 200, '{"digest":"sha256:D","stage":"development","outcome":"allow"}'],
  ['a digest that is none', 200, '{"digest":"x","stage":"development","outcome":"allow","message":"m"}'],
  ['a status that is no answer', 204, ''],
  ['a failure of the server', 500, '{"outcome":"allow"}'],
  ['a redirect to somebody else', 307, ''],
  ['too much', 200, `{"outcome":"${'a'.repeat(2_000_000)}"}`],
])('%s from a server is never allow', async ([, status, body]) => {
  const seen: (string | undefined)[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(status, status === 307 ? { location: '/elsewhere' } : {}).end(body)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  open.push(server)
  const client = openDecisionClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: 't',
  })
  const question = { digest: `sha256:${'d'.repeat(64)}` as Digest, stage: 'development' as const }
  await expect(client.ask(question)).rejects.toMatchObject({ code: 'PEER_FAILED' })
  await expect(client.next(question, undefined, new AbortController().signal)).rejects.toMatchObject({
    code: 'PEER_FAILED',
  })
  expect(seen).toEqual(['Bearer t', 'Bearer t'])
})

test('a server that anybody on the way could be is not asked', () => {
  for (const url of [
    'http://sallyport.example',
    'ftp://127.0.0.1',
    'nonsense',
    'http://127.0.0.1.evil.example',
  ])
    expect(() => openDecisionClient({ url, token: 't' }), url).toThrow(/https/)
})
