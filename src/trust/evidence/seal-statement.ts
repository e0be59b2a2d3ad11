import { canonicalJson, type Signer, sealEnvelope } from '../../ground/crypto/index.ts'
import type { Statement } from '../../ground/domain/index.ts'
import { SallyportError, utf8 } from '../../ground/lang/index.ts'
import { checkStatement } from './check-statement.ts'

/** Sigstore bundle v0.3, JSON form (sigstore/protobuf-specs). */
export const BUNDLE_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json'
/** in-toto in DSSE (in-toto/attestation, spec/v1/envelope.md). */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json'
/** Bytes of a whole bundle: room for a scan of 100,000 files. What is not sealed larger need not be opened larger. */
export const MAX_BUNDLE_BYTES = 64 * 2 ** 20

/**
 * A statement, checked, signed and packed as the bytes of a Sigstore bundle: what the log commits to, and what cosign
 * verifies. The payload is canonical JSON.
 * @throws SallyportError `BAD_INPUT` or `NOT_SUPPORTED` for a statement that could not be opened again, `TOO_LARGE`
 */
export async function sealStatement(statement: Statement, signer: Signer): Promise<Uint8Array> {
  const payload = utf8(canonicalJson(statement))
  checkStatement(statement)
  const { payload: body, payloadType, signatures } = await sealEnvelope(PAYLOAD_TYPE, payload, [signer])
  const bundle = utf8(
    JSON.stringify({
      mediaType: BUNDLE_MEDIA_TYPE,
      verificationMaterial: { publicKey: { hint: signer.keyId }, tlogEntries: [] },
      // cosign skips a signature whose keyid is not the id that it makes of the key itself; the hint above names the key.
      dsseEnvelope: {
        payload: body,
        payloadType,
        signatures: signatures.map(({ sig }) => ({ sig, keyid: '' })),
      },
    }),
  )
  if (bundle.length > MAX_BUNDLE_BYTES)
    throw new SallyportError(
      'TOO_LARGE',
      `the sealed statement has ${bundle.length} bytes; the limit is ${MAX_BUNDLE_BYTES}`,
    )
  return bundle
}
