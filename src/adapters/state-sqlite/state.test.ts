import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { identityStoreSuite, requestMemorySuite } from '../../../test/contract/identity-store-suite.ts'
import { openState } from './state.ts'

const now = () => new Date('2026-01-01T00:00:00.000Z')
const freshFile = () => join(mkdtempSync(join(tmpdir(), 'sallyport-state-')), 'state.db')
const ID = '01900000-0000-7000-8000-000000000001'
const PRINCIPAL = {
  id: ID,
  role: 'admin',
  owner: 'o',
  name: 'Grace Secretname',
  createdAt: now().toISOString(),
} as const

describe('identity store in SQLite', () => {
  identityStoreSuite(async () => openState({ file: freshFile(), now }).identityStore)
})
describe('request memory in SQLite', () => {
  requestMemorySuite(async (clock) => openState({ file: freshFile(), now: clock }).requestMemory)
})

test('what was answered stands after reopening; what was running then counts as interrupted', async () => {
  const file = freshFile()
  const first = openState({ file, now })
  await first.identityStore.addPrincipal(PRINCIPAL)
  await first.requestMemory.begin('p', 'done', 'd')
  await first.requestMemory.answer('p', 'done', { status: 200, body: '{}', headers: {} })
  await first.requestMemory.begin('p', 'cut', 'd')
  first.close()
  const second = openState({ file, now })
  expect(await second.identityStore.principal(ID)).toEqual(PRINCIPAL)
  expect((await second.requestMemory.begin('p', 'done', 'd')).kind).toBe('answered')
  expect((await second.requestMemory.begin('p', 'cut', 'd')).kind).toBe('interrupted')
  second.close()
})

test('what was acknowledged before kill -9 is there afterwards', { timeout: 20_000 }, async () => {
  const file = freshFile()
  const door = fileURLToPath(new URL('./state.ts', import.meta.url))
  const script = `
    import { openState } from ${JSON.stringify(door)}
    const { identityStore } = openState({ file: ${JSON.stringify(file)}, now: () => new Date() })
    for (let n = 0; ; n++) {
      const id = '01900000-0000-7000-8000-' + String(n).padStart(12, '0')
      await identityStore.addPrincipal({ id, role: 'viewer', owner: id, createdAt: new Date().toISOString() })
      process.stdout.write(id + '\\n')
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let problem = ''
  child.stderr.on('data', (chunk) => (problem += chunk))
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      out += chunk
      if (out.split('\n').length > 40) child.kill('SIGKILL')
    })
    child.on('close', () => resolve())
  })
  const acknowledged = out.split('\n').slice(0, -1)
  expect(acknowledged.length, problem).toBeGreaterThan(30)
  const { identityStore, close } = openState({ file, now })
  for (const id of acknowledged) expect((await identityStore.principal(id))?.id).toBe(id)
  close()
})

test('the file belongs to its owner alone and runs with WAL and full syncing', async () => {
  const file = freshFile()
  const state = openState({ file, now })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const other = new DatabaseSync(file)
  expect(other.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' })
  other.close()
  state.close()
})

test('a database of a later version is refused untouched, and so is what is no database', () => {
  const file = freshFile()
  openState({ file, now }).close()
  const db = new DatabaseSync(file)
  db.exec('PRAGMA user_version = 999')
  db.close()
  expect(() => openState({ file, now })).toThrow(/schema version 999/)
  expect(() => openState({ file: tmpdir(), now })).toThrow(/cannot be opened/)
})

test('an erased name leaves no trace in the file once it is closed', async () => {
  const file = freshFile()
  const state = openState({ file, now })
  await state.identityStore.addPrincipal(PRINCIPAL)
  await state.identityStore.eraseName(ID)
  state.close()
  expect(readFileSync(file).includes('Secretname')).toBe(false)
})

test('tenants do not see each other', async () => {
  const file = freshFile()
  const a = openState({ file, now, tenant: 'a' })
  const b = openState({ file, now, tenant: 'b' })
  await a.identityStore.addPrincipal(PRINCIPAL)
  expect(await b.identityStore.principal(ID)).toBeUndefined()
  a.close()
  b.close()
})
