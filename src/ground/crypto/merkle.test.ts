import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromHex, utf8 } from '../lang/index.ts'
import {
  consistencyRanges,
  emptyRoot,
  foldNodes,
  fromBase64,
  hashLeaf,
  hashNode,
  inclusionRanges,
  type LeafRange,
  perfectNodes,
  verifyConsistencyProof,
  verifyInclusionProof,
} from './pure.ts'
import { sha256 } from './sha256.ts'

const VECTORS = new URL('../../../test/vectors/transparency-dev-merkle/testdata/', import.meta.url)

function vectorsOf(kind: string): [string, Record<string, unknown>][] {
  return readdirSync(new URL(kind, VECTORS), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.json'))
    .map((name) => [`${kind}/${name}`, JSON.parse(readFileSync(new URL(`${kind}/${name}`, VECTORS), 'utf8'))])
}

const hashOf = (value: unknown): Uint8Array =>
  fromBase64(typeof value === 'string' ? value : '') ?? new Uint8Array(0)
const proofOf = (value: unknown): Uint8Array[] => (Array.isArray(value) ? value.map(hashOf) : [])

test('all 196 vectors of the two kinds are here', () => {
  expect(vectorsOf('inclusion').length + vectorsOf('consistency').length).toBe(196)
})

test.for(vectorsOf('inclusion'))('%s', ([, vector]) => {
  const verified = verifyInclusionProof(sha256, {
    index: Number(vector.leafIdx),
    size: Number(vector.treeSize),
    leafHash: hashOf(vector.leafHash),
    root: hashOf(vector.root),
    proof: proofOf(vector.proof),
  })
  expect(verified.ok).toBe(!vector.wantErr)
})

test.for(vectorsOf('consistency'))('%s', ([, vector]) => {
  const verified = verifyConsistencyProof(sha256, {
    from: Number(vector.size1),
    to: Number(vector.size2),
    fromRoot: hashOf(vector.root1),
    toRoot: hashOf(vector.root2),
    proof: proofOf(vector.proof),
  })
  expect(verified.ok).toBe(!vector.wantErr)
})

test.for([
  ['inclusion in an empty tree', () => verifyInclusionProof(sha256, inclusion(0, 0))],
  ['a negative index', () => verifyInclusionProof(sha256, inclusion(-1, 1))],
  ['a fractional index', () => verifyInclusionProof(sha256, inclusion(0.5, 1))],
  ['consistency of empty with empty', () => verifyConsistencyProof(sha256, consistency(0, 0))],
  ['consistency of empty with one', () => verifyConsistencyProof(sha256, consistency(0, 1))],
  ['a tree that shrinks', () => verifyConsistencyProof(sha256, consistency(2, 1))],
] as const)('%s is refused', ([, verify]) => {
  expect(verify().ok).toBe(false)
})

function inclusion(index: number, size: number) {
  return { index, size, leafHash: emptyRoot(sha256), root: emptyRoot(sha256), proof: [] }
}

function consistency(from: number, to: number) {
  return { from, to, fromRoot: emptyRoot(sha256), toRoot: emptyRoot(sha256), proof: [] }
}

test('roots are those of RFC 6962 as Certificate Transparency tests them', () => {
  const leaves = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ]
  const hashes = leaves.map((hex) => hashLeaf(sha256, fromHex(hex) ?? new Uint8Array(0)))
  expect(Buffer.from(rootOf(hashes, { start: 0, end: 8 })).toString('hex')).toBe(
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  )
  expect(Buffer.from(rootOf(hashes, { start: 0, end: 7 })).toString('hex')).toBe(
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  )
})

/** By the definition in RFC 6962 section 2.1, sharing nothing with the code under test but the two hashes. */
function rootOf(hashes: readonly Uint8Array[], range: LeafRange): Uint8Array {
  const width = range.end - range.start
  if (width === 0) return emptyRoot(sha256)
  if (width === 1) return hashes[range.start] ?? new Uint8Array(0)
  const middle = range.start + 2 ** (Math.ceil(Math.log2(width)) - 1)
  return hashNode(
    sha256,
    rootOf(hashes, { start: range.start, end: middle }),
    rootOf(hashes, { start: middle, end: range.end }),
  )
}

function viaNodes(hashes: readonly Uint8Array[], range: LeafRange): Uint8Array {
  const parts = perfectNodes(range).map(({ level, index }) =>
    rootOf(hashes, { start: index * 2 ** level, end: (index + 1) * 2 ** level }),
  )
  return foldNodes(sha256, parts)
}

const trees = fc
  .integer({ min: 1, max: 300 })
  .chain((size) => fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size - 1 }), fc.nat()))

test('every proof built verifies, and none does when a bit of it is changed', () => {
  const all = Array.from({ length: 300 }, (_, i) => hashLeaf(sha256, utf8(String(i))))
  fc.assert(
    fc.property(trees, ([size, index, flip]) => {
      const root = rootOf(all, { start: 0, end: size })
      const proof = inclusionRanges(index, size).map((range) => viaNodes(all, range))
      const claim = { index, size, leafHash: all[index] ?? root, root, proof }
      expect(verifyInclusionProof(sha256, claim)).toEqual({ ok: true, value: undefined })
      if (proof.length > 0)
        expect(verifyInclusionProof(sha256, { ...claim, proof: flipped(proof, flip) }).ok).toBe(false)
      expect(verifyInclusionProof(sha256, { ...claim, proof: [...proof, root] }).ok).toBe(false)

      const from = index + 1
      const path = consistencyRanges(from, size).map((range) => viaNodes(all, range))
      const older = {
        from,
        to: size,
        fromRoot: rootOf(all, { start: 0, end: from }),
        toRoot: root,
        proof: path,
      }
      expect(verifyConsistencyProof(sha256, older)).toEqual({ ok: true, value: undefined })
      if (path.length > 0)
        expect(verifyConsistencyProof(sha256, { ...older, proof: flipped(path, flip) }).ok).toBe(false)
      expect(verifyConsistencyProof(sha256, { ...older, proof: [...path, root] }).ok).toBe(false)
    }),
    { numRuns: 300 },
  )
})

test('proofs hold for sizes beyond 32 bits', () => {
  const size = 2 ** 40 + 3
  expect(inclusionRanges(2 ** 40, size).length).toBe(3)
  expect(perfectNodes({ start: 0, end: size })).toEqual([
    { level: 40, index: 0 },
    { level: 1, index: 2 ** 39 },
    { level: 0, index: 2 ** 40 + 2 },
  ])
})

function flipped(proof: readonly Uint8Array[], at: number): Uint8Array[] {
  return proof.map((hash, i) =>
    i === at % proof.length ? hash.with(at % 32, (hash[at % 32] ?? 0) ^ 1) : hash,
  )
}
