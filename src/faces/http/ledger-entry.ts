import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { parseDigest } from '../../ground/domain/index.ts'
import { utf8Text } from '../../ground/lang/index.ts'
import type { LedgerEntry } from './contract.ts'
import type { ReadEntry } from './deps.ts'

const Bundle = Type.Object({ dsseEnvelope: Type.Object({ payload: Type.String() }) })
const Claim = Type.Object({
  predicateType: Type.String(),
  subject: Type.Array(Type.Object({ digest: Type.Object({ sha256: Type.String() }) })),
})

/**
 * An entry for a list: what its envelope claims to be about. Nothing is verified here; where the envelope cannot be
 * read, the claims are absent.
 */
export function describeEntry({ index, digest, envelope }: ReadEntry): LedgerEntry {
  const bundle = jsonOf(envelope)
  const payload = Value.Check(Bundle, bundle) ? Buffer.from(bundle.dsseEnvelope.payload, 'base64') : undefined
  const claim = payload === undefined ? undefined : jsonOf(payload)
  if (!Value.Check(Claim, claim)) return { index, envelope: digest, subjects: [] }
  const subjects = claim.subject
    .map((subject) => parseDigest(`sha256:${subject.digest.sha256}`))
    .flatMap((parsed) => (parsed.ok ? [parsed.value] : []))
  return { index, envelope: digest, predicateType: claim.predicateType, subjects }
}

function jsonOf(bytes: Uint8Array): unknown {
  const text = utf8Text(bytes)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Information: the list shows that this envelope claims nothing readable.
  }
}
