import { foldNodes, hashNode, type LeafRange, perfectNodes, type TreeNode } from '../../ground/crypto/pure.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { LedgerStore } from './ledger-store.ts'
import { treeHash } from './log-crypto.ts'
import { TILE_WIDTH, type TileName, tileAt, tilePath } from './tile-path.ts'

const HASH_BYTES = 32
/** Tiles. 8 KiB each, so 4 MiB: the upper levels of any log and the neighbourhood of what is being read. */
const MAX_CACHED_TILES = 512
/** Nodes inside full tiles that are not hashed again, some 200 bytes each: what proofs of a log of a million share. */
const MAX_KEPT_NODES = 32_768

/** Gives a published file by its path. */
export type ReadFile = LedgerStore['file']

/** The hashes of a published tree, read from its tiles; full tiles, which never change, are kept for a while. */
export class TreeReader {
  readonly #readFile: ReadFile
  readonly #cache = new Map<string, Uint8Array>()
  readonly #nodes = new Map<string, Uint8Array>()

  constructor(readFile: ReadFile) {
    this.#readFile = readFile
  }

  /** Root over a range that begins where RFC 6962 proofs cut. @throws SallyportError `LOG_CORRUPT` */
  async hashRange(range: LeafRange, size: number): Promise<Uint8Array> {
    const hashes: Uint8Array[] = []
    for (const node of perfectNodes(range)) hashes.push(await this.#hashNode(node, size))
    return foldNodes(treeHash, hashes)
  }

  /** The hashes of one tile, or the entries of one bundle as bytes. @throws SallyportError `LOG_CORRUPT` */
  async tile(name: TileName): Promise<Uint8Array> {
    const path = tilePath(name)
    const cached = this.#cache.get(path)
    if (cached !== undefined) return cached
    const bytes = (await this.#readFile(path)) ?? (await this.#beginningOfFullTile(name))
    if (bytes === undefined)
      throw new SallyportError('LOG_CORRUPT', `the log's file ${path} is missing`, { detail: { path } })
    if (name.level !== 'entries' && bytes.length !== name.width * HASH_BYTES)
      throw new SallyportError('LOG_CORRUPT', `the log's file ${path} has ${bytes.length} bytes`, {
        detail: { path },
      })
    if (name.width === TILE_WIDTH && name.level !== 'entries') this.#keep(path, bytes)
    return bytes
  }

  // Partial tiles are removed once a full one stands in their place (C2SP tlog-tiles "Partial Tiles").
  async #beginningOfFullTile(name: TileName): Promise<Uint8Array | undefined> {
    if (name.width === TILE_WIDTH || name.level === 'entries') return undefined
    const full = await this.#readFile(tilePath({ ...name, width: TILE_WIDTH }))
    return full?.subarray(0, name.width * HASH_BYTES)
  }

  #keep(path: string, bytes: Uint8Array): void {
    keepNewest(this.#cache, MAX_CACHED_TILES, path, bytes)
  }

  async #hashNode(node: TreeNode, size: number): Promise<Uint8Array> {
    const level = Math.floor(node.level / 8)
    const width = 2 ** (node.level % 8)
    const start = node.index * width
    const name = tileAt(level, Math.floor(start / TILE_WIDTH), size)
    if (name === undefined)
      throw new Error(`no tile of a tree of ${size} holds node ${node.level}/${node.index}`)
    const key = `${node.level}/${node.index}`
    const kept = this.#nodes.get(key)
    if (kept !== undefined) return kept
    const tile = await this.tile(name)
    const hash = hashTilePart(tile, start % TILE_WIDTH, width)
    // A perfect subtree that is whole never changes, whatever the tree grows to.
    if (name.width === TILE_WIDTH && width > 1) keepNewest(this.#nodes, MAX_KEPT_NODES, key, hash)
    return hash
  }
}

function keepNewest(kept: Map<string, Uint8Array>, most: number, key: string, bytes: Uint8Array): void {
  const oldest = kept.size >= most ? kept.keys().next().value : undefined
  if (oldest !== undefined) kept.delete(oldest)
  kept.set(key, bytes)
}

/** Root over `width` (a power of two) hashes of a tile from `start` on. */
export function hashTilePart(tile: Uint8Array, start: number, width: number): Uint8Array {
  let hashes = Array.from({ length: width }, (_, i) =>
    tile.subarray((start + i) * HASH_BYTES, (start + i + 1) * HASH_BYTES),
  )
  while (hashes.length > 1) hashes = pairUp(hashes)
  const [root] = hashes
  if (root === undefined) throw new Error('a part of a tile has at least one hash')
  return root
}

function pairUp(hashes: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = []
  for (let i = 0; i + 1 < hashes.length; i += 2) {
    const [left, right] = [hashes[i], hashes[i + 1]]
    if (left !== undefined && right !== undefined) parents.push(hashNode(treeHash, left, right))
  }
  return parents
}
