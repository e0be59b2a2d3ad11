import type { Static, TSchema } from 'typebox'
import type { Digest } from '../../ground/domain/index.ts'
import type { Caller, Capability } from '../../services/identity/index.ts'
import type { Actor } from '../../services/registry/index.ts'
import type { HttpDeps } from './deps.ts'

/** What a handler gives back; the server adds ETag, problem form and headers. */
export interface Answer {
  readonly status: number
  /** Bytes and texts go as they are, with their `content-type`; anything else as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that has passed authentication, permission and schema. */
export interface Call<P, Q, B> {
  readonly deps: HttpDeps
  readonly caller: Caller
  readonly params: P
  readonly query: Q
  readonly body: B
  /** The body of an upload, not yet read. */
  readonly stream: AsyncIterable<Uint8Array> | undefined
  readonly header: (name: string) => string | undefined
  /** Cookie of the session, where one was used. */
  readonly session: string | undefined
  /** Scheme and host as the caller addressed them. */
  readonly origin: string
  /** Runs the deed once per idempotency key, naming the actor and the digest of the request. */
  readonly once: (bodyDigest: Digest | undefined, deed: (actor: Actor) => Promise<Answer>) => Promise<Answer>
}

/** One place of the API; everything about it (permission, document, validation, tests) follows from this. */
export interface RouteSpec<P extends TSchema, Q extends TSchema, B extends TSchema> {
  /** operationId; a verb and a noun. */
  readonly id: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** OpenAPI form: `/models/{digest}`, below `/api/v1`. */
  readonly path: string
  /** The one capability that it asks for. */
  readonly needs: Capability
  readonly tag: 'models' | 'decisions' | 'training' | 'hub' | 'review' | 'ledger' | 'accounts'
  readonly summary: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** Bytes; 64 KiB where absent. */
  readonly maxBodyBytes?: number
  /** Also takes `application/octet-stream`, as a stream. */
  readonly takesStream?: true
  /** Also takes a body that was packed with gzip; the limit counts what comes out of it. */
  readonly takesGzip?: true
  /** The answer holds a secret, so it may not be kept for a second request with the same key. */
  readonly secretAnswer?: true
  readonly answers: { readonly status: number; readonly schema?: TSchema; readonly mediaType?: string }
}

export interface Route extends RouteSpec<TSchema, TSchema, TSchema> {
  readonly handle: (call: Call<unknown, unknown, unknown>) => Promise<Answer>
}

type Of<T extends TSchema> = TSchema extends T ? undefined : Static<T>

/** A route whose handler sees what its schemas say. The server validates before it calls. */
export function route<P extends TSchema, Q extends TSchema, B extends TSchema>(
  spec: RouteSpec<P, Q, B>,
  handle: (call: Call<Of<P>, Of<Q>, Of<B>>) => Promise<Answer>,
): Route {
  // The one place where validated values get their static types back: fastify has just checked them by these schemas.
  return { ...spec, handle: (call) => handle(call as Call<Of<P>, Of<Q>, Of<B>>) }
}
