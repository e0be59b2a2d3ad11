import { consistencyRanges, verifyConsistencyProof } from '../../ground/crypto/pure.ts'
import { SallyportError, toHex } from '../../ground/lang/index.ts'
import type { LedgerStore, Publication, TreeFile } from './ledger-store.ts'
import { treeHash } from './log-crypto.ts'
import type { LogSigner, SignedCheckpoint } from './log-signer.ts'
import { EMPTY_EDGE, growEdge, readEdge, rootOfEdge, type TreeEdge } from './tree-edge.ts'
import { TreeReader } from './tree-reader.ts'

/** How often another writer may be faster before we give up. */
const MAX_ATTEMPTS = 20
/** Entries put into tiles at one step, so that a long backlog neither fills memory nor holds one write for long. */
const MAX_STEP_ENTRIES = 65_536
const DIGEST_BYTES = 32

/** The signed tree of a log, and the only place where one checkpoint follows another. */
export class PublishedTree {
  readonly #store: LedgerStore
  readonly #signer: LogSigner
  readonly reader: TreeReader
  #edge: TreeEdge = EMPTY_EDGE
  #last: SignedCheckpoint | undefined
  #partials: readonly string[] = []
  #stale: readonly string[] = []

  private constructor(store: LedgerStore, signer: LogSigner) {
    this.#store = store
    this.#signer = signer
    this.reader = new TreeReader((path) => store.file(path))
  }

  /** @throws SallyportError `LOG_CORRUPT`, `LOG_INCONSISTENT` when checkpoint and tiles disagree */
  static async open(store: LedgerStore, signer: LogSigner): Promise<PublishedTree> {
    const tree = new PublishedTree(store, signer)
    await tree.#follow()
    return tree
  }

  get last(): SignedCheckpoint | undefined {
    return this.#last
  }

  /** Puts every durable entry beneath a signed checkpoint. An empty log gets one too. */
  async publish(): Promise<SignedCheckpoint> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      await this.#follow()
      const digests = await this.#store.digestsFrom(this.#edge.size)
      const isUpToDate = digests.length === 0
      if (isUpToDate && this.#last !== undefined) return this.#last
      const step = digests.subarray(0, MAX_STEP_ENTRIES * DIGEST_BYTES)
      const isPublished = await this.#step(step)
      if (isPublished && step.length === digests.length && this.#last !== undefined) return this.#last
      if (isPublished) attempt = -1
    }
    throw new SallyportError('CONFLICT', `another writer was faster ${MAX_ATTEMPTS} times while publishing`)
  }

  /** Replaces the checkpoint by the same one with more signatures. */
  async replaceNote(note: string): Promise<void> {
    const opened = this.#signer.open(note)
    await this.#store.publish({
      previous: this.#last?.note,
      checkpoint: note,
      size: opened.size,
      files: [],
      remove: [],
    })
    this.#last = opened
  }

  async #step(digests: Uint8Array): Promise<boolean> {
    const { edge, files } = growEdge(this.#edge, digests)
    const root = rootOfEdge(edge)
    await this.#requireConsistent(this.#last, { size: edge.size, root }, files)
    const next = await this.#signer.sign(edge.size, root, this.#last)
    const partials = files.map((file) => file.path).filter((path) => path.includes('.p/'))
    const publication: Publication = {
      previous: this.#last?.note,
      checkpoint: next.note,
      size: next.size,
      files,
      remove: this.#stale.filter((path) => !partials.includes(path)),
    }
    try {
      await this.#store.publish(publication)
    } catch (error) {
      if (error instanceof SallyportError && error.code === 'CONFLICT') return false
      throw error
    }
    // A partial tile outlives its checkpoint by one, for clients that hold the one before.
    this.#stale = this.#partials.filter((path) => !isCurrent(path, files))
    this.#partials = [...this.#partials.filter((path) => isCurrent(path, files)), ...partials]
    this.#edge = edge
    this.#last = next
    return true
  }

  /** Takes over what is stored when it is not what we wrote last: at opening, and after another writer's step. */
  async #follow(): Promise<void> {
    const note = await this.#store.checkpoint()
    if (note === this.#last?.note) return
    if (note === undefined)
      throw new SallyportError('LOG_INCONSISTENT', 'the checkpoint has vanished', {
        detail: { last: this.#last?.note },
      })
    const found = this.#signer.open(note)
    await this.#requireConsistent(this.#last, found, [])
    const edge = await readEdge(this.reader, found.size)
    const root = rootOfEdge(edge)
    if (Buffer.compare(root, found.root) !== 0)
      throw new SallyportError('LOG_INCONSISTENT', 'the tiles do not have the root that was signed', {
        detail: { checkpoint: note, rootOfTiles: toHex(root) },
      })
    this.#edge = edge
    this.#last = found
    this.#partials = []
    this.#stale = []
  }

  async #requireConsistent(
    older: SignedCheckpoint | undefined,
    newer: { readonly size: number; readonly root: Uint8Array },
    files: readonly TreeFile[],
  ): Promise<void> {
    if (older === undefined || older.size === 0) return
    const isShrunk = newer.size < older.size
    const proof = isShrunk ? [] : await this.#proveGrowth(older.size, newer.size, files)
    const claim = { from: older.size, to: newer.size, fromRoot: older.root, toRoot: newer.root, proof }
    const verified = verifyConsistencyProof(treeHash, claim)
    if (!verified.ok)
      throw new SallyportError(
        'LOG_INCONSISTENT',
        `refused to follow the last checkpoint: ${verified.error}`,
        {
          detail: { last: older.note, size: newer.size, root: toHex(newer.root), proof: proof.map(toHex) },
        },
      )
  }

  async #proveGrowth(from: number, to: number, files: readonly TreeFile[]): Promise<Uint8Array[]> {
    if (from === to) return []
    const fresh = new Map(files.map((file) => [file.path, file.bytes]))
    const reader = new TreeReader(async (path) => fresh.get(path) ?? (await this.#store.file(path)))
    return await Promise.all(consistencyRanges(from, to).map((range) => reader.hashRange(range, to)))
  }
}

/** Whether a partial tile still is the newest of its place after these files. */
function isCurrent(path: string, files: readonly TreeFile[]): boolean {
  const place = path.slice(0, path.indexOf('.p/'))
  return !files.some((file) => file.path === place || file.path.startsWith(`${place}.p/`))
}
