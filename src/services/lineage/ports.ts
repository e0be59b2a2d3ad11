import type { Digest, Manifest } from '../../ground/domain/index.ts'
import type { ByteSource } from '../../ground/lang/index.ts'
import type { EvidenceDesk, View } from '../registry/index.ts'

/** Files of models that were imported. */
export interface ModelFiles {
  /** Undefined for a model that is not here. */
  manifest(model: Digest): Promise<{ readonly manifest: Manifest; readonly name: string } | undefined>
  /** A small file's bytes. @throws SallyportError `NOT_FOUND`, `TOO_LARGE`, `STORE_FAILED` */
  read(sha256: string, maxBytes: number): Promise<Uint8Array>
  /** Any file, opened for a reader that takes only its beginning. */
  open(sha256: string): Promise<ByteSource & { close(): Promise<void> }>
}

/** What the lineage stands on. */
export interface LineageDeps {
  readonly view: Pick<View, 'node' | 'links' | 'model'>
  readonly desk: Pick<EvidenceDesk, 'attest' | 'subject' | 'statements'>
  readonly files: ModelFiles
  readonly tenant: string
  readonly now: () => Date
}
