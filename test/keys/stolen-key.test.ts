import { chmod, cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Signer, signerOfPem } from '../../src/ground/crypto/index.ts'
import { type Digest, STATEMENT_TYPE } from '../../src/ground/domain/index.ts'
import { believeKey, previewRevocation, revokeKey, rotateKey } from '../../src/services/keys/index.ts'
import { openStatement, PREDICATE_TYPES, sealStatement } from '../../src/trust/evidence/index.ts'
import { openKeys } from './open-keys.ts'

const HOUR = 3_600_000
let home: string
let clock: number
const now = () => new Date(clock)
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sallyport-stolen-'))
  clock = Date.parse('2026-06-01T12:00:00.000Z')
})
afterEach(() => rm(home, { recursive: true }))

type Open = Awaited<ReturnType<typeof openKeys>>
const subjectOf = (n: number) => `sha256:${String(n).padStart(64, '0')}` as Digest

/** A vetting of a made-up data set, dated as its maker likes. */
function vetting(n: number, signer: Signer, at: Date): Promise<Uint8Array> {
  const subject = {
    name: 'data',
    digest: { sha256: subjectOf(n).slice(7) },
    annotations: { kind: 'system', tenant: 'default' },
  }
  const assessor = { assessor: 'dataset', version: '1', ruleSet: subjectOf(n) }
  const said = { verdict: 'clean', findings: 0, coverage: { status: 'full' } }
  return sealStatement(
    {
      ...{ _type: STATEMENT_TYPE, subject: [subject], predicateType: PREDICATE_TYPES['data-vetting'] },
      predicate: { at: at.toISOString(), assessor, ...said },
    },
    signer,
  )
}

/** Appends as the registry does: what is due first. */
async function log(open: Open, envelope: Uint8Array): Promise<void> {
  for (const due of await open.beliefs.due()) await open.ledger.append(due)
  await open.ledger.append(envelope)
  await open.ledger.checkpoint()
  await open.fold()
}

const stands = ({ view }: Open, n: number) => view.statements(subjectOf(n)).length === 1
const stolen = async (open: Open) => {
  const { path } = open.keys.listPublicKeys()[0] ?? { path: '' }
  return signerOfPem(await readFile(path, 'utf8'))
}
const idOf = ({ keys }: Open) => keys.assessor.keyId

describe('a stolen assessor’s key', () => {
  test('revoked from now on: what the log held stands, and what the thief dates back falls', async () => {
    const open = await openKeys(home, now)
    const thief = await stolen(open)
    await log(open, await vetting(1, open.keys.assessor, now()))
    clock += 1000
    expect(await previewRevocation(open.beliefs.change, idOf(open), undefined)).toMatchObject({
      stand: 1,
      fall: 0,
      isCurrent: true,
    })
    const change = await revokeKey(open.beliefs.change, idOf(open), {
      reason: 'laptop',
      next: { kind: 'new' },
    })
    expect(stands(open, 1)).toBe(true)
    clock += 2000
    await log(open, await vetting(2, thief, new Date(clock - 10 * HOUR)))
    clock += HOUR
    await log(open, await vetting(3, thief, new Date(clock - 10 * HOUR)))
    expect([stands(open, 2), stands(open, 3)]).toEqual([false, false])
    await open.close()

    const again = await openKeys(home, now)
    expect(idOf(again)).toBe(change.now?.keyId)
    expect(again.keys.store.book().unlogged).toEqual([])
    await log(again, await vetting(4, again.keys.assessor, now()))
    expect([1, 2, 3, 4].map((n) => stands(again, n))).toEqual([true, false, false, true])
    // And anew from nothing: the ledger alone says so.
    again.view.reset()
    await again.fold()
    expect([1, 2, 3, 4].map((n) => stands(again, n))).toEqual([true, false, false, true])
    await again.close()
  })

  test('revoked from a day on: the log’s checkpoints part what stands from what falls, whatever the statements say', async () => {
    const open = await openKeys(home, now)
    const thief = await stolen(open)
    await log(open, await vetting(1, open.keys.assessor, now()))
    clock += HOUR
    await log(open, await vetting(2, open.keys.assessor, now()))
    clock += HOUR
    const since = now().toISOString()
    clock += HOUR
    // The thief writes a date before the theft, and is in the log after it.
    await log(open, await vetting(3, thief, new Date(clock - 3 * HOUR)))
    clock += HOUR
    expect(await previewRevocation(open.beliefs.change, idOf(open), since)).toMatchObject({
      stand: 2,
      fall: 1,
    })
    await revokeKey(open.beliefs.change, idOf(open), { since, reason: 'backup', next: { kind: 'new' } })
    expect([1, 2, 3].map((n) => stands(open, n))).toEqual([true, true, false])
    await open.close()
  })

  test('without a log that knows it, nothing of a revoked key opens', async () => {
    const open = await openKeys(home, now)
    const envelope = await vetting(1, open.keys.assessor, now())
    await revokeKey(open.beliefs.change, idOf(open), { reason: 'x', next: { kind: 'new' } })
    expect(() => openStatement(envelope, open.beliefs.trusted)).toThrow(/no log held this statement before/)
    await open.close()
  })

  test('a thief who seals a checkpoint of his own gains nothing: the log did not sign it', async () => {
    const open = await openKeys(home, now)
    const thief = await stolen(open)
    await log(open, await vetting(1, open.keys.assessor, now()))
    const old = await open.ledger.checkpoint()
    await revokeKey(open.beliefs.change, idOf(open), { reason: 'x', next: { kind: 'new' } })
    clock += HOUR
    await log(open, await vetting(2, thief, new Date(clock - 10 * HOUR)))
    const subject = {
      name: 'log',
      digest: { sha256: open.keys.log.keyId },
      annotations: { kind: 'key', tenant: 'default' },
    }
    for (const checkpoint of [old, old.replace('\n1\n', '\n99\n'), 'example.com/log\n99\n…'])
      await log(
        open,
        await sealStatement(
          {
            ...{ _type: STATEMENT_TYPE, subject: [subject], predicateType: PREDICATE_TYPES['log-time'] },
            predicate: { at: now().toISOString(), checkpoint },
          },
          thief,
        ),
      )
    open.view.reset()
    await open.fold()
    expect([1, 2].map((n) => stands(open, n))).toEqual([true, false])
    await open.close()
  })

  test('a key folder from an old backup does not bring it back to life', async () => {
    const first = await openKeys(home, now)
    await log(first, await vetting(1, first.keys.assessor, now()))
    const id = idOf(first)
    const backup = `${home}-backup`
    await cp(join(home, 'keys'), backup, { recursive: true, preserveTimestamps: true })
    await revokeKey(first.beliefs.change, id, { reason: 'x', next: { kind: 'new' } })
    await first.close()
    await rm(join(home, 'keys'), { recursive: true })
    await cp(backup, join(home, 'keys'), { recursive: true })
    await chmod(join(home, 'keys'), 0o700)
    await rm(backup, { recursive: true })

    clock += HOUR
    const restored = await openKeys(home, now)
    const desk = async (subject: Digest) =>
      Promise.all(
        restored.view.statements(subject).map(async ({ index }) => ({
          verified: openStatement((await restored.ledger.read(index)).envelope, restored.beliefs.trusted),
        })),
      )
    await restored.beliefs.learn(desk)
    expect(restored.beliefs.trusted.get(id)?.revokedAt).toBeDefined()
    expect(stands(restored, 1)).toBe(true)
    await expect(async () => restored.keys.assessor.sign(new Uint8Array(1))).rejects.toThrow(
      /revoked since.*keys rotate assessor/,
    )
    const change = await rotateKey(restored.beliefs.change, 'assessor', { kind: 'new' })
    await restored.close()
    const again = await openKeys(home, now)
    expect(idOf(again)).toBe(change.now?.keyId)
    expect(again.beliefs.trusted.get(id)?.revokedAt).toBeDefined()
    await again.close()
  })
})

test('a rotation: what the old key signed stands, younger statements by it do not, and its private half is gone', async () => {
  const open = await openKeys(home, now)
  const [old, before] = [await stolen(open), open.keys.listPublicKeys()[0]?.path ?? '']
  await log(open, await vetting(1, old, now()))
  clock += HOUR
  await rotateKey(open.beliefs.change, 'assessor', { kind: 'new' }, 'yearly')
  await expect(readFile(before)).rejects.toMatchObject({ code: 'ENOENT' })
  await open.close()
  clock += HOUR
  const again = await openKeys(home, now)
  await log(again, await vetting(2, old, now()))
  await log(again, await vetting(3, again.keys.assessor, now()))
  again.view.reset()
  await again.fold()
  expect([1, 2, 3].map((n) => stands(again, n))).toEqual([true, false, true])
  await again.close()
})

test('each event is signed by the key of another role, and a key that speaks of itself is not heard', async () => {
  const open = await openKeys(home, now)
  for (const role of ['assessor', 'policy', 'consent'] as const)
    await rotateKey(open.beliefs.change, role, { kind: 'new' })
  await open.close()
  const again = await openKeys(home, now)
  const events = []
  for (const { keyId, role, origin } of again.keys.store.book().keys) {
    for (const row of again.view.statements(`sha256:${keyId}` as Digest)) {
      if (row.predicateType !== PREDICATE_TYPES['key-event']) continue
      const { verified } = {
        verified: openStatement((await again.ledger.read(row.index)).envelope, again.beliefs.trusted),
      }
      events.push([role, origin, verified.signer.role])
    }
  }
  expect(events).toEqual([
    ['assessor', 'own', 'policy'],
    ['policy', 'own', 'assessor'],
    ['consent', 'own', 'assessor'],
  ])
  await again.close()
})

test('the log’s key stays, others’ keys may be believed and revoked, and what makes no sense is refused', async () => {
  const open = await openKeys(home, now)
  const { change } = open.beliefs
  await expect(rotateKey(change, 'log', { kind: 'new' })).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
  await expect(
    revokeKey(change, open.keys.log.keyId, { reason: 'x', next: { kind: 'new' } }),
  ).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
  const tomorrow = new Date(clock + 24 * HOUR).toISOString()
  await expect(
    revokeKey(change, idOf(open), { since: tomorrow, reason: 'x', next: { kind: 'new' } }),
  ).rejects.toMatchObject({ code: 'BAD_INPUT' })
  await expect(revokeKey(change, 'abc', { reason: 'x', next: { kind: 'new' } })).rejects.toMatchObject({
    code: 'BAD_INPUT',
  })
  await expect(
    revokeKey(change, '0'.repeat(64), { reason: 'x', next: { kind: 'new' } }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const { keyId, publicKeyPem } = open.keys.policy
  await expect(
    believeKey(change, { keyId, publicKeyPem, role: 'consent', origin: 'others' }),
  ).rejects.toMatchObject({ code: 'CONFLICT' })
  await open.close()
})
