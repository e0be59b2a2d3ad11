/** A key that this house uses, used, or believes. Times are RFC 3339. */
export interface KeyOutput {
  readonly keyId: string
  readonly role: string
  readonly publicKeyPem: string
  readonly state: 'current' | 'retired' | 'revoked' | 'believed'
  readonly place?: string
  readonly notBefore?: string
  readonly notAfter?: string
  readonly revokedAt?: string
  readonly reason?: string
}

/** Where the next key comes from. */
export type NextKeyOrder =
  | { readonly kind: 'new' }
  | { readonly kind: 'remote'; readonly uri: string }
  | { readonly kind: 'pem'; readonly pem: string; readonly passphrase?: string }

/** One thing that `keys check` looked at. */
export interface KeyCheckOutput {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'failed'
  readonly message: string
  readonly nextStep?: string
}

type Known = Omit<KeyOutput, 'state'>

/** What became of a change of keys. */
export interface KeyChangeOutput {
  readonly before: Known
  readonly now?: Known
}

/** The keys of an open home. */
export interface KeyringDoor {
  list(): Promise<readonly KeyOutput[]>
  rotate(role: string, next: NextKeyOrder, reason?: string): Promise<KeyChangeOutput>
  /** What a revocation would do: how many statements of the key stand, and how many fall. */
  preview(
    keyId: string,
    since: string | undefined,
  ): Promise<{
    readonly stand: number
    readonly fall: number
    readonly key: Known
    readonly isCurrent: boolean
  }>
  revoke(
    keyId: string,
    revocation: { readonly since?: string; readonly reason: string; readonly next: NextKeyOrder },
  ): Promise<KeyChangeOutput>
  /** Believes a key of others for a role. */
  trust(
    publicKeyPem: string,
    belief: {
      readonly role: 'assessor' | 'policy' | 'consent'
      readonly notBefore?: string
      readonly notAfter?: string
      readonly reason?: string
    },
  ): Promise<Known>
  /** The private key as PEM under a passphrase of its own. */
  exportKey(role: string, passphrase: string): Promise<string>
  /** @param next undefined to leave the keys open */
  changePassphrase(next: string | undefined): Promise<void>
  check(): Promise<readonly KeyCheckOutput[]>
}

/** Key files anywhere, without a home. */
export interface KeyFilesDoor {
  /** A new P-256 key in two files; the private one for its owner only. @throws SallyportError `BAD_INPUT` when one is there */
  makePair(
    path: string,
    passphrase: string | undefined,
  ): Promise<{ readonly path: string; readonly publicPath: string; readonly keyId: string }>
  /** A new file that only its owner can read. @throws SallyportError `BAD_INPUT` when it is there */
  writeSecret(path: string, text: string): Promise<void>
}
