import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKeyFolder } from '../../src/adapters/keys-files/index.ts'
import type { Digest } from '../../src/ground/domain/index.ts'
import { PREDICATE_TYPES } from '../../src/trust/evidence/index.ts'
import { openKeys } from './open-keys.ts'

const CHILD = join(import.meta.dirname, 'rotate-child.ts')
const STEPS = ['marked', 'made', 'saved', 'logged', 'cleared', 'discarded'] as const
/** All steps of both changes with SALLYPORT_FULL=1; else those around the point of no return. */
const CASES = (['rotate', 'revoke'] as const).flatMap((change) =>
  STEPS.filter(
    (step) =>
      process.env.SALLYPORT_FULL === '1' || (change === 'rotate' ? step !== 'marked' : step === 'saved'),
  ).map((step) => [change, step] as const),
)

let first: string
beforeAll(async () => {
  first = mkdtempSync(join(tmpdir(), 'sallyport-kill-keys-'))
  const open = await openKeys(first)
  await open.ledger.append(Buffer.from('an entry'))
  await open.close()
})
afterAll(() => rmSync(first, { recursive: true }))

/** A copied folder takes the mode of the process, and keys must be closed to others. */
function copyHome(home: string): void {
  cpSync(first, home, { recursive: true })
  chmodSync(join(home, 'keys'), 0o700)
}

describe.for(CASES)('%s, killed after "%s"', ([change, step]) => {
  test('the next to open has every key, all of the change or nothing of it, and nothing is left over', async () => {
    const home = `${first}-${change}-${step}`
    copyHome(home)
    try {
      const before = (await openKeyFolder({ folder: join(home, 'keys') })).assessor.keyId
      const { signal, stderr } = spawnSync(process.execPath, ['--no-warnings', CHILD, home, change, step], {
        encoding: 'utf8',
      })
      expect(signal, stderr).toBe('SIGKILL')

      const open = await openKeys(home)
      const { keys, view } = open
      const changed = keys.assessor.keyId !== before
      expect(changed).toBe(!['marked', 'made'].includes(step))
      // Usable: each key signs.
      for (const role of ['assessor', 'policy', 'consent', 'log'] as const)
        expect((await keys[role].sign(Buffer.from('x'))).length).toBeGreaterThan(60)
      // Whole: the book says what the ledger says, once.
      const events = view
        .statements(`sha256:${before}` as Digest)
        .filter(({ predicateType }) => predicateType === PREDICATE_TYPES['key-event'])
      expect(events.length).toBe(changed ? 1 : 0)
      const record = keys.store.book().keys.find(({ keyId }) => keyId === before)
      expect(record?.place === undefined).toBe(changed)
      expect((change === 'revoke' ? record?.revokedAt : record?.notAfter) !== undefined).toBe(changed)
      expect(keys.store.book().unlogged).toEqual([])
      expect(readdirSync(join(home, 'keys')).filter((name) => name.endsWith('.pem'))).toHaveLength(4)
      expect(readdirSync(join(home, 'keys')).filter((name) => name.startsWith('.'))).toEqual([])
      await open.close()
    } finally {
      rmSync(home, { recursive: true })
    }
  })
})

test('a passphrase changes for all keys or for none: until the book is replaced, the old files are the keys', {
  timeout: 60_000,
}, async () => {
  const home = `${first}-passphrase`
  copyHome(home)
  const folder = join(home, 'keys')
  try {
    const open = await openKeyFolder({ folder })
    const ids = open.listPublicKeys().map(({ keyId }) => keyId)
    // Killed before the book: drafts of new files lie there, and the keys are what they were.
    await open.store.make('assessor')
    expect(await open.store.leftovers()).toHaveLength(1)
    await open.store.changePassphrase('first horse')
    await expect(openKeyFolder({ folder })).rejects.toThrow(/encrypted and no passphrase/)
    const closed = await openKeyFolder({ folder, passphrase: 'first horse' })
    expect(closed.listPublicKeys().map(({ keyId }) => keyId)).toEqual(ids)
    expect(await closed.store.leftovers()).toEqual([])
    expect(await closed.store.exportKey('policy', 'for the safe')).toMatch(/^-----BEGIN ENCRYPTED/)
    await closed.store.changePassphrase(undefined)
    expect((await openKeyFolder({ folder })).listPublicKeys().map(({ keyId }) => keyId)).toEqual(ids)
  } finally {
    rmSync(home, { recursive: true })
  }
})
