import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { downloadFile, listFiles } from '@huggingface/hub'
import { expect, test } from 'vitest'
import { hubEntriesOf } from '../../src/services/bundle/index.ts'
import { GOOD } from '../guard-load/approved-model.ts'
import { startLocalHub } from '../hub/local-hub.ts'
import { openTestFirewall } from '../hub/open-firewall.ts'
import { openHouse, pieces, wholeOf } from './two-houses.ts'

/** Nobody listens there: beyond the gap there is no hub. */
const NO_HUB = 'http://127.0.0.1:1'

test('what came through the hub here is found under its name beyond the gap, with no hub at all', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-offline-'))
  const home = (name: string) => join(folder, name)
  try {
    const hub = await startLocalHub()
    const commit = hub.push('org/good', 'main', GOOD)
    const near = await openTestFirewall({ home: home('near'), hub: hub.url })
    expect((await fetch(`${near.url}/org/good/resolve/main/config.json`)).status).toBe(200)
    const names = hubEntriesOf(near.book)
    await near.close()
    await hub.close()

    const from = await openHouse(home('near'))
    const [model] = (await from.registry.list({ limit: 1 })).items
    if (model === undefined) throw new Error('nothing came in')
    const exported = await from.export([model.digest], 'development', names.get(model.digest))
    const bytes = await wholeOf(exported.chunks)
    const accepted = [from.keys.policy.keyId]
    await from.close()
    const to = await openHouse(home('far'))
    await to.import(pieces(bytes), { accepted })
    await to.close()

    // Long after a branch would be looked up again.
    const now = () => new Date(Date.now() + 3_600_000)
    const far = await openTestFirewall({ home: home('far'), hub: NO_HUB, now })
    try {
      const repo = { type: 'model', name: 'org/good' } as const
      const listed: string[] = []
      for await (const file of listFiles({ repo, recursive: true, hubUrl: far.url }))
        if (file.type === 'file') listed.push(file.path)
      expect(listed.toSorted()).toEqual(Object.keys(GOOD).toSorted())
      for (const [path, expected] of Object.entries(GOOD)) {
        const blob = await downloadFile({ repo, path, hubUrl: far.url })
        expect(Buffer.from((await blob?.arrayBuffer()) ?? new ArrayBuffer(0)), path).toEqual(
          Buffer.from(expected),
        )
      }
      const answer = await fetch(`${far.url}/org/good/resolve/main/config.json`)
      expect([answer.status, answer.headers.get('x-repo-commit')]).toEqual([200, commit])
      await far.registry.revoke(
        model.digest,
        { note: 'no' },
        {
          ...{ principalId: 'boss', owner: 'boss', authentication: 'token', requestDigest: model.digest },
        },
      )
      expect((await fetch(`${far.url}/org/good/resolve/main/config.json`)).status).toBe(404)
    } finally {
      await far.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
