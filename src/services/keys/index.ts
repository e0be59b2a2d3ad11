export { askPeer, type Fetch, isLoopback, peerBase } from './ask-peer.ts'
export { checkKeys } from './check-keys.ts'
export {
  believeKey,
  previewRevocation,
  revokeKey,
  rotateKey,
} from './house-keys.ts'
export {
  believedKeys,
  currentKey,
  type HouseRole,
  type KeyBook,
  type KeyRecord,
  type KeyStore,
} from './key-book.ts'
export { type Beliefs, openBeliefs } from './open-beliefs.ts'
export { type DigestName, provenKey } from './proven-key.ts'
export { type Answer, bytesOf, objectOf, readAnswer, textOf } from './read-answer.ts'
export { isKeyFile, isKeyUri, readKeyBook } from './read-key-book.ts'
export { type TimestampBeliefs, timestampBeliefs } from './timestamp-beliefs.ts'
export { timestampQuestion } from './timestamp-question.ts'
export { verifyTimestamp } from './verify-timestamp.ts'
