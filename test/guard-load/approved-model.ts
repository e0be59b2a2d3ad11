import { createHash } from 'node:crypto'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Digest } from '../../src/ground/domain/index.ts'
import { createStandings } from '../../src/services/guard-load/index.ts'
import { type openRoom, someone } from '../e2e/open-room.ts'

export const GOOD: Readonly<Record<string, string | Buffer>> = {
  'config.json': '{"model_type":"bert"}',
  'README.md': '# hello\n',
  'sub/model.safetensors': createHash('sha512').update('weights').digest(),
}
export const COMMIT = 'c'.repeat(40)

/** Lays files into a folder. */
export function lay(folder: string, files: Readonly<Record<string, string | Buffer>> = GOOD): string {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), bytes)
  }
  return folder
}

/** Lays files into a cache as huggingface_hub does; gives the snapshot's folder. */
export function layCache(
  cache: string,
  files: Readonly<Record<string, string | Buffer>> = GOOD,
  { repo = 'org/good', commit = COMMIT } = {},
): string {
  const repository = join(cache, `models--${repo.replace('/', '--')}`)
  const snapshot = join(repository, 'snapshots', commit)
  for (const [name, bytes] of Object.entries(files)) {
    const blob = join(repository, 'blobs', createHash('sha256').update(bytes).digest('hex'))
    const link = join(snapshot, name)
    lay(dirname(blob), { [blob.slice(dirname(blob).length + 1)]: bytes })
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(relative(dirname(link), blob), link)
  }
  lay(join(repository, 'refs'), { main: commit })
  return snapshot
}

type Room = Awaited<ReturnType<typeof openRoom>>

/** Imports, has assessed, and promotes for development. */
export async function approve({ registry }: Room, path: string, name = 'org/good'): Promise<Digest> {
  const { digest } = await registry.importModel({ path, name }, someone('asker'))
  await registry.assess(digest, someone('asker'))
  await registry.promote(digest, { stage: 'development' }, someone('asker'))
  return digest
}

/** The standings of a room, and the source that asks them directly. */
export function standingsOf({ registry, view }: Room) {
  const standings = createStandings({ registry, cursor: () => view.cursor(), now: () => new Date() })
  return {
    standings,
    source: {
      ask: standings.ask,
      next: async () => {
        throw new Error('nobody watches here')
      },
    },
  }
}
