/** Hashes that Sigstore bundles and in-toto subjects use here. */
export type HashName = 'sha256' | 'sha384' | 'sha512'

/** Bytes that a bundle is said to be about; hashed when a bundle asks, so that a large file is read once. */
export interface AttestedArtifact {
  /** The digest, or undefined where only another one is known. */
  digest(algorithm: HashName): Promise<Uint8Array | undefined>
}

/** Who must have signed. */
export type WantedSigner =
  | {
      readonly kind: 'identity'
      /** Subject alternative name of the certificate, compared as it stands. */
      readonly identity: string
      /** OIDC issuer, compared as it stands. */
      readonly identityProvider: string
    }
  | {
      readonly kind: 'identity-pattern'
      /** Must match the whole identity. */
      readonly pattern: RegExp
      readonly identityProvider: string
    }
  | {
      readonly kind: 'key'
      readonly publicKeyPem: string
      /** Whether a bundle that no log has an entry for is taken; what it does have is checked all the same. */
      readonly mayBeUnlogged?: boolean
    }

/** Who signed, as proven. */
export type ProvenSigner =
  | { readonly kind: 'identity'; readonly identity: string; readonly identityProvider: string }
  /** Digest of the DER of the public key. */
  | { readonly kind: 'key'; readonly keyId: string }

/** What was signed: a DSSE payload, or the artifact itself. */
export type SignedContent =
  | { readonly kind: 'dsse'; readonly payloadType: string; readonly payload: Uint8Array }
  | { readonly kind: 'artifact'; readonly algorithm: HashName; readonly digest: Uint8Array }

/** A Sigstore bundle after every check. */
export interface CheckedBundle {
  readonly content: SignedContent
  readonly signer: ProvenSigner
  /** RFC 3339: the earliest time that a log or a timestamp authority vouches for; none for a key without either. */
  readonly signedAt?: string
  /** Where the signature is logged: base URL and index. */
  readonly logs: readonly { readonly log: string; readonly index: string }[]
}

/** Checks Sigstore bundles against a trust root. */
export interface BundleChecker {
  /**
   * @param artifact what was signed; needed for a bundle that signs the artifact itself
   * @throws SallyportError `SIGNATURE_INVALID`, `SIGNER_UNTRUSTED`, `BAD_INPUT` for what is no bundle
   */
  check(bundle: unknown, wanted: WantedSigner, artifact?: AttestedArtifact): Promise<CheckedBundle>
}
