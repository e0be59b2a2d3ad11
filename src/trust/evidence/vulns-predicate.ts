import type { Digest } from '../../ground/domain/index.ts'

/** `https://in-toto.io/attestation/vulns/v0.2`. */
export interface VulnsPredicate {
  readonly scanner: {
    readonly uri: string
    readonly version?: string
    readonly db?: { readonly uri?: string; readonly version?: string; readonly lastUpdate?: string }
    readonly result: readonly {
      readonly id: string
      /** Method `rating` is a word: critical, high, medium, low, none, unknown. */
      readonly severity?: readonly { readonly method?: string; readonly score?: string }[]
      readonly annotations?: readonly VulnsAnnotation[]
    }[]
  }
  readonly metadata: { readonly scanStartedOn: string; readonly scanFinishedOn: string }
  /** Ours: what was not looked up, which an empty list of results would hide. */
  readonly coverage?: { readonly status: 'full' | 'partial'; readonly reason?: string }
  /** Ours: what somebody answers for in a VEX document, with who said so. */
  readonly suppressed?: readonly { readonly id: string; readonly vex: Readonly<Record<string, unknown>> }[]
  readonly report?: ReportOrigin
}

/** A report of another tool that a statement was made from, kept as a blob. */
export interface ReportOrigin {
  readonly digest: Digest
  readonly format: string
  readonly addedAt: string
}

/** What is known of one result beside its severity. `kev` is absent when nobody knows. */
export interface VulnsAnnotation extends Readonly<Record<string, unknown>> {
  readonly kev?: boolean
  readonly malicious?: boolean
}
