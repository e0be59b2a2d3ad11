import type { ReportFormat } from '../../formats/scanner-reports/index.ts'
import type { Digest, ResourceDescriptor } from '../../ground/domain/index.ts'
import type { BlobStore, EvidenceDesk } from '../registry/index.ts'
import type { VulnDbStore } from './ports.ts'

/** What taking in reports stands on. */
export interface ReportDeps {
  readonly desk: Pick<EvidenceDesk, 'attest' | 'statements'>
  readonly blobs: Pick<BlobStore, 'putStream'>
  readonly database: Pick<VulnDbStore, 'open'>
  readonly now: () => Date
}

/** A report, and what it is about. */
export interface ReportRequest {
  readonly file: string
  readonly bytes: Uint8Array
  readonly subject: ResourceDescriptor
  readonly subjectDigest: Digest
  readonly format?: ReportFormat | 'cyclonedx' | 'spdx'
  /** When it was made, for reports that do not say. */
  readonly at?: string
}
