import { concatBytes, SallyportError, utf8 } from '../lang/index.ts'
import type { Signer, Verifier } from './keys.ts'

/** Signatures in one envelope. More than any rule of ours asks for; each costs verifications (CWE-770). */
const MAX_SIGNATURES = 16

/** DSSE envelope, JSON form (secure-systems-lab/dsse, envelope.md). `keyid` is an unauthenticated hint. */
export interface Envelope {
  readonly payload: string
  readonly payloadType: string
  readonly signatures: readonly { readonly sig: string; readonly keyid?: string }[]
}

/** What an envelope held: the very bytes that were verified, and by whom, each key once. */
export interface OpenedEnvelope {
  readonly payload: Uint8Array
  readonly payloadType: string
  readonly keyIds: readonly string[]
}

/** Pre-authentication encoding: what is signed (dsse protocol.md). Lengths count bytes. */
export function pae(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = utf8(payloadType)
  return concatBytes([utf8(`DSSEv1 ${type.length} `), type, utf8(` ${payload.length} `), payload])
}

/** An envelope over `payload`, signed by each of `signers`. @throws SallyportError `BAD_INPUT` without a signer */
export async function sealEnvelope(
  payloadType: string,
  payload: Uint8Array,
  signers: readonly Signer[],
): Promise<Envelope> {
  if (signers.length === 0) throw new SallyportError('BAD_INPUT', 'an envelope needs at least one signer')
  const message = pae(payloadType, payload)
  const signatures = []
  for (const signer of signers) {
    const sig = Buffer.from(await signer.sign(message)).toString('base64')
    signatures.push({ keyid: signer.keyId, sig })
  }
  return { payload: Buffer.from(payload).toString('base64'), payloadType, signatures }
}

/**
 * Verifies an envelope from outside against the keys that are believed. Several signatures of one key count once.
 * @param threshold different keys that must have signed, at least 1
 * @throws SallyportError `BAD_INPUT` for a malformed envelope, `SIGNATURE_INVALID` when too few believed keys signed
 */
export function openEnvelope(
  envelope: unknown,
  verifiers: readonly Verifier[],
  threshold = 1,
): OpenedEnvelope {
  if (!Number.isSafeInteger(threshold) || threshold < 1)
    throw new SallyportError('BAD_INPUT', `a threshold of ${threshold} keys proves nothing`)
  const { payload, payloadType, signatures } = readEnvelope(envelope)
  const message = pae(payloadType, payload)
  const keyIds = new Set<string>()
  for (const { sig, keyid } of signatures) {
    const signer = orderByHint(verifiers, keyid).find((verifier) => verifier.verify(message, sig))
    if (signer !== undefined) keyIds.add(signer.keyId)
  }
  if (keyIds.size < threshold)
    throw new SallyportError(
      'SIGNATURE_INVALID',
      `${keyIds.size} of the ${threshold} wanted signatures are by a believed key and over these bytes`,
      {
        detail: {
          hints: signatures.map(({ keyid }) => keyid ?? ''),
          believed: verifiers.map((v) => v.keyId),
        },
      },
    )
  return { payload, payloadType, keyIds: [...keyIds] }
}

// The hint saves work only: a wrong one must neither help nor hurt.
function orderByHint(verifiers: readonly Verifier[], hint: string | undefined): readonly Verifier[] {
  const named = verifiers.find((verifier) => verifier.keyId === hint)
  return named === undefined ? verifiers : [named, ...verifiers.filter((verifier) => verifier !== named)]
}

function readEnvelope(value: unknown) {
  const { payload, payloadType, signatures } = asRecord(value, 'the envelope')
  if (typeof payload !== 'string') throw refuse('the envelope has no payload')
  if (typeof payloadType !== 'string' || payloadType === '') throw refuse('the envelope has no payloadType')
  if (!Array.isArray(signatures) || signatures.length === 0) throw refuse('the envelope has no signatures')
  if (signatures.length > MAX_SIGNATURES)
    throw refuse(`the envelope has more than ${MAX_SIGNATURES} signatures`)
  return {
    payload: decodeBase64(payload, 'the payload'),
    payloadType,
    signatures: signatures.map(readSignature),
  }
}

function readSignature(value: unknown, i: number) {
  const { sig, keyid } = asRecord(value, `signature ${i + 1}`)
  if (typeof sig !== 'string' || sig === '') throw refuse(`signature ${i + 1} has no sig`)
  if (keyid !== undefined && keyid !== null && typeof keyid !== 'string')
    throw refuse(`signature ${i + 1} has a keyid that is not text`)
  return { sig: decodeBase64(sig, `signature ${i + 1}`), ...(typeof keyid === 'string' ? { keyid } : {}) }
}

function asRecord(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(`${what} is not an object`)
  return value as Readonly<Record<string, unknown>>
}

/** Standard or URL-safe base64 (RFC 4648 sections 4 and 5), padded or not, never a mix and never with loose bits. */
function decodeBase64(text: string, what: string): Uint8Array {
  const isUrlSafe = text.includes('-') || text.includes('_')
  const bytes = Buffer.from(text, isUrlSafe ? 'base64url' : 'base64')
  const padded = isUrlSafe
    ? bytes.toString('base64').replaceAll('+', '-').replaceAll('/', '_')
    : bytes.toString('base64')
  if (text !== padded && text !== padded.replace(/=+$/, '')) throw refuse(`${what} is not base64`)
  return bytes
}

function refuse(why: string): SallyportError {
  return new SallyportError('BAD_INPUT', why)
}
