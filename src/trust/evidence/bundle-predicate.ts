import type { Digest, GatedStage } from '../../ground/domain/index.ts'

/** `bundle-source`: the subject came in with a signed bundle of another house, every byte of which was checked. */
export interface BundleSourcePredicate {
  readonly at: string
  /** Of the canonical JSON of the signed index. */
  readonly bundle: Digest
  readonly exportedAt: string
  readonly stage: GatedStage
  readonly signerKeyId: string
  /** Whether that key was believed here before, or named by whoever imported. */
  readonly belief: 'settled' | 'named'
  readonly log: { readonly origin: string; readonly vkey: string; readonly checkpoint: string }
  /** That let the model out. */
  readonly decision: { readonly id: string; readonly expiresAt: string }
  /** The exporter's, all of them. */
  readonly statements: readonly { readonly digest: Digest; readonly predicateType: string }[]
  /** Those that count here by the keys that are believed here. */
  readonly takenOver: readonly Digest[]
}
