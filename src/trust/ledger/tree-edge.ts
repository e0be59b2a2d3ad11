import { foldNodes, hashLeaf, perfectNodes } from '../../ground/crypto/pure.ts'
import { digestOfHash } from '../../ground/domain/index.ts'
import { concatBytes, SallyportError } from '../../ground/lang/index.ts'
import { decodeBundle, encodeBundle, leafOfDigest } from './entry.ts'
import type { TreeFile } from './ledger-store.ts'
import { treeHash } from './log-crypto.ts'
import { TILE_WIDTH, tileAt, tileLevels, tilePath } from './tile-path.ts'
import { hashTilePart, type TreeReader } from './tree-reader.ts'

const HASH_BYTES = 32

/** The right edge of a tree: all that is needed to let it grow, at most 255 hashes a level. */
export interface TreeEdge {
  readonly size: number
  /** By level of tiles: the hashes of the tile that is not full yet. */
  readonly hashes: readonly (readonly Uint8Array[])[]
  /** The entries of the bundle that is not full yet. */
  readonly leaves: readonly Uint8Array[]
}

/** The edge of a tree without entries. */
export const EMPTY_EDGE: TreeEdge = { size: 0, hashes: [], leaves: [] }

/** Reads the edge of a published tree. @throws SallyportError `LOG_CORRUPT` */
export async function readEdge(reader: TreeReader, size: number): Promise<TreeEdge> {
  const hashes: Uint8Array[][] = []
  for (let level = 0; level < tileLevels(size); level++) {
    const tile = tileAt(level, Math.floor(size / TILE_WIDTH ** (level + 1)), size)
    const bytes = tile === undefined ? new Uint8Array(0) : await reader.tile(tile)
    hashes.push(
      Array.from({ length: bytes.length / HASH_BYTES }, (_, i) =>
        bytes.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES),
      ),
    )
  }
  const bundle = tileAt('entries', Math.floor(size / TILE_WIDTH), size)
  if (bundle === undefined) return { size, hashes, leaves: [] }
  const leaves = decodeBundle(await reader.tile(bundle))
  const path = tilePath(bundle)
  if (!leaves.ok) throw new SallyportError('LOG_CORRUPT', `${path}: ${leaves.error}`, { detail: { path } })
  if (leaves.value.length !== bundle.width)
    throw new SallyportError('LOG_CORRUPT', `${path} holds ${leaves.value.length} entries`, {
      detail: { path },
    })
  return { size, hashes, leaves: leaves.value }
}

/** The root a tree with this edge has. */
export function rootOfEdge(edge: TreeEdge): Uint8Array {
  const parts: Uint8Array[] = []
  for (const hashes of edge.hashes.toReversed()) {
    const tile = concatBytes(hashes)
    for (const { level, index } of perfectNodes({ start: 0, end: hashes.length }))
      parts.push(hashTilePart(tile, index * 2 ** level, 2 ** level))
  }
  return foldNodes(treeHash, parts)
}

/** Lets a tree grow. @param digests 32 bytes each @returns the new edge, and every file that is new or longer */
export function growEdge(
  edge: TreeEdge,
  digests: Uint8Array,
): { readonly edge: TreeEdge; readonly files: TreeFile[] } {
  const growth = new Growth(edge)
  for (let at = 0; at < digests.length; at += HASH_BYTES)
    growth.add(leafOfDigest(digestOfHash(digests.subarray(at, at + HASH_BYTES))))
  return growth.finish()
}

class Growth {
  readonly #files: TreeFile[] = []
  readonly #hashes: Uint8Array[][]
  readonly #isTouched: boolean[] = []
  #leaves: Uint8Array[]
  #size: number

  constructor(edge: TreeEdge) {
    this.#size = edge.size
    this.#hashes = edge.hashes.map((hashes) => [...hashes])
    this.#leaves = [...edge.leaves]
  }

  add(leaf: Uint8Array): void {
    this.#leaves.push(leaf)
    this.#size += 1
    if (this.#leaves.length === TILE_WIDTH) {
      this.#emit('entries', TILE_WIDTH, encodeBundle(this.#leaves))
      this.#leaves = []
    }
    this.#push(0, hashLeaf(treeHash, leaf))
  }

  #push(level: number, hash: Uint8Array): void {
    const hashes = this.#hashes[level] ?? []
    this.#hashes[level] = hashes
    this.#isTouched[level] = true
    hashes.push(hash)
    if (hashes.length < TILE_WIDTH) return
    const tile = concatBytes(hashes)
    this.#emit(level, TILE_WIDTH, tile)
    this.#hashes[level] = []
    this.#push(level + 1, hashTilePart(tile, 0, TILE_WIDTH))
  }

  #emit(level: number | 'entries', width: number, bytes: Uint8Array): void {
    const hashes = Math.floor(this.#size / TILE_WIDTH ** (level === 'entries' ? 0 : level))
    const n = Math.ceil(hashes / TILE_WIDTH) - 1
    this.#files.push({ path: tilePath({ level, n, width }), bytes })
  }

  finish(): { readonly edge: TreeEdge; readonly files: TreeFile[] } {
    if (this.#leaves.length > 0) this.#emit('entries', this.#leaves.length, encodeBundle(this.#leaves))
    for (const [level, hashes] of this.#hashes.entries())
      if (hashes.length > 0 && this.#isTouched[level]) this.#emit(level, hashes.length, concatBytes(hashes))
    return { edge: { size: this.#size, hashes: this.#hashes, leaves: this.#leaves }, files: this.#files }
  }
}
