/** Hashes that OMS v1.0 names (algorithm-registry.md). `blake2b` is BLAKE2b with 512 bits. */
export const OMS_HASHES = ['sha256', 'blake2b', 'blake3'] as const
export type OmsHash = (typeof OMS_HASHES)[number]

/** Bytes of a file, or of a run of it. */
export interface OmsResource {
  /** Relative path with `/`; without the range, where one is stated. */
  readonly file: string
  /** Lower-case hex. */
  readonly digest: string
  /** Bytes from `start` up to `end`, exclusive; absent for a whole file. */
  readonly range?: { readonly start: number; readonly end: number }
}

/** What an OMS statement says of a model: the signed list of its files. */
export interface OmsManifest {
  /** `v0.1` is what release 0.2.0 of the reference wrote. */
  readonly version: 'v0.1' | 'v1.0'
  /** Whatever the signer called the model; for people only. */
  readonly name: string
  /** SHA-256 over the raw digests in the order listed; undefined in v0.1, which had none. It does not cover names. */
  readonly root: string | undefined
  readonly hash: OmsHash
  /** Bytes of each run; undefined where files are hashed whole. */
  readonly shardSize: number | undefined
  readonly allowSymlinks: boolean
  /** Relative paths that the signer left out; undefined where the release did not write them down (before 1.1). */
  readonly ignorePaths: readonly string[] | undefined
  /** In the order of the statement. */
  readonly resources: readonly OmsResource[]
}

/** By what a bundle says that it can be verified. */
export type OmsMaterial =
  | {
      readonly kind: 'key'
      /** Says which key; made of the key's text (since 1.1). */
      readonly hint: string | undefined
      /** The key itself as PEM (before 1.1). Never to be believed: whoever forges a bundle writes it. */
      readonly pem: string | undefined
    }
  /** Certificates in DER, leaf first. */
  | { readonly kind: 'certificate'; readonly certificates: readonly Uint8Array[] }
  | { readonly kind: 'keyless' }

/** A Sigstore bundle that holds an OMS statement, read and not yet verified. */
export interface OmsBundle {
  readonly mediaType: string
  readonly material: OmsMaterial
  /** TimeStampResp or token in DER (RFC 3161), as they stand. */
  readonly timestamps: readonly Uint8Array[]
  readonly payload: Uint8Array
  readonly signature: Uint8Array
  /** The JSON, for verifiers that read more of it. */
  readonly json: unknown
}
