import { createReadStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openFirewallBook } from '../../src/adapters/firewall-sqlite/index.ts'
import { openKeyFolder } from '../../src/adapters/keys-files/index.ts'
import { type Digest, type GatedStage, makeManifest } from '../../src/ground/domain/index.ts'
import {
  exportBundle,
  type HubEntry,
  noteHubEntry,
  readBundle,
  takeInBundle,
} from '../../src/services/bundle/index.ts'
import { type TrustedKeys, trustKeys } from '../../src/trust/evidence/index.ts'
import { openRoom, someone } from '../e2e/open-room.ts'

/** A house with the parts that bundles stand on, as home-bundle.ts puts them together. */
export async function openHouse(home: string) {
  mkdirSync(home, { recursive: true })
  const room = await openRoom(home)
  const keys = await openKeyFolder({ folder: join(home, 'keys') })
  const { registry, ledger, blobs } = room
  const now = () => new Date()
  return {
    ...room,
    keys,
    export: async (
      models: readonly Digest[],
      stage: GatedStage = 'development',
      hub: readonly HubEntry[] = [],
    ) =>
      exportBundle(
        {
          ...{ registry, ledger, trusted: room.trusted, now, signer: keys.policy },
          manifestOf: ({ files }) => {
            const manifest = makeManifest(files)
            if (!manifest.ok) throw new Error(manifest.error)
            return manifest.value
          },
          statements: (digest) => registry.desk.statements(digest),
          hubOf: () => hub,
          readBlob: (sha256) => createReadStream(blobs.pathOf(sha256)),
        },
        { models, stage },
      ),
    import: async (
      chunks: AsyncIterable<Uint8Array>,
      more: {
        readonly trusted?: TrustedKeys
        readonly accepted?: readonly string[]
        readonly now?: () => Date
      } = {},
    ) => {
      const trusted = more.trusted ?? room.trusted
      const putBlob = (bytes: AsyncIterable<Uint8Array>) => blobs.putStream(bytes)
      const deps = { trusted, putBlob, now: more.now ?? now }
      const checked = await readBundle(deps, chunks, more.accepted ?? [])
      const book = openFirewallBook(join(home, 'hub.db'))
      const noteHub: Parameters<typeof takeInBundle>[0]['noteHub'] = (entry, model, actor) =>
        noteHubEntry(book, { entry, model, actor, at: now() })
      try {
        return await takeInBundle(
          { registry, desk: registry.desk, trusted, tenant: 'default', noteHub, now },
          checked,
          'a bundle',
          someone('importer'),
        )
      } finally {
        book.close()
      }
    },
  }
}

export type OpenHouse = Awaited<ReturnType<typeof openHouse>>

/** The keys of a house as those of another, for the roles that are named. */
export function believing(here: TrustedKeys, { keys }: OpenHouse, roles: readonly string[]): TrustedKeys {
  const others = trustKeys(
    keys
      .listPublicKeys()
      .flatMap(({ role, publicKeyPem }) =>
        role !== 'log' && roles.includes(role) ? [{ publicKeyPem, roles: [role] }] : [],
      ),
  )
  return new Map([...here, ...others])
}

/** All bytes of a bundle: for tests whose bundles are small. */
export async function wholeOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

/** Bytes as they come from a disk, in pieces of any size. */
export async function* pieces(bytes: Uint8Array, size = 1000): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
