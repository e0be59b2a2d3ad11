/** The curves that OMS v1.0 allows for a model's signature; the hash follows the curve (SHA-256, 384, 512). */
export type SigningCurve = 'P-256' | 'P-384' | 'P-521'

/** A private key that signs models, wherever it lives: in a file, in a KMS, in a token. */
export interface ModelKey {
  readonly curve: SigningCurve
  /** SubjectPublicKeyInfo as PEM, with the newline at its end: the OMS key hint is made of this text. */
  readonly publicKeyPem: string
  /** Where the key lives, for people; never a secret. */
  readonly label: string
  /** ECDSA in DER over the curve's hash of `message`. @throws SallyportError `KEY_INVALID`, `PEER_FAILED` */
  sign(message: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>
}

/** Signs a payload without a key of ours to keep (Sigstore): the whole bundle comes back. */
export interface BundleSigner {
  /** Who will be named as the signer, where that is known beforehand. */
  readonly label: string
  /** The bytes of a Sigstore bundle (JSON) around a DSSE envelope. @throws SallyportError `PEER_FAILED`, `BAD_INPUT` */
  sign(payloadType: string, payload: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>
}

/** Whom a keyless signature must be by. */
export interface WantedIdentity {
  /** Subject alternative name of the certificate: an e-mail or a URI, compared as it stands. */
  readonly identity: string
  /** OIDC issuer. */
  readonly identityProvider: string
}

/** What a verified keyless bundle held. */
export interface KeylessSignature {
  /** The very bytes that were verified. */
  readonly payload: Uint8Array
  readonly payloadType: string
  readonly identity: string
  readonly identityProvider: string
  /** RFC 3339: the earliest time that a log or a timestamp authority vouches for. */
  readonly signedAt: string
}

/** Verifies keyless bundles against a trust root. */
export interface KeylessVerifier {
  /** @throws SallyportError `SIGNATURE_INVALID`, `SIGNER_UNTRUSTED`, `BAD_INPUT` */
  verify(bundle: unknown, wanted: WantedIdentity): Promise<KeylessSignature>
}

/** Asks a timestamp authority (RFC 3161) and checks its answer. */
export interface Timestamper {
  /** DER of a TimeStampResp over `signature`, verified. @throws SallyportError `PEER_FAILED`, `SIGNATURE_INVALID` */
  stamp(signature: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>
}

/** Checks timestamps that others made. */
export interface TimestampVerifier {
  /** RFC 3339 time of a valid timestamp over `signature`. @throws SallyportError `SIGNATURE_INVALID`, `SIGNER_UNTRUSTED` */
  verify(response: Uint8Array, signature: Uint8Array): Promise<string>
}

/** What tells that a file on disk is the one that was looked at before; all as decimal texts, for they outgrow numbers. */
export interface FileStamp {
  readonly device: string
  readonly inode: string
  /** Nanoseconds since 1970. */
  readonly modifiedNs: string
  /** Nanoseconds since 1970: of the inode, which nobody can set back without moving the clock. */
  readonly changedNs: string
  readonly size: number
}

/** One thing in a model's folder. */
export interface ModelEntry {
  /** Relative, with `/`. */
  readonly name: string
  /** `link` is a symbolic link to whatever; `other` a device, socket or pipe. */
  readonly kind: 'file' | 'link' | 'other'
  /** Where it stands. */
  readonly path: string
  readonly stamp: FileStamp
}

/** What a path holds. */
export interface ModelListing {
  readonly kind: 'file' | 'folder'
  /** Absolute. */
  readonly root: string
  /** The last part of the path: what the model is called in a statement. */
  readonly name: string
  /** Sorted by the UTF-8 bytes of their names. */
  readonly entries: readonly ModelEntry[]
}

/** A whole file to hash, or a run of it. */
export interface HashJob {
  readonly entry: ModelEntry
  /** Bytes from `start` up to `end`, exclusive. */
  readonly start: number
  readonly end: number
}

/** Reads what a model consists of. */
export interface ModelFiles {
  /** Lists everything below a path, `.git` included. @throws SallyportError `NOT_FOUND`, `BAD_INPUT`, `TOO_LARGE` */
  list(path: string): Promise<ModelListing>
  /** The first bytes of a file. @throws SallyportError `BAD_INPUT` */
  head(entry: ModelEntry, length: number): Promise<Uint8Array>
  /**
   * Hex digests in the order of the jobs, by threads, largest first. A file that is no longer the one that was listed, or
   * that changes meanwhile, is refused.
   * @throws SallyportError `BAD_INPUT`, `ABORTED`
   */
  hash(
    jobs: readonly HashJob[],
    options: {
      readonly algorithm: 'sha256' | 'blake2b' | 'blake3'
      readonly onBytes?: (doneBytes: number, name: string) => void
      readonly signal?: AbortSignal
    },
  ): Promise<readonly string[]>
}

/** Digests of files that stood still since; where it lies is the adapter's matter, never in a model's folder. */
export interface HashCache {
  /** The digest of a whole file with exactly this stamp, or undefined. */
  recall(path: string, algorithm: string, stamp: FileStamp): string | undefined
  /** Notes a digest; one of a file that changed a moment ago is not kept, for it may change again unseen. */
  note(path: string, algorithm: string, stamp: FileStamp, digest: string): void
  /** Writes down what was noted. @throws SallyportError `STORE_FAILED` */
  save(): Promise<void>
}
