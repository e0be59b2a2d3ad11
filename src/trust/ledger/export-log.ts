import { hexOfDigest } from '../../ground/domain/index.ts'
import { SallyportError, utf8 } from '../../ground/lang/index.ts'
import type { Ledger } from './ledger.ts'
import type { TreeFile } from './ledger-store.ts'
import { TILE_WIDTH, type TileName, tileAt, tileLevels, tilePath } from './tile-path.ts'

/**
 * A whole log as files: `checkpoint`, every tile and entry bundle it needs, and each envelope as `bodies/<hex digest>`.
 * Any C2SP client can check the result; nothing else is needed to check it.
 * @throws SallyportError `LOG_CORRUPT` when a file of the log is missing
 */
export async function* exportLog(ledger: Ledger): AsyncIterable<TreeFile> {
  const checkpoint = await ledger.checkpoint()
  const size = Number(checkpoint.split('\n')[1])
  for (const name of tilesOf(size)) {
    const path = tilePath(name)
    const bytes = await ledger.tile(path)
    if (bytes === undefined) throw new SallyportError('LOG_CORRUPT', `the log's file ${path} is missing`)
    yield { path, bytes }
  }
  for await (const { digest, envelope } of ledger.entries(0, size))
    yield { path: `bodies/${hexOfDigest(digest)}`, bytes: envelope }
  yield { path: 'checkpoint', bytes: utf8(checkpoint) }
}

function* tilesOf(size: number): Iterable<TileName> {
  const levels: readonly (number | 'entries')[] = ['entries', ...Array(tileLevels(size)).keys()]
  for (const level of levels) {
    const hashes = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level))
    for (let n = 0; n * TILE_WIDTH < hashes; n++) {
      const name = tileAt(level, n, size)
      if (name !== undefined) yield name
    }
  }
}
