import {
  fromBase64,
  hashLeaf,
  noteKey,
  parseCheckpoint,
  parseVkey,
  toBase64,
  verifyInclusionProof,
  verifyNote,
} from '../../ground/crypto/pure.ts'
import { fail, fromHex, ok, type Result } from '../../ground/lang/index.ts'
import type { InclusionProof } from './ledger.ts'
import { nodeNoteCrypto, treeHash } from './log-crypto.ts'

const FIRST_LINE = 'c2sp.org/tlog-proof@v1'
/** Characters. 63 hashes and a checkpoint of the largest size we read stay below. */
const MAX_LENGTH = 1_100_000

/** What a `.tlog-proof` text says, nothing verified. */
export interface ProofFile {
  readonly index: number
  readonly hashes: readonly Uint8Array[]
  readonly checkpoint: string
}

/** What a verified proof file shows. */
export interface VerifiedProof {
  readonly origin: string
  readonly index: number
  readonly treeSize: number
  /** RFC 3339, when the log signed the checkpoint; only logs that add a cosignature/v1 of their key have it. */
  readonly signedAt?: string
}

/** Writes a proof as c2sp.org/tlog-proof@v1. */
export function formatProofFile(proof: InclusionProof): string {
  const hashes = proof.hashes.map((hex) => `${toBase64(fromHex(hex) ?? new Uint8Array(0))}\n`)
  return `${FIRST_LINE}\nindex ${proof.index}\n${hashes.join('')}\n${proof.checkpoint}`
}

/** Reads a `.tlog-proof`; the `extra` line is allowed and, as it is not authenticated, dropped. */
function parseProofFile(text: string): Result<ProofFile> {
  if (text.length > MAX_LENGTH) return fail(`the proof is longer than ${MAX_LENGTH} characters`)
  const split = text.indexOf('\n\n')
  const lines = text.slice(0, Math.max(0, split)).split('\n')
  if (lines[0] !== FIRST_LINE) return fail(`the first line is not ${FIRST_LINE}, or no blank line follows`)
  if (lines[1]?.startsWith('extra ')) {
    if (fromBase64(lines[1].slice('extra '.length)) === undefined) return fail('the extra line is not base64')
    lines.splice(1, 1)
  }
  const index = /^index (0|[1-9][0-9]*)$/.exec(lines[1] ?? '')?.[1]
  if (index === undefined || !Number.isSafeInteger(Number(index))) return fail('there is no line "index N"')
  const hashes: Uint8Array[] = []
  for (const line of lines.slice(2)) {
    const hash = fromBase64(line)
    if (hash?.length !== 32) return fail(`"${line.slice(0, 80)}" is not the base64 of a hash`)
    hashes.push(hash)
  }
  return ok({ index: Number(index), hashes, checkpoint: text.slice(split + 2) })
}

/**
 * Verifies a `.tlog-proof` offline: the checkpoint by the log's key, then the path from the entry to its root.
 * @param leaf the entry's bytes, see `leafOfDigest` @param vkey the log's, C2SP form
 */
export function verifyProofFile(text: string, leaf: Uint8Array, vkey: string): Result<VerifiedProof> {
  const proof = parseProofFile(text)
  if (!proof.ok) return proof
  const key = parseVkey(treeHash, vkey)
  if (!key.ok) return key
  const timed = noteKey(treeHash, key.value.name, 'cosignature/v1', key.value.publicKey)
  if (!timed.ok) return timed
  const note = verifyNote(nodeNoteCrypto, proof.value.checkpoint, [key.value, timed.value])
  if (!note.ok) return fail(`the checkpoint: ${note.error}`)
  const checkpoint = parseCheckpoint(note.value.text)
  if (!checkpoint.ok) return checkpoint
  const { origin, size, root } = checkpoint.value
  if (origin !== key.value.name) return fail(`the checkpoint is of ${origin}, the key of ${key.value.name}`)
  const { index, hashes } = proof.value
  const included = verifyInclusionProof(treeHash, {
    index,
    size,
    leafHash: hashLeaf(treeHash, leaf),
    root,
    proof: hashes,
  })
  if (!included.ok) return included
  const signed = note.value.verified
  if (!signed.some((signature) => signature.key.type === key.value.type))
    return fail('the checkpoint is not signed by the key')
  const seconds = signed.find((signature) => signature.timestamp !== undefined)?.timestamp
  const at = seconds === undefined ? {} : { signedAt: new Date(seconds * 1000).toISOString() }
  return ok({ origin, index, treeSize: size, ...at })
}
