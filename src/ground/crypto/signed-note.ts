import { concatBytes, fail, ok, type Result, toHex, utf8 } from '../lang/index.ts'
import { fromBase64, toBase64 } from './base64.ts'
import type { Hash } from './merkle.ts'

/** What notes need from cryptography; parameters, so that browser and server share this file. */
export interface NoteCrypto {
  readonly sha256: Hash
  /** RFC 8032 Ed25519. False for anything but a good signature. */
  readonly verifyEd25519: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
}

/** Signature types of C2SP signed-note that are understood here. */
export type NoteKeyType = 'ed25519' | 'cosignature/v1'

/** A key that verifies note signatures, as a C2SP vkey carries it. */
export interface NoteKey {
  readonly name: string
  readonly type: NoteKeyType
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** Eight lower-case hex digits. */
  readonly keyId: string
}

/** One signature line: who, and the bytes after the key id. */
export interface NoteSignature {
  readonly name: string
  readonly keyId: string
  readonly signature: Uint8Array
  /** The line as it stands in the note, without its newline. */
  readonly line: string
}

/** A note taken apart, nothing verified. */
export interface Note {
  /** What is signed, with its last newline. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** A verified signature; `timestamp` in POSIX seconds where the type carries one. */
export interface VerifiedSignature {
  readonly key: NoteKey
  readonly timestamp?: number
}

const TYPE_BYTE: Readonly<Record<NoteKeyType, number>> = { ed25519: 1, 'cosignature/v1': 4 }
/** Characters. A checkpoint with 16 post-quantum signatures stays far below; more is an attack (CWE-770). */
const MAX_NOTE_LENGTH = 1_000_000
/** Lines. The format asks for at least 16; a witness network has some dozens. */
const MAX_SIGNATURES = 100
const KEY_ID_BYTES = 4
const TIMESTAMP_BYTES = 8
const PREFIX = '— '

/** Makes a key with its id. @param name without spaces and plus signs */
export function noteKey(
  sha256: Hash,
  name: string,
  type: NoteKeyType,
  publicKey: Uint8Array,
): Result<NoteKey> {
  if (!isKeyName(name))
    return fail(`"${name.slice(0, 80)}" is no key name: spaces and plus signs are not allowed`)
  if (publicKey.length !== 32) return fail(`an Ed25519 public key has 32 bytes, not ${publicKey.length}`)
  const id = sha256(concatBytes([utf8(`${name}\n`), Uint8Array.of(TYPE_BYTE[type]), publicKey]))
  return ok({ name, type, publicKey, keyId: toHex(id.subarray(0, KEY_ID_BYTES)) })
}

/** `name+keyid+base64(type || key)`, C2SP signed-note "verifier keys". */
export function formatVkey(key: NoteKey): string {
  return `${key.name}+${key.keyId}+${toBase64(concatBytes([Uint8Array.of(TYPE_BYTE[key.type]), key.publicKey]))}`
}

/** Reads a vkey; the key id in it must be the one its key has. */
export function parseVkey(sha256: Hash, vkey: string): Result<NoteKey> {
  const parts = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(vkey)
  const material = fromBase64(parts?.[3] ?? '!')
  if (parts === null || material === undefined) return fail('not a vkey: it must be name+8 hex digits+base64')
  const type = material[0] === 1 ? 'ed25519' : material[0] === 4 ? 'cosignature/v1' : undefined
  if (type === undefined)
    return fail(`key type ${material[0]} is not supported, only 1 (Ed25519) and 4 (cosignature/v1)`)
  const key = noteKey(sha256, parts[1] ?? '', type, material.subarray(1))
  if (key.ok && key.value.keyId !== parts[2])
    return fail(`the key id ${parts[2]} is not this key's, ${key.value.keyId}`)
  return key
}

/** Takes a note apart. Strict: control characters, a missing blank line and malformed signature lines are refused. */
export function parseNote(note: string): Result<Note> {
  if (note.length > MAX_NOTE_LENGTH) return fail(`the note is longer than ${MAX_NOTE_LENGTH} characters`)
  if (!note.isWellFormed() || hasControl(note))
    return fail('the note holds control characters or is not Unicode')
  const split = note.lastIndexOf('\n\n')
  if (split < 0) return fail('the note has no blank line before its signatures')
  const block = note.slice(split + 2)
  if (!block.endsWith('\n')) return fail('the note does not end with a newline after a signature line')
  const lines = block.slice(0, -1).split('\n')
  if (lines.length > MAX_SIGNATURES) return fail(`the note has more than ${MAX_SIGNATURES} signatures`)
  const signatures: NoteSignature[] = []
  for (const line of lines) {
    const signature = parseSignature(line)
    if (signature === undefined) return fail(`"${line.slice(0, 80)}" is not a signature line`)
    signatures.push(signature)
  }
  return ok({ text: note.slice(0, split + 1), signatures })
}

function parseSignature(line: string): NoteSignature | undefined {
  if (!line.startsWith(PREFIX)) return undefined
  const [name, encoded, ...rest] = line.slice(PREFIX.length).split(' ')
  const bytes = fromBase64(encoded ?? '!')
  if (name === undefined || !isKeyName(name) || rest.length > 0) return undefined
  if (bytes === undefined || bytes.length <= KEY_ID_BYTES) return undefined
  return {
    name,
    keyId: toHex(bytes.subarray(0, KEY_ID_BYTES)),
    signature: bytes.subarray(KEY_ID_BYTES),
    line,
  }
}

/** The bytes a key signs for a note: the text itself, or a cosignature/v1 message with its time (POSIX seconds). */
export function signedMessage(type: NoteKeyType, text: string, timestamp: number): Uint8Array {
  return utf8(type === 'ed25519' ? text : `cosignature/v1\ntime ${timestamp}\n${text}`)
}

/** A signature line without its newline. @param signature 64 bytes over {@link signedMessage} */
export function formatSignature(key: NoteKey, signature: Uint8Array, timestamp: number): string {
  const id = Uint8Array.from(key.keyId.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
  const time = new Uint8Array(key.type === 'ed25519' ? 0 : TIMESTAMP_BYTES)
  if (time.length > 0) new DataView(time.buffer).setBigUint64(0, BigInt(timestamp))
  return `${PREFIX}${key.name} ${toBase64(concatBytes([id, time, signature]))}`
}

/**
 * Verifies a note against known keys. Signatures by unknown keys are ignored; one bad signature by a known key, or none
 * by any known key, fails the whole note.
 */
export function verifyNote(
  crypto: NoteCrypto,
  note: string,
  keys: readonly NoteKey[],
): Result<{ readonly text: string; readonly verified: readonly VerifiedSignature[] }> {
  const parsed = parseNote(note)
  if (!parsed.ok) return parsed
  const verified: VerifiedSignature[] = []
  for (const line of parsed.value.signatures) {
    for (const key of keys.filter((known) => known.name === line.name && known.keyId === line.keyId)) {
      const signature = verifyLine(crypto, key, parsed.value.text, line)
      if (!signature.ok) return signature
      verified.push(signature.value)
    }
  }
  if (verified.length === 0) return fail('the note is not signed by any known key')
  return ok({ text: parsed.value.text, verified })
}

function verifyLine(
  crypto: NoteCrypto,
  key: NoteKey,
  text: string,
  line: NoteSignature,
): Result<VerifiedSignature> {
  const isTimed = key.type === 'cosignature/v1'
  const wanted = isTimed ? TIMESTAMP_BYTES + 64 : 64
  if (line.signature.length !== wanted) return fail(`the signature by ${key.name} has a wrong length`)
  let timestamp = 0
  if (isTimed) {
    const seconds = new DataView(
      line.signature.buffer,
      line.signature.byteOffset,
      TIMESTAMP_BYTES,
    ).getBigUint64(0)
    if (seconds > BigInt(Number.MAX_SAFE_INTEGER))
      return fail(`the signature by ${key.name} has an impossible time`)
    timestamp = Number(seconds)
  }
  const message = signedMessage(key.type, text, timestamp)
  const signature = line.signature.subarray(isTimed ? TIMESTAMP_BYTES : 0)
  if (!crypto.verifyEd25519(key.publicKey, message, signature))
    return fail(`the signature by ${key.name} is wrong`)
  return ok(isTimed ? { key, timestamp } : { key })
}

/** Unicode spaces, plus and nothing at all are refused in names (C2SP signed-note "Format"). */
function isKeyName(name: string): boolean {
  return name.length > 0 && !/[\s\u0085+]/u.test(name)
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x20 && unit !== 0x0a) return true
  }
  return false
}
