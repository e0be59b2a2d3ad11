import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'
import {
  hashLeaf,
  type NoteCrypto,
  parseCheckpoint,
  parseVkey,
  verifyConsistencyProof,
  verifyInclusionProof,
  verifyNote,
} from './ground/crypto/pure.ts'
import { fromHex } from './ground/lang/index.ts'

/** An entry, the tree it is said to stand in, and the key of the log that says so. Hashes are hex. */
export interface InclusionQuestion {
  /** The entry's bytes; or give `leafHash`. With both, both must agree. */
  readonly leafData?: Uint8Array
  readonly leafHash?: string
  readonly index: number
  readonly treeSize: number
  /** Leaf's sibling first. */
  readonly hashes: readonly string[]
  /** The signed note. */
  readonly checkpoint: string
  /** The log's key, C2SP form, from a place that is not the log. */
  readonly vkey: string
}

/** Yes, with what the log signed; or no, with the reason. */
export type ProofAnswer =
  | { readonly ok: true; readonly origin: string; readonly treeSize: number; readonly root: string }
  | { readonly ok: false; readonly reason: string }

/** Two checkpoints of one log, and the proof that the second only added to the first. Hashes are hex. */
export interface ConsistencyQuestion {
  readonly older: string
  readonly newer: string
  readonly hashes: readonly string[]
  readonly vkey: string
}

const crypto: NoteCrypto = {
  sha256,
  verifyEd25519: (publicKey, message, signature) => {
    try {
      return ed25519.verify(signature, message, publicKey, { zip215: false })
    } catch {
      return false // Bytes that are no point or no scalar: not a good signature.
    }
  },
}

/** Verifies in a browser that an entry stands in a log: signature of the checkpoint, size, path to the root. Never throws. */
export function verifyInclusion(question: InclusionQuestion): ProofAnswer {
  const checkpoint = openCheckpoint(question.checkpoint, question.vkey)
  if (!checkpoint.ok) return checkpoint
  const { index, treeSize } = question
  if (checkpoint.treeSize !== treeSize)
    return no(`the checkpoint is of ${checkpoint.treeSize} entries, the proof of ${treeSize}`)
  const leafHash = leafHashOf(question)
  if (leafHash === undefined) return no('the leaf hash is missing, malformed, or not that of the entry')
  const proof = bytesOf(question.hashes)
  const root = fromHex(checkpoint.root)
  if (proof === undefined || root === undefined) return no('a hash of the proof is not hex')
  const included = verifyInclusionProof(sha256, { index, size: treeSize, leafHash, root, proof })
  return included.ok ? checkpoint : no(included.error)
}

/** Verifies in a browser that a log has only grown between two checkpoints. Never throws. */
export function verifyConsistency(question: ConsistencyQuestion): ProofAnswer {
  const older = openCheckpoint(question.older, question.vkey)
  if (!older.ok) return older
  const newer = openCheckpoint(question.newer, question.vkey)
  if (!newer.ok) return newer
  const [fromRoot, toRoot, proof] = [fromHex(older.root), fromHex(newer.root), bytesOf(question.hashes)]
  if (fromRoot === undefined || toRoot === undefined || proof === undefined)
    return no('a hash of the proof is not hex')
  const claim = { from: older.treeSize, to: newer.treeSize, fromRoot, toRoot, proof }
  const verified = verifyConsistencyProof(sha256, claim)
  return verified.ok ? newer : no(verified.error)
}

function openCheckpoint(note: string, vkey: string): ProofAnswer {
  const key = parseVkey(sha256, vkey)
  if (!key.ok) return no(key.error)
  const verified = verifyNote(crypto, note, [key.value])
  if (!verified.ok) return no(verified.error)
  const checkpoint = parseCheckpoint(verified.value.text)
  if (!checkpoint.ok) return no(checkpoint.error)
  const { origin, size, root } = checkpoint.value
  if (origin !== key.value.name) return no(`the checkpoint is of ${origin}, the key of ${key.value.name}`)
  return { ok: true, origin, treeSize: size, root: hexOf(root) }
}

function leafHashOf({ leafData, leafHash }: InclusionQuestion): Uint8Array | undefined {
  const computed = leafData === undefined ? undefined : hashLeaf(sha256, leafData)
  const given = leafHash === undefined ? undefined : fromHex(leafHash)
  if (leafHash !== undefined && given === undefined) return undefined
  if (computed === undefined || given === undefined) return computed ?? given
  return hexOf(computed) === hexOf(given) ? computed : undefined
}

function bytesOf(hashes: readonly string[]): Uint8Array[] | undefined {
  const bytes = hashes.map(fromHex)
  return bytes.every((hash) => hash !== undefined) ? bytes : undefined
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function no(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason }
}

/** What the console draws a path with, step by step; {@link verifyInclusion} is what says whether it proves anything. */
export { hashLeaf, hashNode } from './ground/crypto/pure.ts'
export { openCheckpoint, sha256 }
