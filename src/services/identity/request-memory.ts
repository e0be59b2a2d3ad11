/** What was answered to a request that carried an idempotency key. */
export interface RememberedAnswer {
  readonly status: number
  /** JSON text. */
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

/** What is known of a key when a request comes with it. */
export type Remembered =
  | { readonly kind: 'new' }
  /** The first request is still being worked on, in this process. */
  | { readonly kind: 'running' }
  /** A process died while it worked on the first request: nobody knows how far it came. */
  | { readonly kind: 'interrupted' }
  /** The key belongs to another request. */
  | { readonly kind: 'different' }
  | { readonly kind: 'answered'; readonly answer: RememberedAnswer }

/**
 * Idempotency keys and their answers (draft-ietf-httpapi-idempotency-key-header-07), by principal. `begin` is atomic:
 * of two callers with one key, one gets `new`. What has resolved survives power loss.
 */
export interface RequestMemory {
  begin(scope: string, key: string, requestDigest: string): Promise<Remembered>
  answer(scope: string, key: string, answer: RememberedAnswer): Promise<void>
  /** The request did nothing: the key may be used again. */
  forget(scope: string, key: string): Promise<void>
}

/** Milliseconds for which an answer is kept. */
export const REMEMBER_MS = 24 * 3_600_000

/** A request memory that ends with the process, for tests. */
export function memoryRequestMemory(now: () => Date): RequestMemory {
  const kept = new Map<string, { digest: string; at: number; answer?: RememberedAnswer }>()
  const nameOf = (scope: string, key: string) => JSON.stringify([scope, key])
  return {
    async begin(scope, key, requestDigest) {
      const since = now().getTime() - REMEMBER_MS
      for (const [name, entry] of kept) if (entry.at < since) kept.delete(name)
      const entry = kept.get(nameOf(scope, key))
      if (entry === undefined) {
        kept.set(nameOf(scope, key), { digest: requestDigest, at: now().getTime() })
        return { kind: 'new' }
      }
      if (entry.digest !== requestDigest) return { kind: 'different' }
      return entry.answer === undefined ? { kind: 'running' } : { kind: 'answered', answer: entry.answer }
    },
    async answer(scope, key, answer) {
      const entry = kept.get(nameOf(scope, key))
      if (entry !== undefined) kept.set(nameOf(scope, key), { ...entry, answer })
    },
    async forget(scope, key) {
      kept.delete(nameOf(scope, key))
    },
  }
}
