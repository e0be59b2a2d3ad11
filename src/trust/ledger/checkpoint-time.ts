import { noteKey, parseCheckpoint, parseVkey, verifyNote } from '../../ground/crypto/pure.ts'
import { fail, ok, type Result } from '../../ground/lang/index.ts'
import { nodeNoteCrypto } from './log-crypto.ts'

/** Which entries a checkpoint covers, and when the log signed it. */
export interface CheckpointTime {
  /** Entries below this index were in the log. */
  readonly size: number
  /** Milliseconds since 1970: the end of the second that the log wrote, for it was signed no later. */
  readonly at: number
}

/**
 * The time that a log's own key put on a checkpoint (its cosignature/v1 line). A note that the key did not sign, or that
 * is about another log, is no answer.
 * @param vkey the log's verifier key
 */
export function timeOfCheckpoint(note: string, vkey: string): Result<CheckpointTime> {
  const key = parseVkey(nodeNoteCrypto.sha256, vkey)
  if (!key.ok) return key
  const timed = noteKey(nodeNoteCrypto.sha256, key.value.name, 'cosignature/v1', key.value.publicKey)
  if (!timed.ok) return timed
  const verified = verifyNote(nodeNoteCrypto, note, [key.value, timed.value])
  if (!verified.ok) return verified
  const checkpoint = parseCheckpoint(verified.value.text)
  if (!checkpoint.ok) return checkpoint
  if (checkpoint.value.origin !== key.value.name) return fail('the checkpoint is of another log')
  const line = verified.value.verified.find(({ timestamp }) => timestamp !== undefined)
  if (line?.timestamp === undefined) return fail('the log put no time on this checkpoint')
  return ok({ size: checkpoint.value.size, at: line.timestamp * 1000 + 999 })
}
