import type { VerifiedAttestation } from '../../../services/attestations/index.ts'

/** Who must have signed, as flags say it: an identity or a key, never both. */
export interface SignerFlags {
  readonly identity?: string
  readonly identityRegexp?: string
  readonly identityProvider?: string
  /** Path of a public key. */
  readonly key?: string
  /** Whether a bundle by the key needs no entry in a log. */
  readonly withoutLog?: boolean
}

/** What `attest verify` asks. */
export interface AttestVerifyRequest extends SignerFlags {
  readonly bundle: string
  readonly artifact?: string
  readonly digest?: string
  readonly type?: string
  readonly trustConfig?: string
  readonly onProgress?: (progress: { readonly doneBytes: number; readonly totalBytes: number }) => void
}

/** One service in a trust root. */
export interface TrustedService {
  readonly kind: 'certificate authority' | 'transparency log' | 'certificate log' | 'timestamp authority'
  readonly url: string
  /** RFC 3339. */
  readonly from: string
  readonly until?: string
}

/** What Sigstore bundles are checked against. */
export interface TrustOutput {
  /** Where it comes from. */
  readonly source: string
  /** Hex SHA-256 of what was read. */
  readonly sha256: string
  /** Whether it also says where to sign. */
  readonly canSign: boolean
  readonly services: readonly TrustedService[]
}

/** Bundles of others, and whom to believe about them. */
export interface SigstoreDoor {
  /** @throws SallyportError `SIGNATURE_INVALID`, `SIGNER_UNTRUSTED` when the bundle does not hold */
  verify(request: AttestVerifyRequest): Promise<VerifiedAttestation>
  trust(trustConfig?: string): Promise<TrustOutput>
  /** Over the network: the only verb that is. */
  updateTrust(mirror: { readonly url?: string; readonly root?: string }): Promise<TrustOutput>
}
