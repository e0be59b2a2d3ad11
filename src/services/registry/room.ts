import type { Signer } from '../../ground/crypto/index.ts'
import type { Assessment, Digest } from '../../ground/domain/index.ts'
import type { TrustedKeys } from '../../trust/evidence/index.ts'
import type { Ledger } from '../../trust/ledger/index.ts'
import type { Policy } from '../../trust/policy/index.ts'
import type { BlobStore, Intake, View } from './ports.ts'

/** What the scan service offers the registry. */
export interface AssessPort {
  assess(job: {
    readonly root: string
    readonly files: readonly { readonly name: string; readonly path: string }[]
    readonly onProgress?: (progress: {
      readonly doneBytes: number
      readonly totalBytes: number
      readonly path: string
    }) => void
    readonly signal?: AbortSignal
  }): Promise<Assessment>
}

/** Everything the registry stands on. */
export interface RegistryDeps {
  readonly tenant: string
  readonly ledger: Pick<Ledger, 'append' | 'entries' | 'size' | 'read' | 'find'>
  readonly view: View
  readonly blobs: BlobStore
  readonly intake: Intake
  readonly scan: AssessPort
  readonly keys: { readonly assessor: Signer; readonly consent: Signer; readonly policy: Signer }
  readonly trusted: TrustedKeys
  readonly policy: Policy
  /** When an entry was in the log at the latest, as the log vouches for: what a revoked key signed before may stand. */
  readonly loggedAt?: (index: number) => Promise<Date | undefined>
  /** What must be appended before anything else is; usually nothing. */
  readonly due?: () => Promise<readonly Uint8Array[]>
  readonly now: () => Date
  readonly newId: () => string
}

/** The deps with what one registry keeps for itself. */
export interface Room extends RegistryDeps {
  /** Runs work about one subject after the work before it, so that two promotions never interleave. */
  readonly inTurn: <T>(subject: Digest, work: () => Promise<T>) => Promise<T>
  /** Appends sealed statements, in order, and folds them into the view. */
  readonly record: (envelopes: readonly Uint8Array[]) => Promise<readonly Digest[]>
}
