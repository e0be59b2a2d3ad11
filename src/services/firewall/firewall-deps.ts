import type { Decision, Digest } from '../../ground/domain/index.ts'
import type { Predicates } from '../../trust/evidence/index.ts'
import type { Actor, BlobStore, Registry } from '../registry/index.ts'
import type { FirewallMode } from './firewall-port.ts'
import type { FirewallBook, HubUpstream, PartialStore } from './ports.ts'

/** What the registry offers a firewall. */
export interface FirewallRegistry extends Pick<Registry, 'assess' | 'decide' | 'promote' | 'get'> {
  /** Takes a model in whose bytes lie in the blob store already. */
  importStored(
    request: {
      readonly name: string
      readonly label: string
      readonly entries: readonly { readonly name: string; readonly size: number; readonly sha256: string }[]
    },
    actor: Actor,
  ): Promise<Digest>
  /** Seals where a model came from. */
  attestSource(subject: Digest, source: Predicates['hub-source']): Promise<void>
  /** How many statements there are: a decision made before the last one may be out of date. */
  ledgerSize(): number
}

/** Somebody for whom the policy did not say yes. */
export interface HeldBack {
  readonly digest: Digest
  readonly decision: Decision
  readonly actor: Actor
  /** `huggingface.co/org/name@commit`. */
  readonly source: string
}

/** Everything a firewall stands on. */
export interface FirewallDeps {
  readonly upstream: HubUpstream
  readonly partial: PartialStore
  readonly blobs: Pick<BlobStore, 'has' | 'pathOf'>
  readonly book: FirewallBook
  readonly registry: FirewallRegistry
  readonly mode: FirewallMode
  /** Whether a revision names bytes that never change. Unset: a whole commit of git does. */
  readonly isPinned?: (revision: string) => boolean
  readonly now: () => Date
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Hears of everyone for whom the policy did not say yes, whatever the mode makes of it. */
  readonly heldBack?: (one: HeldBack) => void
  /** Page of a model, for whoever was refused. */
  readonly reviewUrl: (digest: Digest) => string
  /** Bytes of a whole revision. */
  readonly maxBytes: number
  /** Takes note of a bug met while nobody waits. */
  readonly report: (bug: unknown) => void
}
