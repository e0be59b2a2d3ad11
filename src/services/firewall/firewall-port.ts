import type { Decision, Digest } from '../../ground/domain/index.ts'
import type { Actor } from '../registry/index.ts'
import type { Asked, HeldFile, HeldRevision, HubRefs, Received } from './ports.ts'
import type { RepoAddress } from './repo-address.ts'

/**
 * `enforce` lets nothing through that the policy does not allow. `warn` and `observe` let through whatever was searched and say so, or
 * only write it down: for the first weeks in a house that has not decided yet. What could not be searched passes in none of them.
 */
export type FirewallMode = 'enforce' | 'warn' | 'observe'

/** A file that may be handed out: its bytes are in the store. */
export interface OpenFile extends HeldFile {
  readonly sha256: string
}

/** A revision that may be handed out. */
export interface OpenRevision extends HeldRevision {
  readonly digest: Digest
  readonly files: readonly OpenFile[]
}

/** What a client may be told about a revision now. */
export type HubAnswer =
  | { readonly kind: 'open'; readonly revision: OpenRevision; readonly warning?: string }
  /** The policy, or the bytes themselves, say no. */
  | {
      readonly kind: 'refused'
      readonly commit: string
      readonly message: string
      readonly decision?: Decision
    }
  /** On its way into quarantine, or being searched. */
  | { readonly kind: 'waiting'; readonly message: string; readonly retryAfterS: number }
  | { readonly kind: 'missing'; readonly what: 'repository' | 'revision'; readonly message: string }

/** A question of a client: one repository at one revision. */
export interface HubQuestion {
  readonly repo: RepoAddress
  readonly revision: string
  /** The file that is wanted, where one is: for the audit. */
  readonly path?: string
}

/** The pull-through firewall before one hub. */
export interface Firewall {
  readonly mode: FirewallMode
  /**
   * Brings a revision into quarantine, has it searched and judged, once for all who ask.
   * @param waitMs how long the caller can be kept; after that the answer is `waiting` and the work goes on
   */
  ask(question: HubQuestion, actor: Actor, waitMs: number): Promise<HubAnswer>
  /** Branches and tags as the hub names them now. @throws SallyportError `NOT_FOUND`, `PEER_FAILED` */
  refs(repo: RepoAddress): Promise<HubRefs>
  /** Absolute path of a file's bytes. Only for an {@link OpenFile}, and notes durably who receives it. */
  release(revision: OpenRevision, file: OpenFile, actor: Actor): string
  /** What is held, newest first. */
  held(limit: number): readonly HeldRevision[]
  /** The newest questions of all, or of one principal or repository by name. */
  asked(which: { readonly principalId?: string; readonly repo?: string }, limit: number): readonly Asked[]
  /** Who ever received bytes of a model. */
  received(digest: Digest): readonly Received[]
  /** Goes on with what the last process left unfinished. */
  resume(): void
  /** Stops transfers; what has arrived stays. */
  close(): Promise<void>
}
