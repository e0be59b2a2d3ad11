import type { Digest } from '../../ground/domain/index.ts'
import { concatBytes, fail, ok, type Result, utf8 } from '../../ground/lang/index.ts'

/** Bytes. C2SP tlog-tiles gives an entry's length two bytes. */
const MAX_ENTRY_BYTES = 65_535

/** The entry of an envelope: RFC 8785 JSON that commits to the envelope's digest. */
export function leafOfDigest(digest: Digest): Uint8Array {
  return utf8(`{"envelope":"${digest}","v":1}`)
}

/** Up to 256 entries, each behind its length in two bytes, big end first (C2SP tlog-tiles "Log Entries"). */
export function encodeBundle(leaves: readonly Uint8Array[]): Uint8Array {
  return concatBytes(leaves.flatMap((leaf) => [Uint8Array.of(leaf.length >> 8, leaf.length & 0xff), leaf]))
}

/** The entries of a bundle; it must hold nothing else. */
export function decodeBundle(bundle: Uint8Array): Result<Uint8Array[]> {
  const leaves: Uint8Array[] = []
  let at = 0
  while (at < bundle.length) {
    const length = ((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0)
    const end = at + 2 + length
    if (length > MAX_ENTRY_BYTES || end > bundle.length)
      return fail(`entry ${leaves.length} of the bundle is cut off`)
    leaves.push(bundle.subarray(at + 2, end))
    at = end
  }
  return ok(leaves)
}
