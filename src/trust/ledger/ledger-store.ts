import type { Digest } from '../../ground/domain/index.ts'
import type { LedgerEntry } from './ledger.ts'

/** An envelope with the SHA-256 of its bytes, ready to be made durable. */
export interface SealedEnvelope {
  readonly digest: Digest
  readonly envelope: Uint8Array
}

/** A file of the published tree, by its C2SP path. */
export interface TreeFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/** One step of the published tree: files first, then the checkpoint that covers them. */
export interface Publication {
  /** Exactly what `checkpoint()` gave before; another one there means another writer was faster. */
  readonly previous: string | undefined
  readonly checkpoint: string
  readonly size: number
  readonly files: readonly TreeFile[]
  /** Paths of partial tiles that no current client needs; removing them may fail or be lost without harm. */
  readonly remove: readonly string[]
}

/** Something a check of the store found wrong: what, and where. */
export interface StoreProblem {
  readonly where: string
  readonly what: string
}

/** Where one tenant's log lies. It keeps bytes and order; hashing, signing and proving are the ledger's. */
export interface LedgerStore {
  /** Durable entries known to this store. */
  size(): number
  /**
   * Makes all of `batch` durable, in order, as one group, and resolves with the index of each; bytes that are already in
   * the log keep their first index. Never called twice at once.
   * @throws SallyportError `STORE_FAILED`: nothing is known then about the batch
   */
  commit(batch: readonly SealedEnvelope[]): Promise<readonly number[]>
  /** Up to `count` entries from `from`, fewer at the end or where a limit on bytes is met, at least one if there is one. */
  read(from: number, count: number): Promise<readonly LedgerEntry[]>
  find(digest: Digest): Promise<number | undefined>
  /** Raw digests, 32 bytes each, of every durable entry from `from`, which is the size of the published tree, on. */
  digestsFrom(from: number): Promise<Uint8Array>
  /** The published checkpoint as it was written. */
  checkpoint(): Promise<string | undefined>
  /**
   * Makes `files` durable, and only then replaces the checkpoint, atomically and durably.
   * @throws SallyportError `CONFLICT` when the checkpoint is not `previous`
   */
  publish(publication: Publication): Promise<void>
  /** A published file by its C2SP path. */
  file(path: string): Promise<Uint8Array | undefined>
  /** Reads everything it holds and reports what is not as it was written. */
  check(): AsyncIterable<StoreProblem>
  close(): Promise<void>
}
