import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { digestOfJson, makeManifest } from '../../src/ground/domain/index.ts'
import { projectLedger } from '../../src/services/registry/index.ts'
import { openRoom, someone } from './open-room.ts'

const PROVENANCE = {
  buildDefinition: { buildType: 'https://example.com/train/v1', externalParameters: {} },
  runDetails: { builder: { id: 'https://example.com/builder' } },
}

test('evidence about several subjects, models or not, is found by each of them, after a rebuild too', async () => {
  const home = mkdtempSync(join(tmpdir(), 'sallyport-desk-'))
  const folder = join(home, 'model')
  mkdirSync(folder)
  writeFileSync(join(folder, 'model.bin'), 'weights')
  mkdirSync(join(home, 'home'))
  const room = await openRoom(join(home, 'home'))
  try {
    const { desk } = room.registry
    const model = await room.registry.importModel({ path: folder, name: 'm' }, someone('ada'))
    const data = makeManifest([{ name: 'a.csv', size: 3, sha256: 'a'.repeat(64) }])
    if (!data.ok) throw new Error(data.error)
    const run = digestOfJson({ run: 1 })
    const subjects = [
      await desk.subject(model.digest),
      desk.subjectOf(data.value, 'data'),
      desk.descriptor('run', run, 'run 1'),
    ]
    const statement = await desk.attest({ name: 'slsa-provenance', subjects, predicate: PROVENANCE })
    const seen = async () =>
      Promise.all(
        [model.digest, data.value.digest, run].map(async (digest) =>
          (await desk.statements(digest)).map(({ row }) => row.digest),
        ),
      )
    const before = await seen()
    expect(before.map((digests) => digests.at(-1))).toEqual([statement, statement, statement])
    expect((await room.registry.get(model.digest)).timeline.at(-1)?.statement).toBe(statement)
    room.view.reset()
    expect((await projectLedger(room)).refused).toBe(0)
    expect(await seen()).toEqual(before)
  } finally {
    await room.close()
  }
})

test('consent cannot be brought as evidence', async () => {
  const room = await openRoom(mkdtempSync(join(tmpdir(), 'sallyport-desk-')))
  try {
    const { desk } = room.registry
    const consent = {
      principalId: 'p',
      owner: 'p',
      authentication: 'token',
      requestDigest: digestOfJson({}),
      at: '2026-11-21T00:00:00.000Z',
      note: 'no',
    } as const
    const subjects = [desk.descriptor('run', digestOfJson({}), 'run')]
    await expect(desk.attest({ name: 'rejection', subjects, predicate: consent })).rejects.toThrow(
      'is no evidence',
    )
  } finally {
    await room.close()
  }
})
