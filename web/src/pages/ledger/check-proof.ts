import {
  fromBase64,
  hashLeaf,
  hashNode,
  parseCheckpoint,
  parseVkey,
  sha256,
  toHex,
  verifyEd25519,
  verifyInclusionProof,
  verifyNote,
} from 'sallyport/proof'
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

const CRYPTO = { sha256, verifyEd25519 }

/** Checks a proof of inclusion with nothing but its own bytes: leaf, audit path, signed checkpoint. RFC 9162 section 2.1.3.2. */
export function checkProof(proof: InclusionProof): ProofReport {
  const leafBytes = fromBase64(proof.leafData)
  const siblings = proof.hashes.map(bytesOfHex)
  const leafHash = leafBytes === undefined ? new Uint8Array(0) : hashLeaf(sha256, leafBytes)
  const leaf = toHex(leafHash)
  const signed = checkSignature(proof)
  const steps = climb(proof, leafHash, siblings)
  const checks: Check[] = [
    {
      name: 'Entry',
      good: leaf === proof.leafHash,
      detail:
        leaf === proof.leafHash
          ? 'its bytes hash to the leaf'
          : 'its bytes do not hash to the leaf that the log names',
    },
    signed.check,
  ]
  if (signed.checkpoint === undefined) {
    checks.push({ name: 'Path', good: false, detail: 'there is no trusted root to lead to' })
    return { good: false, checks, leaf, steps, root: '' }
  }
  const { size, root } = signed.checkpoint
  const claim = { index: proof.index, size, leafHash, root, proof: siblings }
  const included = verifyInclusionProof(sha256, claim)
  checks.push({
    name: 'Path',
    good: included.ok,
    detail: included.ok
      ? `${siblings.length} hashes lead from entry ${proof.index} to the signed root of ${size} entries`
      : included.error,
  })
  return { good: checks.every((check) => check.good), checks, leaf, steps, root: toHex(root) }
}

function checkSignature(proof: InclusionProof) {
  const bad = (detail: string) => ({
    check: { name: 'Checkpoint', good: false, detail },
    checkpoint: undefined,
  })
  const key = parseVkey(sha256, proof.verifierKey)
  if (!key.ok) return bad(`the log's key cannot be read: ${key.error}`)
  const note = verifyNote(CRYPTO, proof.checkpoint, [key.value])
  if (!note.ok) return bad(note.error)
  const checkpoint = parseCheckpoint(note.value.text)
  if (!checkpoint.ok) return bad(checkpoint.error)
  if (checkpoint.value.origin !== key.value.name)
    return bad(`the checkpoint is of another log, ${checkpoint.value.origin}`)
  const detail = `signed by ${key.value.name} with Ed25519 key ${key.value.keyId}`
  return { check: { name: 'Checkpoint', good: true, detail }, checkpoint: checkpoint.value }
}

/** The nodes on the way, for the picture; whether they prove anything is `verifyInclusionProof`'s to say. */
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
    steps.push({ side: isLeft ? 'left' : 'right', sibling: toHex(sibling), parent: toHex(node) })
  }
  return steps
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
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

// Character 12 stands after the key id of a signature, and in the middle of an entry.
function changeBase64(text: string): string {
  return `${text.slice(0, 12)}${text[12] === 'A' ? 'B' : 'A'}${text.slice(13)}`
}

function changeHex(hex: string): string {
  return `${hex.startsWith('0') ? '1' : '0'}${hex.slice(1)}`
}
