import { type Static, type TProperties, Type } from 'typebox'
import type { Sealed } from './sealed.ts'

const Closed = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false })
const DigestText = Type.String({
  pattern: '^sha256:[0-9a-f]{64}$',
  description: 'sha256: and 64 lower-case hex digits',
})
const Hex32 = Type.String({ pattern: '^[0-9a-f]{64}$' })
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

export const LedgerStateSchema = Closed({
  origin: Type.String(),
  verifierKey: Type.String({ description: 'C2SP signed-note verifier key: name+hash+key' }),
  size: Count,
  checkpoint: Type.String({ description: 'C2SP tlog-checkpoint, a signed note' }),
})
export const LedgerEntrySchema = Closed({
  index: Count,
  envelope: DigestText,
  predicateType: Type.Optional(Type.String()),
  subjects: Type.Array(DigestText),
})
/** All that a browser needs to check that an entry stands in the log, by RFC 9162 section 2.1.3.2. */
export const InclusionProofSchema = Closed({
  index: Count,
  treeSize: Count,
  leafData: Type.String({ description: 'base64 of the leaf, before the 0x00 prefix and hashing' }),
  leafHash: Hex32,
  hashes: Type.Array(Hex32),
  checkpoint: Type.String(),
  verifierKey: Type.String(),
})

export type LedgerState = Sealed<Static<typeof LedgerStateSchema>>
export type LedgerEntry = Sealed<Static<typeof LedgerEntrySchema>>
export type InclusionProof = Sealed<Static<typeof InclusionProofSchema>>
