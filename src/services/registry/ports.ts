import type { Digest, GatedStage, Outcome, Stage, StatementKind } from '../../ground/domain/index.ts'
import type { ModelFold } from './fold-model.ts'
import type { LineageChange, LineageLink, LineageNode } from './lineage-port.ts'
import type { Page } from './registry-port.ts'

/** A file that stands in the content-addressed store. */
export interface StoredBlob {
  /** 64 lower-case hex digits. */
  readonly sha256: string
  /** Bytes. */
  readonly size: number
}

/** Content-addressed files. What `put…` has returned survives power loss; the same bytes are kept once. */
export interface BlobStore {
  /**
   * Copies a file in, hashing the bytes once on the way. The source may not be a link.
   * @throws SallyportError `BAD_INPUT` when the file changes meanwhile, `TOO_LARGE`, `STORE_FAILED`
   */
  putFile(
    path: string,
    options: { readonly onBytes?: (bytes: number) => void; readonly signal?: AbortSignal },
  ): Promise<StoredBlob>
  /** Hashes a file where it stands, without keeping it. @throws SallyportError `BAD_INPUT` */
  hashFile(path: string, onBytes?: (bytes: number) => void): Promise<StoredBlob>
  /** Takes a stream in, hashing it once on the way. @throws SallyportError `TOO_LARGE`, `STORE_FAILED` */
  putStream(chunks: AsyncIterable<Uint8Array>, onBytes?: (bytes: number) => void): Promise<StoredBlob>
  /** Absolute path of a stored file, for a reader that needs one. */
  pathOf(sha256: string): string
  has(sha256: string): Promise<boolean>
  /** A small blob whole. @throws SallyportError `NOT_FOUND`, `TOO_LARGE` over `maxBytes`, `STORE_FAILED` when the bytes no longer match */
  readAll(sha256: string, maxBytes: number): Promise<Uint8Array>
}

/** A file to be taken in: on disk, or as a stream out of an archive. */
export type IntakeFile =
  | { readonly kind: 'path'; readonly name: string; readonly path: string; readonly size: number }
  | {
      readonly kind: 'stream'
      readonly name: string
      readonly size: number
      readonly chunks: AsyncIterable<Uint8Array>
    }

/** Opens what a person wants to import. @throws SallyportError `BAD_INPUT` for links, devices and escaping names */
export interface Intake {
  /** What a path is, by looking at it and, for archives, at its name's ending. */
  kindOf(path: string): Promise<'folder' | 'file' | 'tar' | 'zip'>
  /** All files of a folder, or the one file; sorted. */
  list(path: string): Promise<readonly (IntakeFile & { readonly kind: 'path' })[]>
  /**
   * Members of an archive, in order; each must be read before the next is asked for. The bytes are parsed where a
   * parser that hangs can be killed.
   */
  unpack(path: string, kind: 'tar' | 'zip'): AsyncIterable<IntakeFile>
}

/** One statement as the view keeps it, without its body. */
export interface StatementRow {
  readonly index: number
  readonly digest: Digest
  /** The first of its subjects. */
  readonly subject: Digest
  /** All of them, when there are several. */
  readonly subjects?: readonly Digest[]
  readonly kind: StatementKind
  readonly predicateType: string
  readonly at: string
  readonly summary: string
  readonly principalId?: string
  readonly keyId: string
}

/** Where a decision stands in the log. */
export interface DecisionRow {
  readonly id: string
  readonly statement: Digest
  readonly subject: Digest
  readonly stage: GatedStage
  readonly outcome: Outcome
}

/** What one statement changes in the view; written whole or not at all, together with the cursor. */
export interface ViewChange {
  readonly statement: StatementRow
  /** The models among its subjects; none for a statement about a data set, a run, or a model that is not here yet. */
  readonly models: readonly ModelFold[]
  readonly decision?: DecisionRow
  readonly lineage?: LineageChange
}

/** Which models, in which page; newest first. */
export interface ModelQuery {
  readonly stage?: Stage
  readonly needsReview?: boolean
  /** Opaque: the `next` of the page before. */
  readonly cursor?: string
  readonly limit: number
}

/** Projections of the ledger. They may be dropped at any time: `rebuild` folds them again. */
export interface View {
  /** The first index that has not been folded yet. */
  cursor(): number
  /** Notes a statement at `index` and moves the cursor behind it; `undefined` moves the cursor alone. */
  apply(index: number, change: ViewChange | undefined): void
  /** Empties every projection. */
  reset(): void
  model(digest: Digest): ModelFold | undefined
  models(query: ModelQuery): Page<ModelFold>
  statements(subject: Digest): readonly StatementRow[]
  statement(digest: Digest): StatementRow | undefined
  decision(id: string): DecisionRow | undefined
  /** A point of the lineage; a proven statement about it outweighs a claimed one. */
  node(id: Digest): LineageNode | undefined
  /** Links that lead to a point (`up`) or from it (`down`), in a fixed order. */
  links(id: Digest, way: 'up' | 'down'): readonly LineageLink[]
}
