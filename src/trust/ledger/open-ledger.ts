import type { Signer } from '../../ground/crypto/index.ts'
import { consistencyRanges, inclusionRanges, type LeafRange, parseVkey } from '../../ground/crypto/pure.ts'
import { type Digest, digestOfBytes } from '../../ground/domain/index.ts'
import { SallyportError, toHex } from '../../ground/lang/index.ts'
import { mergeCosignatures } from './cosignature.ts'
import { GroupCommit } from './group-commit.ts'
import type { ConsistencyProof, InclusionProof, Ledger, LedgerEntry } from './ledger.ts'
import type { LedgerStore } from './ledger-store.ts'
import { treeHash } from './log-crypto.ts'
import { LogSigner, type SignedCheckpoint } from './log-signer.ts'
import { formatProofFile } from './proof-file.ts'
import { PublishedTree } from './published-tree.ts'
import { parseTilePath } from './tile-path.ts'

/** Bytes. The assessment of a model with thousands of files takes megabytes; the ledger is no store for models. */
export const MAX_ENVELOPE_BYTES = 16 * 1024 * 1024
/** Entries. A backlog of this size is put beneath a checkpoint at once, so that reopening stays quick. */
const PUBLISH_AT_ENTRIES = 32_768
/** Milliseconds from an append to a checkpoint that covers it, when nobody asks sooner. */
const PUBLISH_AFTER_MS = 2_000

/** What a ledger is made of. */
export interface LedgerDeps {
  readonly store: LedgerStore
  /** The log's own Ed25519 key, which signs nothing else. */
  readonly signer: Signer
  readonly now: () => Date
  /** URL without scheme; the name of the log and its key, for ever. */
  readonly origin: string
  /** Vkeys of witnesses whose cosignatures are accepted. */
  readonly witnesses?: readonly string[]
}

/**
 * Opens a log, or begins one. The stored checkpoint must verify and agree with the tiles.
 * @throws SallyportError `KEY_INVALID`, `BAD_CONFIG`, `LOG_CORRUPT`, `LOG_INCONSISTENT`
 */
export async function openLedger(deps: LedgerDeps): Promise<Ledger> {
  const signer = new LogSigner(deps.signer, deps.origin, deps.now)
  const tree = await PublishedTree.open(deps.store, signer)
  if ((tree.last?.size ?? 0) > deps.store.size())
    throw new SallyportError(
      'LOG_CORRUPT',
      `${tree.last?.size} entries are signed, but only ${deps.store.size()} are there`,
    )
  return new StoredLedger(deps, signer, tree)
}

class StoredLedger implements Ledger {
  readonly origin: string
  readonly vkey: string
  readonly #store: LedgerStore
  readonly #tree: PublishedTree
  readonly #commits: GroupCommit
  readonly #witnesses: readonly string[]
  #publishing: Promise<SignedCheckpoint> | undefined
  #timer: NodeJS.Timeout | undefined
  /** Why this log must not grow any more: it was seen to contradict itself. */
  #broken: SallyportError | undefined
  #isClosed = false

  constructor(deps: LedgerDeps, signer: LogSigner, tree: PublishedTree) {
    this.origin = deps.origin
    this.vkey = signer.vkey
    this.#store = deps.store
    this.#tree = tree
    this.#commits = new GroupCommit(deps.store, () => this.#planPublishing())
    this.#witnesses = (deps.witnesses ?? []).map(requireVkey)
  }

  async append(envelope: Uint8Array): Promise<{ readonly index: number; readonly digest: Digest }> {
    this.#requireOpen()
    if (envelope.length > MAX_ENVELOPE_BYTES)
      throw new SallyportError(
        'TOO_LARGE',
        `an envelope of ${envelope.length} bytes; at most ${MAX_ENVELOPE_BYTES} are allowed`,
      )
    // A copy, because the caller may write into its buffer before the group is on disk.
    const copy = new Uint8Array(envelope)
    return await this.#commits.append({ digest: digestOfBytes(copy), envelope: copy })
  }

  size(): number {
    return this.#store.size()
  }

  async read(index: number): Promise<LedgerEntry> {
    this.#requireIndex(index)
    const [entry] = await this.#store.read(index, 1)
    if (entry === undefined)
      throw new SallyportError('LOG_CORRUPT', `entry ${index} is missing`, { detail: { index } })
    return entry
  }

  async *entries(from: number, count: number): AsyncIterable<LedgerEntry> {
    let at = Math.max(0, Math.trunc(from))
    const end = Math.min(this.size(), at + count)
    while (at < end) {
      const entries = await this.#store.read(at, end - at)
      if (entries.length === 0)
        throw new SallyportError('LOG_CORRUPT', `entry ${at} is missing`, { detail: { index: at } })
      yield* entries
      at += entries.length
    }
  }

  async find(digest: Digest): Promise<number | undefined> {
    return await this.#store.find(digest)
  }

  async checkpoint(): Promise<string> {
    this.#requireOpen()
    return (await this.#publishAll()).note
  }

  async proveInclusion(index: number): Promise<InclusionProof> {
    this.#requireIndex(index)
    const covered = this.#tree.last
    const { size, note } = covered !== undefined && covered.size > index ? covered : await this.#publishAll()
    const hashes = await this.#hashRanges(inclusionRanges(index, size), size)
    // The hash of an entry stands in the tree; the envelope need not be read for it.
    const [leafHash = ''] = await this.#hashRanges([{ start: index, end: index + 1 }], size)
    return { index, treeSize: size, leafHash, hashes, checkpoint: note }
  }

  async proveConsistency(from: number, to: number): Promise<ConsistencyProof> {
    if (
      !(Number.isSafeInteger(from) && Number.isSafeInteger(to) && 0 < from && from <= to && to <= this.size())
    )
      throw new SallyportError(
        'BAD_INPUT',
        `no proof from ${from} to ${to}: 0 < from <= to <= ${this.size()} must hold`,
      )
    const size =
      (this.#tree.last?.size ?? 0) >= to ? (this.#tree.last?.size ?? 0) : (await this.#publishAll()).size
    return { from, to, hashes: await this.#hashRanges(consistencyRanges(from, to), size) }
  }

  async proofFile(index: number): Promise<string> {
    return formatProofFile(await this.proveInclusion(index))
  }

  async addCosignature(note: string): Promise<void> {
    this.#requireOpen()
    const current = await this.#publishAll()
    await this.#tree.replaceNote(mergeCosignatures(current.note, note, this.#witnesses))
  }

  async tile(path: string): Promise<Uint8Array | undefined> {
    if (path === 'checkpoint') {
      const note = await this.#store.checkpoint()
      return note === undefined ? undefined : Buffer.from(note)
    }
    const name = parseTilePath(path)
    return name === undefined ? undefined : await this.#store.file(path)
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#timer)
    try {
      await this.#commits.settle()
      await this.#publishing
      if (this.#broken === undefined && this.#store.size() > (this.#tree.last?.size ?? 0))
        await this.#tree.publish()
    } finally {
      await this.#store.close()
    }
  }

  async #hashRanges(ranges: readonly LeafRange[], size: number): Promise<string[]> {
    const hashes: string[] = []
    for (const range of ranges) hashes.push(toHex(await this.#hashRange(range, size)))
    return hashes
  }

  // Partial tiles of `size` may be outgrown and removed while they are read; the tree that outgrew them has the same hashes.
  async #hashRange(range: LeafRange, size: number): Promise<Uint8Array> {
    try {
      return await this.#tree.reader.hashRange(range, size)
    } catch (error) {
      const newer = this.#tree.last?.size ?? 0
      if (newer === size) throw error
      return await this.#tree.reader.hashRange(range, newer)
    }
  }

  #planPublishing(): void {
    if (this.#isClosed) return
    const backlog = this.#store.size() - (this.#tree.last?.size ?? 0)
    if (backlog >= PUBLISH_AT_ENTRIES) this.#publishUnasked()
    else if (backlog > 0 && this.#timer === undefined)
      this.#timer = setTimeout(() => this.#publishUnasked(), PUBLISH_AFTER_MS).unref()
  }

  #publishUnasked(): void {
    if (this.#publishing !== undefined || this.#isClosed || this.#broken !== undefined) return
    // Not lost: what breaks the log is kept in #broken, and anything else meets the next one who asks for a checkpoint.
    this.#publishAll().catch(() => undefined)
  }

  async #publishAll(): Promise<SignedCheckpoint> {
    const wanted = this.#store.size()
    while (true) {
      if (this.#broken !== undefined) throw this.#broken
      const last = this.#tree.last
      if (this.#publishing === undefined && last !== undefined && last.size >= wanted) return last
      this.#publishing ??= this.#publishOnce()
      const published = await this.#publishing
      if (published.size >= wanted) return published
    }
  }

  async #publishOnce(): Promise<SignedCheckpoint> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    try {
      return await this.#tree.publish()
    } catch (error) {
      if (
        error instanceof SallyportError &&
        (error.code === 'LOG_INCONSISTENT' || error.code === 'LOG_CORRUPT')
      )
        this.#broken = error
      throw error
    } finally {
      this.#publishing = undefined
    }
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new SallyportError('STORE_FAILED', 'the log is closed')
    if (this.#broken !== undefined) throw this.#broken
  }

  #requireIndex(index: number): void {
    if (!Number.isSafeInteger(index) || index < 0 || index >= this.size())
      throw new SallyportError('NOT_FOUND', `the log has no entry ${index}; it has ${this.size()}`, {
        detail: { index },
      })
  }
}

function requireVkey(vkey: string): string {
  const key = parseVkey(treeHash, vkey)
  if (!key.ok) throw new SallyportError('BAD_CONFIG', `a witness's key: ${key.error}`)
  return vkey
}
