import type { Digest } from '../../../ground/domain/index.ts'
import type { ScanReport } from '../../../services/scan/index.ts'

/** How a bill of materials is written. */
export type BomFormat = 'cyclonedx' | 'spdx'

/** A bill that was written, and what it is about. */
export interface WrittenBom {
  readonly name: string
  readonly digest: Digest
  readonly omsRoot: string
  /** The document itself. */
  readonly bom: Readonly<Record<string, unknown>>
}

/** Bills and cards of models in a home. */
export interface BomDoor {
  bom(model: Digest, format: BomFormat): Promise<WrittenBom>
  /** README.md of the model, with what is proven of it. */
  card(model: Digest): Promise<string>
  /** Seals a bill as evidence about its model. @returns the statement's digest @throws SallyportError `NOT_FOUND` */
  record(written: WrittenBom, format: BomFormat): Promise<Digest>
}

/** Bills and cards of folders and files, without a home. */
export interface PathBomDoor {
  /** @param report of a scan of that very path */
  bom(path: string, report: ScanReport, format: BomFormat): Promise<WrittenBom>
  card(path: string, report: ScanReport): Promise<string>
  /**
   * A bill as a signed in-toto statement in a Sigstore bundle.
   * @param key path of a PEM file, or a URI of a KMS or token
   */
  sign(
    written: WrittenBom,
    format: BomFormat,
    key: {
      readonly place: string
      readonly passwordFile?: string
      /** Says something to the person who waits. */
      readonly say: (line: string) => void
    },
  ): Promise<string>
}
