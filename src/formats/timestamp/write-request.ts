import { fromHex } from '../../ground/lang/index.ts'

/** Object identifiers of the hashes that a timestamp is asked over, encoded. */
const HASHES = {
  sha256: '0609608648016503040201',
  sha384: '0609608648016503040202',
  sha512: '0609608648016503040203',
} as const

/** Hashes that a timestamp may be asked over. */
export type TimestampHash = keyof typeof HASHES

/**
 * DER of a TimeStampReq that asks for the certificates too (RFC 3161 section 2.4.1).
 * @param nonce a positive integer, big-endian; at most 32 bytes, the first neither 0 nor above 0x7f
 */
export function writeTimestampRequest(
  hash: TimestampHash,
  digest: Uint8Array,
  nonce: Uint8Array,
): Uint8Array {
  const algorithm = tagged(0x30, [fromHex(HASHES[hash]) ?? [], [0x05, 0x00]])
  return tagged(0x30, [
    [0x02, 0x01, 0x01],
    tagged(0x30, [algorithm, tagged(0x04, [digest])]),
    tagged(0x02, [nonce]),
    [0x01, 0x01, 0xff],
  ])
}

/** Everything here stays below 128 bytes, but for SHA-512 with a long nonce. */
function tagged(tag: number, parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const content = parts.flatMap((part) => [...part])
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length]
  return Uint8Array.from([tag, ...length, ...content])
}
