import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkImported, withSignatures } from '../../src/services/signing/index.ts'
import { openRoom, someone } from '../e2e/open-room.ts'
import { DEPS, openBench, signHere } from './workbench.ts'

const bench = openBench()
afterAll(() => bench.close())

test('the signature that a model carries is verified on import, and sealed: valid, refused, or nothing where nobody is believed', async () => {
  bench.write({ 'model/a.bin': 'weights', 'model/config.json': '{}' })
  await signHere(bench, 'model', { signaturePath: join(bench.folder, 'model/model.sig') })
  mkdirSync(join(bench.folder, 'home'))
  const room = await openRoom(join(bench.folder, 'home'))
  try {
    const watch = (believed: readonly (typeof bench.believed)[]) => {
      const deps = { ...DEPS, blobs: room.blobs, desk: room.registry.desk, believed: async () => believed }
      return withSignatures(room.registry, (model) => checkImported(deps, model))
    }
    const take = (registry: ReturnType<typeof watch>) =>
      registry.importModel({ path: join(bench.folder, 'model') }, someone('anna'))

    expect((await take(watch([]))).signatures).toEqual([])
    const [held] = (await take(watch([{ ...bench.believed, label: 'release' }]))).signatures
    expect(held).toMatchObject({ result: 'valid', method: 'key', believed: 'release', curve: 'P-256' })

    writeFileSync(join(bench.folder, 'model/a.bin'), 'weighty')
    const spoilt = await take(watch([bench.believed]))
    expect(spoilt.signatures).toMatchObject([
      { result: 'refused', reason: expect.stringMatching(/changed.*"a.bin"/) },
    ])
    expect(spoilt.timeline.at(-1)?.summary).toMatch(/^Signature refused/)
  } finally {
    await room.close()
  }
})
