import { concatBytes, fail, ok, type Result } from '../lang/index.ts'

/** SHA-256. It comes in as a parameter so that browser and server share this file. */
export type Hash = (bytes: Uint8Array) => Uint8Array

/** A perfect subtree: `level` 0 is a leaf, `index` counts from the left at that level. */
export interface TreeNode {
  readonly level: number
  readonly index: number
}

/** Leaves `start` (included) to `end` (excluded). */
export interface LeafRange {
  readonly start: number
  readonly end: number
}

// The two prefixes keep a leaf from being read as a node, and the other way round. RFC 6962 section 2.1.
const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)
const HASH_BYTES = 32

/** RFC 6962 hash of an entry. */
export function hashLeaf(hash: Hash, data: Uint8Array): Uint8Array {
  return hash(concatBytes([LEAF, data]))
}

/** RFC 6962 hash of two subtrees. */
export function hashNode(hash: Hash, left: Uint8Array, right: Uint8Array): Uint8Array {
  return hash(concatBytes([NODE, left, right]))
}

/** Root of a tree without entries: the hash of nothing. RFC 6962 section 2.1. */
export function emptyRoot(hash: Hash): Uint8Array {
  return hash(new Uint8Array(0))
}

/** Largest power of two smaller than `size`, which is at least 2. Not by bits: sizes go beyond 32 of them. */
function splitOf(size: number): number {
  let power = 1
  while (power * 2 < size) power *= 2
  return power
}

/** The perfect subtrees that make up a range beginning at a multiple of its greatest power of two, left to right. */
export function perfectNodes(range: LeafRange): TreeNode[] {
  const nodes: TreeNode[] = []
  let at = range.start
  while (at < range.end) {
    let level = 0
    let width = 1
    while (at % (width * 2) === 0 && at + width * 2 <= range.end) {
      width *= 2
      level += 1
    }
    nodes.push({ level, index: at / width })
    at += width
  }
  return nodes
}

/** The hash over adjacent perfect subtrees, given left to right; of none, the empty root. */
export function foldNodes(hash: Hash, hashes: readonly Uint8Array[]): Uint8Array {
  let folded: Uint8Array | undefined
  for (const left of hashes.toReversed()) folded = folded === undefined ? left : hashNode(hash, left, folded)
  return folded ?? emptyRoot(hash)
}

/** What an inclusion proof consists of, leaf's sibling first. RFC 9162 section 2.1.3.1. Needs `0 <= index < size`. */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  const ranges: LeafRange[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + splitOf(end - start)
    if (index < middle) {
      ranges.push({ start: middle, end })
      end = middle
    } else {
      ranges.push({ start, end: middle })
      start = middle
    }
  }
  return ranges.reverse()
}

/** What a consistency proof consists of. RFC 9162 section 2.1.4.1. Needs `0 < from <= to`. */
export function consistencyRanges(from: number, to: number): LeafRange[] {
  const ranges: LeafRange[] = []
  let start = 0
  let end = to
  let isWhole = true
  while (end !== from) {
    const middle = start + splitOf(end - start)
    if (from <= middle) {
      ranges.push({ start: middle, end })
      end = middle
    } else {
      ranges.push({ start, end: middle })
      start = middle
      isWhole = false
    }
  }
  if (!isWhole) ranges.push({ start, end })
  return ranges.reverse()
}

/** Claim that an entry stands in a tree. */
export interface InclusionClaim {
  readonly index: number
  readonly size: number
  readonly leafHash: Uint8Array
  readonly root: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/** RFC 9162 section 2.1.3.2. A failure names the reason. */
export function verifyInclusionProof(hash: Hash, claim: InclusionClaim): Result<undefined> {
  const { index, size, leafHash, root, proof } = claim
  if (!isCount(index) || !isCount(size) || index >= size)
    return fail(`entry ${index} cannot be in a tree of ${size}`)
  const malformed = malformedHash([leafHash, root, ...proof])
  if (malformed !== undefined) return fail(malformed)
  const sides = sidesOf(index, size - 1, proof.length)
  if (!sides.ok) return sides
  let folded = leafHash
  for (const [i, sibling] of proof.entries())
    folded = sides.value[i] === 'left' ? hashNode(hash, sibling, folded) : hashNode(hash, folded, sibling)
  return isSameHash(folded, root) ? ok(undefined) : fail('the proof leads to another root')
}

/** Claim that one tree is the beginning of another. */
export interface ConsistencyClaim {
  readonly from: number
  readonly to: number
  readonly fromRoot: Uint8Array
  readonly toRoot: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/** RFC 9162 section 2.1.4.2; strict: nothing is proved of an empty tree. A failure names the reason. */
export function verifyConsistencyProof(hash: Hash, claim: ConsistencyClaim): Result<undefined> {
  const { from, to, fromRoot, toRoot, proof } = claim
  if (!isCount(from) || !isCount(to) || from > to)
    return fail(`a tree of ${from} cannot begin a tree of ${to}`)
  if (from === 0) return fail('consistency with an empty tree proves nothing')
  if (from === to) {
    if (fromRoot.length === 0) return fail('a root is empty')
    if (proof.length > 0) return fail('a proof between trees of one size must be empty')
    return isSameHash(fromRoot, toRoot) ? ok(undefined) : fail('two roots for one size')
  }
  const malformed = malformedHash([fromRoot, toRoot, ...proof])
  if (malformed !== undefined) return fail(malformed)
  const roots = climb(hash, claim)
  if (!roots.ok) return roots
  if (!isSameHash(roots.value.older, fromRoot)) return fail('the proof leads to another older root')
  return isSameHash(roots.value.newer, toRoot) ? ok(undefined) : fail('the proof leads to another newer root')
}

interface Roots {
  readonly older: Uint8Array
  readonly newer: Uint8Array
}

function climb(hash: Hash, { from, to, fromRoot, proof }: ConsistencyClaim): Result<Roots> {
  const path = isPowerOfTwo(from) ? [fromRoot, ...proof] : proof
  const [first, ...rest] = path
  if (proof.length === 0 || first === undefined) return fail('the proof is empty')
  let at = from - 1
  let last = to - 1
  while (at % 2 === 1) {
    at = half(at)
    last = half(last)
  }
  const sides = sidesOf(at, last, rest.length)
  if (!sides.ok) return sides
  let older = first
  let newer = first
  for (const [i, sibling] of rest.entries()) {
    const isLeft = sides.value[i] === 'left'
    if (isLeft) older = hashNode(hash, sibling, older)
    newer = isLeft ? hashNode(hash, sibling, newer) : hashNode(hash, newer, sibling)
  }
  return ok({ older, newer })
}

/** On which side of the path each hash of a proof stands, from node `at` of a level whose last node is `last`. */
function sidesOf(at: number, last: number, count: number): Result<('left' | 'right')[]> {
  const sides: ('left' | 'right')[] = []
  while (sides.length < count) {
    if (last === 0) return fail('the proof has more hashes than the tree has levels')
    const isLeft = at % 2 === 1 || at === last
    while (isLeft && at % 2 === 0 && at !== 0) {
      at /= 2
      last = half(last)
    }
    sides.push(isLeft ? 'left' : 'right')
    at = half(at)
    last = half(last)
  }
  return last === 0 ? ok(sides) : fail('the proof has fewer hashes than the tree has levels')
}

function half(count: number): number {
  return Math.floor(count / 2)
}

function isPowerOfTwo(count: number): boolean {
  return count === 1 || splitOf(count) * 2 === count
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

function malformedHash(hashes: readonly Uint8Array[]): string | undefined {
  const wrong = hashes.find((hash) => hash.length !== HASH_BYTES)
  return wrong === undefined ? undefined : `a hash has ${wrong.length} bytes, not ${HASH_BYTES}`
}

function isSameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
