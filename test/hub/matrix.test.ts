import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { downloadFile, snapshotDownload } from '@huggingface/hub'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type LocalHub, startLocalHub } from './local-hub.ts'
import { askPython, whyNoPythonHub } from './python-client.ts'

/**
 * What each way of saying no does to the real clients, with nothing in their cache and with the file there: the facts on which the
 * firewall's own answers rest. A release of a client that behaves otherwise turns this red before it surprises a user.
 */

const REASON = 'Sallyport refuses this: a reason'
const FILE = 'model.safetensors'
const BYTES = 'approved bytes'
const SHA = createHash('sha256').update(BYTES).digest('hex')
const required = process.env.SALLYPORT_REQUIRE === '1'
const isAbsent = whyNoPythonHub !== undefined && !required
if (isAbsent) process.stderr.write(`python's clients of hubs are not tried: ${whyNoPythonHub}\n`)

/** An answer of a server that does not want to hand a file out. */
interface No {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Whether the routes of the API say it as well. */
  readonly api?: boolean
}
const message = { 'x-error-message': REASON }
const NO = {
  forbidden: { status: 403, headers: message },
  legal: { status: 451, headers: message },
  disabled: { status: 403, headers: { 'x-error-message': 'Access to this resource is disabled.' } },
  gated: { status: 403, headers: { ...message, 'x-error-code': 'GatedRepo' } },
  noFile: { status: 404, headers: { ...message, 'x-error-code': 'EntryNotFound' } },
  noFileCommit: {
    status: 404,
    headers: { ...message, 'x-error-code': 'EntryNotFound', 'x-repo-commit': 'a'.repeat(40) },
  },
  noRevision: { status: 404, headers: { ...message, 'x-error-code': 'RevisionNotFound' } },
  noRevisionAtAll: { status: 404, headers: { ...message, 'x-error-code': 'RevisionNotFound' }, api: true },
  forbiddenApi: { status: 403, headers: message, api: true },
  later: { status: 503, headers: { ...message, 'retry-after': '0' } },
  tooMany: { status: 429, headers: { ...message, 'retry-after': '0' } },
} as const satisfies Record<string, No>

let hub: LocalHub
let commit: string
let folder: string
beforeAll(async () => {
  hub = await startLocalHub()
  commit = hub.push('org/model', 'main', { [FILE]: BYTES, 'config.json': '{}' })
})
afterAll(() => hub.close())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-matrix-'))
})
afterEach(() => {
  delete hub.instead
  rmSync(folder, { recursive: true, force: true })
})

/** From now on the hub says no: for the file, and for the API where that is part of the answer. */
function sayNo(no: No): () => number {
  let asked = 0
  hub.instead = ({ url = '' }, response) => {
    const isApi = url.startsWith('/api/')
    if (isApi ? no.api !== true : !url.includes(FILE)) return false
    asked += 1
    response.writeHead(no.status, no.headers).end()
    return true
  }
  return () => asked
}

type Deed = 'file' | 'snapshot'
const ask = (deed: Deed, revision: string) =>
  askPython({ deed, endpoint: hub.url, home: folder, repo: 'org/model', file: FILE, revision })

/** Deed, answer, revision asked for; then what the client says cold, and with the file in its cache (`bytes`: it returns them). */
const ROWS: readonly (readonly [Deed, keyof typeof NO, 'branch' | 'commit', Expected, Expected])[] = [
  ['file', 'forbidden', 'branch', { error: 'LocalEntryNotFoundError', reason: false }, 'bytes'],
  ['file', 'legal', 'branch', { error: 'LocalEntryNotFoundError', reason: false }, 'bytes'],
  ['file', 'disabled', 'branch', { error: 'LocalEntryNotFoundError', reason: false }, 'bytes'],
  ['file', 'gated', 'branch', { error: 'GatedRepoError', reason: true }, 'bytes'],
  [
    'file',
    'noFileCommit',
    'branch',
    { error: 'RemoteEntryNotFoundError', reason: true, noExist: true },
    { error: 'RemoteEntryNotFoundError', reason: true, noExist: true },
  ],
  [
    'file',
    'noFile',
    'branch',
    { error: 'RemoteEntryNotFoundError', reason: true },
    { error: 'RemoteEntryNotFoundError', reason: true },
  ],
  [
    'file',
    'noRevision',
    'branch',
    { error: 'RevisionNotFoundError', reason: true },
    { error: 'RevisionNotFoundError', reason: true },
  ],
  ['file', 'noRevision', 'commit', { error: 'RevisionNotFoundError', reason: true }, 'bytes'],
  ['file', 'later', 'branch', { error: 'LocalEntryNotFoundError', reason: false, asked: 6 }, 'bytes'],
  ['file', 'tooMany', 'branch', { error: 'LocalEntryNotFoundError', reason: false, asked: 6 }, 'bytes'],
  [
    'snapshot',
    'noRevisionAtAll',
    'branch',
    { error: 'RevisionNotFoundError', reason: true },
    { error: 'RevisionNotFoundError', reason: true },
  ],
  // Until 1.28 a snapshot of a commit asks as well; from 1.29 on it does not.
  ['snapshot', 'noRevisionAtAll', 'commit', { error: 'RevisionNotFoundError', reason: true }, 'either'],
  ['snapshot', 'forbiddenApi', 'branch', { error: 'LocalEntryNotFoundError', reason: true }, 'bytes'],
  ['snapshot', 'noRevision', 'branch', { error: 'RevisionNotFoundError', reason: true }, 'bytes'],
]
type Expected =
  | 'bytes'
  /** The bytes, or our reason: it depends on the release. */
  | 'either'
  | {
      readonly error: string
      /** Whether our reason reaches the user's terminal. */
      readonly reason: boolean
      readonly noExist?: boolean
      /** How often the client asks before it gives up, at least. */
      readonly asked?: number
    }

describe.skipIf(isAbsent)('a Python client', { timeout: 120_000 }, () => {
  test.for(ROWS)('%s, %s, a %s', async ([deed, no, by, cold, warm]) => {
    const revision = by === 'branch' ? 'main' : commit
    const asked = sayNo(NO[no])
    const refused = await ask(deed, revision)
    check(refused, cold, 'cold')
    if (typeof cold === 'object' && cold.asked !== undefined)
      expect(asked()).toBeGreaterThanOrEqual(cold.asked)
    delete hub.instead
    rmSync(folder, { recursive: true, force: true })
    expect((await ask(deed, revision)).ok?.[FILE]).toBe(SHA)
    sayNo(NO[no])
    check(await ask(deed, revision), warm, 'with the file in the cache')
  })
})

function check(told: Awaited<ReturnType<typeof askPython>>, expected: Expected, when: string): void {
  if (expected === 'either') {
    const isTold = told.error === 'RevisionNotFoundError' && told.message?.includes(REASON)
    return void expect([when, isTold || told.ok?.[FILE] === SHA]).toEqual([when, true])
  }
  if (expected === 'bytes')
    return void expect([when, told.ok?.[FILE], told.message]).toEqual([when, SHA, undefined])
  expect([when, told.error]).toEqual([when, expected.error])
  expect([when, told.message?.includes(REASON)]).toEqual([when, expected.reason])
  expect([when, told.noExist]).toEqual([when, expected.noExist === true])
}

describe('the client of JavaScript', () => {
  const wish = () => ({ repo: 'org/model', path: FILE, hubUrl: hub.url })
  test.for(['forbidden', 'legal', 'later'] as const)('%s: an error that names the status', async (no) => {
    sayNo(NO[no])
    await expect(downloadFile(wish())).rejects.toMatchObject({ statusCode: NO[no].status })
  })
  test.for(['noFile', 'noFileCommit'] as const)('%s: null, as if there were no such file', async (no) => {
    sayNo(NO[no])
    expect(await downloadFile(wish())).toBeNull()
  })
  test('noRevision: an error, never null, so nobody goes on without the file', async () => {
    sayNo(NO.noRevision)
    await expect(downloadFile(wish())).rejects.toMatchObject({ statusCode: 404 })
  })
  test('a snapshot of a commit that is cached is returned without asking; of a branch it is not', async () => {
    const cacheDir = join(folder, 'js')
    const options = { repo: 'org/model', hubUrl: hub.url, cacheDir }
    await snapshotDownload({ ...options, revision: commit })
    const asked = sayNo(NO.noRevisionAtAll)
    await snapshotDownload({ ...options, revision: commit }).catch(() => undefined)
    await expect(snapshotDownload({ ...options, revision: 'main' })).rejects.toThrow()
    expect(asked()).toBeGreaterThan(0)
  })
})
