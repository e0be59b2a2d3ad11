// Where a model came from, as whoever stood at the door saw it.

/** `hub-source`: the subject is what a hub gave for one commit. */
export interface HubSourcePredicate {
  readonly at: string
  readonly hub: string
  readonly repoKind: string
  readonly repo: string
  /** As it was asked for: a branch, a tag or a commit. */
  readonly revision: string
  readonly commit: string
  readonly author?: string
  readonly license?: string
  readonly gated?: boolean
  readonly lastModified?: string
}

/** `pull-source`: the subject is what a registry, a web server or a bucket gave for one version. */
export interface PullSourcePredicate {
  readonly at: string
  readonly door: 'oci' | 'https' | 's3'
  /** Host of the registry or server, or `s3://` and the bucket. */
  readonly origin: string
  /** The repository there, or the path. */
  readonly name: string
  /** As it was asked for: a tag, a digest, a version, or `latest`. */
  readonly revision: string
  /** Hex: of a registry the SHA-256 of the manifest, else that of what the source says of the version of its files. */
  readonly version: string
  readonly etag?: string
  readonly versionId?: string
  readonly author?: string
  readonly license?: string
  readonly lastModified?: string
}
