// biome-ignore lint/correctness/noUndeclaredDependencies: the pure door of this very package, not a dependency
import { hashLeaf, hashNode, openCheckpoint, sha256, verifyInclusion } from 'sallyport/proof'
import type { InclusionProof } from '../../api/contract.ts'

/** One level of the way from the entry to the root. */
export interface PathStep {
  /** Where the sibling from the proof stands. */
  readonly side: 'left' | 'right'
  readonly sibling: string
  /** Hash of the two, hex: the next node on the way. */
  readonly parent: string
}

/** One thing that was checked here, and what came of it. */
export interface Check {
  readonly name: string
  readonly good: boolean
  readonly detail: string
}

/** All that was recomputed in this browser. `good` only when every check is. */
export interface ProofReport {
  readonly good: boolean
  readonly checks: readonly Check[]
  readonly leaf: string
  readonly steps: readonly PathStep[]
  /** Root in the signed checkpoint, hex; empty when there is no readable one. */
  readonly root: string
}

/** Checks a proof of inclusion with nothing but its own bytes: leaf, audit path, signed checkpoint. RFC 9162 section 2.1.3.2. */
export function checkProof(proof: InclusionProof): ProofReport {
  const leafData = bytesOfBase64(proof.leafData)
  const leafHash = hashLeaf(sha256, leafData)
  const leaf = hexOf(leafHash)
  const { index, treeSize, hashes, checkpoint, verifierKey: vkey } = proof
  const signed = openCheckpoint(checkpoint, vkey)
  const included = verifyInclusion({ leafData, index, treeSize, hashes, checkpoint, vkey })
  const isEntry = leaf === proof.leafHash
  const checks: readonly Check[] = [
    {
      name: 'Entry',
      good: isEntry,
      detail: isEntry ? 'its bytes hash to the leaf' : 'its bytes do not hash to the leaf that the log names',
    },
    {
      name: 'Checkpoint',
      good: signed.ok,
      detail: signed.ok
        ? `signed by ${signed.origin} with the Ed25519 key ${vkey.split('+')[1]}`
        : signed.reason,
    },
    {
      name: 'Path',
      good: included.ok,
      detail: included.ok
        ? `${hashes.length} hashes lead from entry ${index} to the signed root of ${treeSize} entries`
        : signed.ok
          ? included.reason
          : 'there is no trusted root to lead to',
    },
  ]
  return {
    good: checks.every((check) => check.good),
    checks,
    leaf,
    steps: climb(proof, leafHash, hashes.map(bytesOfHex)),
    root: signed.ok ? signed.root : '',
  }
}

/** The nodes on the way, for the picture; whether they prove anything is `verifyInclusion`'s to say. */
function climb(
  { index, treeSize }: InclusionProof,
  leaf: Uint8Array,
  siblings: readonly Uint8Array[],
): PathStep[] {
  const steps: PathStep[] = []
  let at = index
  let last = treeSize - 1
  let node = leaf
  for (const sibling of siblings) {
    const isLeft = at % 2 === 1 || at === last
    node = isLeft ? hashNode(sha256, sibling, node) : hashNode(sha256, node, sibling)
    if (isLeft)
      while (at % 2 === 0 && at !== 0) {
        at /= 2
        last = Math.floor(last / 2)
      }
    at = Math.floor(at / 2)
    last = Math.floor(last / 2)
    steps.push({ side: isLeft ? 'left' : 'right', sibling: hexOf(sibling), parent: hexOf(node) })
  }
  return steps
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function bytesOfBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

export const TAMPERS = ['nothing', 'the entry', 'the path', 'the signature'] as const
export type Tamper = (typeof TAMPERS)[number]

/** The same proof with one byte changed, to show that the check notices. */
export function tamperWith(proof: InclusionProof, what: Tamper): InclusionProof {
  switch (what) {
    case 'nothing':
      return proof
    case 'the entry':
      return { ...proof, leafData: changeBase64(proof.leafData) }
    case 'the path': {
      const [first, ...rest] = proof.hashes
      // A log of one entry has no path; its root is then what can be changed.
      return first === undefined
        ? { ...proof, hashes: [proof.leafHash] }
        : { ...proof, hashes: [changeHex(first), ...rest] }
    }
    case 'the signature': {
      const end = proof.checkpoint.trimEnd()
      const at = end.lastIndexOf(' ') + 1
      return { ...proof, checkpoint: `${end.slice(0, at)}${changeBase64(end.slice(at))}\n` }
    }
  }
}

// The character at 12 stands after the key id of a signature, and in the middle of an entry.
function changeBase64(text: string): string {
  return `${text.slice(0, 12)}${text[12] === 'A' ? 'B' : 'A'}${text.slice(13)}`
}

function changeHex(hex: string): string {
  return `${hex.startsWith('0') ? '1' : '0'}${hex.slice(1)}`
}
