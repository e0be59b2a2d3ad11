export { fromBase64, toBase64 } from './base64.ts'
export { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoint.ts'
export {
  type ConsistencyClaim,
  consistencyRanges,
  emptyRoot,
  foldNodes,
  type Hash,
  hashLeaf,
  hashNode,
  type InclusionClaim,
  inclusionRanges,
  type LeafRange,
  perfectNodes,
  type TreeNode,
  verifyConsistencyProof,
  verifyInclusionProof,
} from './merkle.ts'
export {
  formatSignature,
  formatVkey,
  type Note,
  type NoteCrypto,
  type NoteKey,
  type NoteKeyType,
  type NoteSignature,
  noteKey,
  parseNote,
  parseVkey,
  signedMessage,
  type VerifiedSignature,
  verifyNote,
} from './signed-note.ts'
