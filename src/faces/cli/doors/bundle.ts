import type { Digest, GatedStage } from '../../../ground/domain/index.ts'
import type { BundleIndex, OpenedIndex, TakenModel } from '../../../services/bundle/index.ts'
import type { Actor } from '../../../services/registry/index.ts'

type OnBytes = (doneBytes: number, totalBytes: number) => void

/** Models carried over an air gap. */
export interface BundleDoor {
  /** @throws SallyportError `FORBIDDEN` naming a model that is not allowed now */
  export(
    models: readonly Digest[],
    stage: GatedStage,
    out: string,
    onBytes: OnBytes,
  ): Promise<{ readonly index: BundleIndex; readonly size: number }>
  /** Who signed it and what it holds; nothing is taken in. */
  show(path: string, accepted: readonly string[]): Promise<OpenedIndex>
  /** @throws SallyportError `SIGNER_UNTRUSTED`, `SIGNATURE_INVALID`, `BAD_INPUT`, `FORBIDDEN` */
  import(
    path: string,
    accepted: readonly string[],
    actor: Actor,
    onBytes: OnBytes,
  ): Promise<OpenedIndex & { readonly models: readonly TakenModel[] }>
}
