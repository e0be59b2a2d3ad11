import type { Digest } from '../../ground/domain/index.ts'
import type { ModelComparison } from '../../services/compare/index.ts'
import type { ModelConversion } from '../../services/convert/index.ts'
import type { Firewall, FirewallMode } from '../../services/firewall/index.ts'
import type { Standings } from '../../services/guard-load/index.ts'
import type { Identity, RequestMemory } from '../../services/identity/index.ts'
import type {
  ClaimedBase,
  DeriveRequest,
  LineageGraph,
  LineageQuery,
  ReceivedEvent,
} from '../../services/lineage/index.ts'
import type { Actor, Registry } from '../../services/registry/index.ts'
import type { ReviewQueue } from '../../services/review/index.ts'
import type { Subjects } from '../../services/subjects/index.ts'
import type { RunReader } from '../../services/training/index.ts'
import type { Guest } from './guests.ts'
import type { PolicySentences } from './review-schemas.ts'

/** What this face reads of the ledger; it never appends. */
export interface LedgerReader {
  readonly origin: string
  /** Entries that are durable and acknowledged. */
  size(): number
  read(index: number): Promise<ReadEntry>
  entries(from: number, count: number): AsyncIterable<ReadEntry>
  find(digest: Digest): Promise<number | undefined>
  checkpoint(): Promise<string>
  proveInclusion(index: number): Promise<ReadProof>
  /** A C2SP `.tlog-proof` text. */
  proofFile(index: number): Promise<string>
  /** A static C2SP path, such as `checkpoint` or `tile/0/000`. */
  tile(path: string): Promise<Uint8Array | undefined>
}
export interface ReadEntry {
  readonly index: number
  /** Of the envelope's bytes. */
  readonly digest: Digest
  readonly envelope: Uint8Array
}
export interface ReadProof {
  readonly index: number
  readonly treeSize: number
  /** Hex, 32 bytes each, from the leaf upwards. */
  readonly hashes: readonly string[]
  /** Hex. */
  readonly leafHash: string
  readonly checkpoint: string
}

/** A file that has arrived and lies in quarantine until the registry has taken it in. */
export interface Upload {
  readonly path: string
  readonly sizeBytes: number
  readonly digest: Digest
  /** Removes the temporary file; twice does no harm. */
  discard(): Promise<void>
}

/** Where uploads are written while they arrive. */
export interface UploadFolder {
  /**
   * Writes a stream to a fresh place and hashes it on the way. A broken or too long one leaves nothing behind.
   * @param filename decides how the registry opens it (`.tar`, `.zip`, …); one plain name, no folders
   * @throws SallyportError `TOO_LARGE`, `BAD_INPUT`, `ABORTED`, `STORE_FAILED`
   */
  receive(chunks: AsyncIterable<Uint8Array>, filename: string, maxBytes: number): Promise<Upload>
}

export interface HttpConfig {
  readonly version: string
  /** Names beside the loopback ones under which this server may be addressed, without port. */
  readonly allowedHosts: readonly string[]
  /** Folders on the server from which an admin may import; empty: none. Absolute, without links. */
  readonly importRoots: readonly string[]
  readonly maxUploadBytes: number
  /** PEM. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Listen beyond loopback without TLS, in so many words. */
  readonly allowInsecure?: boolean
}

/** One finished request, as the log and the metrics see it: the route's pattern, never its values. */
export interface RequestRecord {
  readonly requestId: string
  readonly method: string
  readonly route: string
  readonly status: number
  readonly durationMs: number
  readonly principalId?: string
  /** Stable code of the failure, and for status 500 the whole error. */
  readonly code?: string
  readonly error?: unknown
}

/** What this face asks of the lineage. */
export interface LineageReader {
  /** @throws SallyportError `NOT_FOUND` */
  graph(start: Digest, query: LineageQuery): Promise<LineageGraph>
  claims(model: Digest): Promise<readonly ClaimedBase[]>
  /** @throws SallyportError `BAD_INPUT` */
  receive(event: unknown, actor: Actor): Promise<ReceivedEvent>
  /** @throws SallyportError `NOT_FOUND`, `BAD_INPUT`, `CONFLICT` */
  derive(request: DeriveRequest, actor: Actor): Promise<Digest>
}

export interface HttpDeps {
  readonly registry: Omit<Registry, 'verify'>
  readonly ledger: LedgerReader
  /** C2SP verifier key of the log: `name+hash+base64`. */
  readonly verifierKey: string
  readonly identity: Identity
  readonly memory: RequestMemory
  readonly uploads: UploadFolder
  /** The hub firewall; absent on a system that has none. */
  readonly hub?: Pick<Firewall, 'asked' | 'held' | 'received'>
  /** How strictly it guards, and which hub lies behind it: the host's name alone. */
  readonly hubGuard?: { readonly mode: FirewallMode; readonly upstream: string }
  /** Data sets, prompts, tool lists and endpoints; absent on a system that registers models only. */
  readonly subjects?: Subjects
  /** From what models were made; absent on a system that does not tell. */
  readonly lineage?: LineageReader
  /** What gates could not let through; absent where no queue is kept. */
  readonly review?: ReviewQueue
  /** The policy in force, as a person reads it. */
  readonly policy?: () => PolicySentences
  /** What differs between models; absent on a system that does not compare. */
  readonly compare?: ModelComparison
  /** Pickled weights as safetensors; absent on a system that does not convert. */
  readonly convert?: ModelConversion
  /** Training runs; absent on a system where they are not watched. */
  readonly runs?: RunReader
  /** How models stand now, for gates elsewhere; absent on a system that does not tell. */
  readonly standings?: Standings
  readonly now: () => Date
  readonly random: (bytes: number) => Uint8Array
  /** Protocols of others on the same port: hub, registries. */
  readonly guests?: readonly Guest[]
  /** Folder of the built console; the server runs without it. */
  readonly webRoot?: string
  readonly config: HttpConfig
  readonly onRequest?: (record: RequestRecord) => void
}
