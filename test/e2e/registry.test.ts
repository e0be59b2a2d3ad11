import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectLedger } from '../../src/services/registry/index.ts'
import { openRoom, someone } from './open-room.ts'

function newFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-e2e-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

test('a clean model reaches production with two approvals, and only with them', async () => {
  const home = newFolder()
  const model = newFolder({ 'model.bin': 'weights', 'config.json': '{}' })
  const room = await openRoom(home)
  const { registry } = room
  const ada = someone('ada')
  const taken = await registry.importModel({ path: model, name: 'm' }, ada)
  expect(taken.stage).toBe('quarantined')
  expect((await registry.verify(model, 'production')).outcome).toBe('deny')
  await registry.assess(taken.digest, ada)
  expect((await registry.promote(taken.digest, { stage: 'production' }, ada)).outcome).not.toBe('allow')
  await registry.approve(taken.digest, { stage: 'production', note: 'mine' }, ada)
  await registry.approve(taken.digest, { stage: 'production', note: 'yes' }, someone('bo'))
  expect(
    (await registry.promote(taken.digest, { stage: 'production' }, ada)).outcome,
    'the requester does not count',
  ).not.toBe('allow')
  await registry.approve(taken.digest, { stage: 'production', note: 'again' }, someone('bo-2', 'bo'))
  expect(
    (await registry.promote(taken.digest, { stage: 'production' }, ada)).outcome,
    'one owner counts once',
  ).not.toBe('allow')
  await registry.approve(taken.digest, { stage: 'production', note: 'yes' }, someone('cy'))
  expect((await registry.verify(model, 'production')).outcome, 'allowed but not promoted').toBe('review')
  const decision = await registry.promote(taken.digest, { stage: 'production' }, ada)
  expect(decision.outcome).toBe('allow')
  expect((await registry.get(taken.digest)).stage).toBe('production')
  expect((await registry.verify(model, 'production')).outcome).toBe('allow')
  const explained = await registry.explain(decision.id)
  expect(explained.statements.map(({ kind }) => kind)).not.toContain('decision')
  expect(explained.statements.length).toBeGreaterThanOrEqual(5)

  writeFileSync(join(model, 'model.bin'), 'weightz')
  expect((await registry.verify(model, 'production')).outcome, 'one changed byte').toBe('deny')
  writeFileSync(join(model, 'model.bin'), 'weights')
  await registry.revoke(taken.digest, { note: 'stolen' }, ada)
  expect((await registry.verify(model, 'production')).outcome, 'revoked').toBe('deny')
  await expect(
    registry.approve(taken.digest, { stage: 'staging', note: 'x' }, someone('cy')),
  ).rejects.toMatchObject({ code: 'CONFLICT' })
  await room.close()
})

test('the view is dropped, folded again, and says the same', async () => {
  const home = newFolder()
  const room = await openRoom(home, (name) => (name === 'odd.bin' ? 'suspicious' : 'clean'))
  const parent = await room.registry.importModel(
    { path: newFolder({ 'a.bin': 'a' }), name: 'parent' },
    someone('ada'),
  )
  const child = await room.registry.importModel(
    { path: newFolder({ 'odd.bin': 'b' }), name: 'child', derivedFrom: parent.digest },
    someone('ada'),
  )
  await room.registry.assess(child.digest, someone('ada'))
  await room.registry.waive(
    child.digest,
    { ruleId: 'test/rule', reason: 'known', until: '2999-01-01' },
    someone('bo'),
  )
  await room.registry.reject(child.digest, { note: 'no' }, someone('bo'))
  const before = await room.registry.get(child.digest)
  expect(before.lineage).toMatchObject([{ from: parent.digest, to: child.digest }])
  room.view.reset()
  expect(room.view.model(child.digest)).toBeUndefined()
  await projectLedger(room)
  expect(await room.registry.get(child.digest)).toEqual(before)
  await room.close()
  const again = await openRoom(home)
  expect(await again.registry.get(child.digest)).toEqual(before)
  await again.close()
})

test('the same bytes again keep their first requester, and cost no second copy', async () => {
  const room = await openRoom(newFolder())
  const model = newFolder({ 'a.bin': 'same' })
  const first = await room.registry.importModel({ path: model, name: 'one' }, someone('ada'))
  const second = await room.registry.importModel({ path: model, name: 'two' }, someone('bo'))
  expect(second).toEqual(first)
  expect(room.ledger.size()).toBe(1)
  await room.close()
})

test('links, missing paths and empty folders are refused by name', async () => {
  const room = await openRoom(newFolder())
  const linked = newFolder({ 'a.bin': 'a' })
  symlinkSync('/etc/hostname', join(linked, 'link.bin'))
  const empty = newFolder()
  mkdirSync(join(empty, 'inside'))
  for (const [path, message] of [
    [linked, /link\.bin is a symbolic link/],
    [join(empty, 'nothing'), /nothing/],
    [empty, /holds no files/],
  ] as const)
    await expect(room.registry.importModel({ path }, someone('ada'))).rejects.toThrow(message)
  expect(room.ledger.size()).toBe(0)
  await room.close()
})

test('many wishes at once about one model are all sealed, in turn', async () => {
  const room = await openRoom(newFolder())
  const { digest } = await room.registry.importModel({ path: newFolder({ 'a.bin': 'a' }) }, someone('ada'))
  await room.registry.assess(digest, someone('ada'))
  await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      room.registry.approve(digest, { stage: 'staging', note: `n${i}` }, someone(`p${i}`)),
    ),
  )
  const model = await room.registry.get(digest)
  expect(model.approvals).toBe(20)
  expect(model.timeline.map(({ index }) => index)).toEqual([...model.timeline.keys()])
  await room.close()
})
