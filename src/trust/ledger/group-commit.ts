import type { Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { LedgerStore, SealedEnvelope } from './ledger-store.ts'

/** Entries in one group. More would make the first wait long for a gain no disk shows. */
const MAX_GROUP_ENTRIES = 1024
/** Bytes in one group: two of the largest envelopes. Bounds what one write holds in memory. */
const MAX_GROUP_BYTES = 32 * 1024 * 1024

interface Waiting extends SealedEnvelope {
  readonly resolve: (place: { readonly index: number; readonly digest: Digest }) => void
  readonly reject: (reason: unknown) => void
}

/** Gathers appends while a commit runs, so that one fsync serves all that came meanwhile. */
export class GroupCommit {
  readonly #store: LedgerStore
  readonly #onCommit: () => void
  #waiting: Waiting[] = []
  #running: Promise<void> | undefined

  constructor(store: LedgerStore, onCommit: () => void) {
    this.#store = store
    this.#onCommit = onCommit
  }

  append(sealed: SealedEnvelope): Promise<{ readonly index: number; readonly digest: Digest }> {
    const { promise, resolve, reject } = Promise.withResolvers<{
      readonly index: number
      readonly digest: Digest
    }>()
    this.#waiting.push({ ...sealed, resolve, reject })
    this.#running ??= this.#run()
    return promise
  }

  /** Resolves when nothing waits any more. */
  async settle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #run(): Promise<void> {
    // One turn of the loop, so that everyone who is ready now comes into this group.
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      await this.#commit(this.#take())
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#running = undefined
  }

  #take(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { envelope } of this.#waiting) {
      bytes += envelope.length
      if (count > 0 && (bytes > MAX_GROUP_BYTES || count === MAX_GROUP_ENTRIES)) break
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    try {
      const indexes = await this.#store.commit(group)
      for (const [i, waiting] of group.entries()) {
        const index = indexes[i]
        if (index === undefined)
          throw new SallyportError('STORE_FAILED', 'the store did not say where an entry went')
        waiting.resolve({ index, digest: waiting.digest })
      }
      this.#onCommit()
    } catch (error) {
      for (const waiting of group) waiting.reject(error)
    }
  }
}
