/** Stable codes of what must not be ignored. Codes are API: they are added, never renamed. */
export type ErrorCode =
  | 'BAD_INPUT'
  | 'BAD_CONFIG'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'FORBIDDEN'
  | 'UNAUTHENTICATED'
  | 'TOO_LARGE'
  | 'RATE_LIMITED'
  | 'SIGNATURE_INVALID'
  | 'SIGNER_UNTRUSTED'
  | 'KEY_INVALID'
  | 'LOG_CORRUPT'
  | 'LOG_INCONSISTENT'
  | 'LOG_LOCKED'
  | 'CLOCK_BACKWARDS'
  | 'STORE_FAILED'
  | 'NOT_SUPPORTED'
  | 'ABORTED'
  /** A service that we asked (KMS, Sigstore, a registry) refused, broke off or answered nonsense. */
  | 'PEER_FAILED'

/** A failure that only a face may catch for good. `detail` holds what an investigator needs, never a secret. */
export class SallyportError extends Error {
  readonly code: ErrorCode
  readonly detail: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    message: string,
    more: { cause?: unknown; detail?: Record<string, unknown> } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'SallyportError'
    this.code = code
    this.detail = more.detail ?? {}
  }
}
