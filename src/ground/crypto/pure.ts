export { fromBase64, toBase64 } from './base64.ts'
export { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoint.ts'
export {
  consistencyRanges,
  emptyRoot,
  foldNodes,
  hashLeaf,
  hashNode,
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
  type NoteCrypto,
  type NoteKey,
  type NoteKeyType,
  noteKey,
  parseNote,
  parseVkey,
  signedMessage,
  verifyNote,
} from './signed-note.ts'
