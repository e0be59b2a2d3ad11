import type { Digest } from '../../ground/domain/index.ts'

/** One acknowledged statement: its place in the log, the digest its leaf commits to, and its bytes. */
export interface LedgerEntry {
  readonly index: number
  readonly digest: Digest
  readonly envelope: Uint8Array
}

/** RFC 6962 audit path of one entry beneath a signed checkpoint. Hashes are lower-case hex, leaf's sibling first. */
export interface InclusionProof {
  readonly index: number
  readonly treeSize: number
  readonly leafHash: string
  readonly hashes: readonly string[]
  readonly checkpoint: string
}

/** RFC 6962 proof that the tree of `from` entries is a prefix of the tree of `to` entries. Hashes are lower-case hex. */
export interface ConsistencyProof {
  readonly from: number
  readonly to: number
  readonly hashes: readonly string[]
}

/** The append-only log of statements, one for each tenant (C2SP tlog-tiles). */
export interface Ledger {
  /** Name of the log and of its key: a URL without scheme. */
  readonly origin: string
  /** The key that verifies this log's checkpoints, as a C2SP vkey. */
  readonly vkey: string
  /**
   * Resolves only when envelope and leaf would survive a loss of power. The same bytes again give the first index.
   * @throws SallyportError `TOO_LARGE`, `STORE_FAILED` (nothing is known then; append the same bytes again)
   */
  append(envelope: Uint8Array): Promise<{ readonly index: number; readonly digest: Digest }>
  /** Entries acknowledged so far. */
  size(): number
  /** @throws SallyportError `NOT_FOUND`, `LOG_CORRUPT` when what is stored is not what was acknowledged */
  read(index: number): Promise<LedgerEntry>
  /** Entries `from` up to `from + count`, or to the end. */
  entries(from: number, count: number): AsyncIterable<LedgerEntry>
  find(digest: Digest): Promise<number | undefined>
  /**
   * A signed note that covers every entry acknowledged before the call.
   * @throws SallyportError `LOG_INCONSISTENT`, `CLOCK_BACKWARDS`
   */
  checkpoint(): Promise<string>
  proveInclusion(index: number): Promise<InclusionProof>
  /** `0 < from <= to <= size()`: nothing can be proved of an empty tree. @throws SallyportError `BAD_INPUT` */
  proveConsistency(from: number, to: number): Promise<ConsistencyProof>
  /** The `.tlog-proof` text (c2sp.org/tlog-proof@v1) of one entry: verifies offline, without this log. */
  proofFile(index: number): Promise<string>
  /**
   * Adds a witness's signature lines to the current checkpoint, after verifying them against the configured witnesses.
   * @param note the current checkpoint's text with at least one line by a witness
   * @throws SallyportError `SIGNATURE_INVALID`, `SIGNER_UNTRUSTED`, `CONFLICT` when the checkpoint has moved on
   */
  addCosignature(note: string): Promise<void>
  /** A file of the log by its C2SP path: `checkpoint`, `tile/0/000`, `tile/entries/000.p/3`. Undefined when there is none. */
  tile(path: string): Promise<Uint8Array | undefined>
  close(): Promise<void>
}
