import { createPublicKey } from 'node:crypto'
import type { Signer } from '../../ground/crypto/index.ts'
import {
  type Checkpoint,
  formatCheckpoint,
  formatSignature,
  formatVkey,
  type NoteKey,
  type NoteKeyType,
  noteKey,
  parseCheckpoint,
  signedMessage,
  verifyNote,
} from '../../ground/crypto/pure.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { nodeNoteCrypto } from './log-crypto.ts'

/** Seconds. Time daemons step a running clock by less than this; more is a clock that was set back. */
const CLOCK_TOLERANCE_S = 1

/** A checkpoint of this log, verified, with the time of its signing in POSIX seconds. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: string
  readonly signedAt: number
}

/**
 * Signs and verifies one log's checkpoints: by an Ed25519 line, which every client knows, and a cosignature/v1 line of
 * the same key, which carries the time (C2SP signed-note lets a key serve both types: their messages differ).
 */
export class LogSigner {
  readonly key: NoteKey
  readonly #timedKey: NoteKey
  readonly #signer: Signer
  readonly #now: () => Date

  /** @throws SallyportError `KEY_INVALID` for another key than Ed25519, or an origin that is no key name */
  constructor(signer: Signer, origin: string, now: () => Date) {
    this.key = keyOf(signer, origin, 'ed25519')
    this.#timedKey = keyOf(signer, origin, 'cosignature/v1')
    this.#signer = signer
    this.#now = now
  }

  get vkey(): string {
    return formatVkey(this.key)
  }

  /** @throws SallyportError `CLOCK_BACKWARDS` when the clock stands before the last signature */
  async sign(size: number, root: Uint8Array, last: SignedCheckpoint | undefined): Promise<SignedCheckpoint> {
    const nowS = Math.floor(this.#now().getTime() / 1000)
    const lastS = last?.signedAt ?? 0
    if (nowS < lastS - CLOCK_TOLERANCE_S)
      throw new SallyportError(
        'CLOCK_BACKWARDS',
        `the clock is ${lastS - nowS} s behind the last checkpoint's time`,
        {
          detail: { nowS, lastS },
        },
      )
    const signedAt = Math.max(nowS, lastS)
    const checkpoint = { origin: this.key.name, size, root, extensions: [] }
    const text = formatCheckpoint(checkpoint)
    const lines: string[] = []
    for (const key of [this.key, this.#timedKey]) {
      const signature = await this.#signer.sign(signedMessage(key.type, text, signedAt))
      lines.push(`${formatSignature(key, signature, signedAt)}\n`)
    }
    return { ...checkpoint, note: `${text}\n${lines.join('')}`, signedAt }
  }

  /** @throws SallyportError `LOG_CORRUPT` when the note is not a checkpoint that this key signed for this log */
  open(note: string): SignedCheckpoint {
    const verified = verifyNote(nodeNoteCrypto, note, [this.key, this.#timedKey])
    if (!verified.ok)
      throw new SallyportError('LOG_CORRUPT', `the stored checkpoint: ${verified.error}`, {
        detail: { note },
      })
    const checkpoint = parseCheckpoint(verified.value.text)
    if (!checkpoint.ok)
      throw new SallyportError('LOG_CORRUPT', `the stored checkpoint: ${checkpoint.error}`, {
        detail: { note },
      })
    const types = verified.value.verified.map((signature) => signature.key.type)
    if (checkpoint.value.origin !== this.key.name || !types.includes('ed25519'))
      throw new SallyportError('LOG_CORRUPT', `the stored checkpoint is not one of ${this.key.name}`, {
        detail: { note },
      })
    const signedAt = Math.max(0, ...verified.value.verified.map((signature) => signature.timestamp ?? 0))
    return { ...checkpoint.value, note, signedAt }
  }
}

function keyOf(signer: Signer, origin: string, type: NoteKeyType): NoteKey {
  if (signer.algorithm !== 'Ed25519')
    throw new SallyportError('KEY_INVALID', `a log signs with Ed25519, not with ${signer.algorithm}`)
  const raw = Buffer.from(
    String(createPublicKey(signer.publicKeyPem).export({ format: 'jwk' }).x),
    'base64url',
  )
  const key = noteKey(nodeNoteCrypto.sha256, origin, type, new Uint8Array(raw))
  if (!key.ok) throw new SallyportError('KEY_INVALID', key.error)
  return key.value
}
