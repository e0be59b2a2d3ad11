import type { Digest } from '../../ground/domain/index.ts'
import type { StoredBlob } from '../registry/index.ts'
import type { RepoAddress } from './repo-address.ts'

/** A file of a revision as the hub states it, before a byte of it was seen. */
export interface HubFile {
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** SHA-1 of the git object, 40 hex digits; absent where the source is no git. */
  readonly gitOid?: string
  /** SHA-256 of a file kept in LFS or named by its digest, 64 hex digits: of others the hub states the git object alone. */
  readonly lfsSha256?: string
}

/** What a hub says of one commit. Texts of its authors, so hostile; numbers and lists are bounded by the adapter. */
export interface HubRevision {
  readonly commit: string
  readonly files: readonly HubFile[]
  readonly facts: HubFacts
}

/** The part of a hub's own words that clients read, and that a reviewer wants to see. */
export interface HubFacts {
  readonly author?: string
  readonly license?: string
  readonly gated?: boolean
  readonly private?: boolean
  readonly pipelineTag?: string
  readonly libraryName?: string
  readonly tags?: readonly string[]
  readonly createdAt?: string
  readonly lastModified?: string
  readonly downloads?: number
  /** What a web server or a bucket says of the version of one file. */
  readonly etag?: string
  readonly versionId?: string
}

/** Bytes on their way in. */
export interface Download {
  /** First byte of what comes; 0 when the peer does not resume. */
  readonly from: number
  readonly chunks: AsyncIterable<Uint8Array>
}

/** The hub behind the firewall. Every answer is bounded and checked by the adapter. */
export interface HubUpstream {
  /** For people. */
  readonly label: string
  /** @throws SallyportError `NOT_FOUND`, `FORBIDDEN` (gated, private), `PEER_FAILED`, `TOO_LARGE` */
  commitOf(repo: RepoAddress, revision: string, signal: AbortSignal): Promise<string>
  /** @throws as {@link HubUpstream.commitOf} */
  revision(repo: RepoAddress, commit: string, signal: AbortSignal): Promise<HubRevision>
  /** @throws as {@link HubUpstream.commitOf} */
  refs(repo: RepoAddress, signal: AbortSignal): Promise<HubRefs>
  /** The bytes of a file from `from` on, or from its start. @throws as {@link HubUpstream.commitOf} */
  download(
    repo: RepoAddress,
    commit: string,
    file: { readonly path: string; readonly from: number },
    signal: AbortSignal,
  ): Promise<Download>
}

/** Branches and tags by the commit that each names. */
export interface HubRefs {
  readonly branches: readonly HubRef[]
  readonly tags: readonly HubRef[]
}
export interface HubRef {
  readonly name: string
  readonly commit: string
}

/** What arriving bytes must come to; at least one digest, unless the source states none in so many words. */
export interface Expected {
  /** Bytes. */
  readonly size: number
  readonly sha256?: string
  /** The source (a plain web server) knows no digest: what arrives is pinned by what it says of its version. */
  readonly unstated?: true
  /** SHA-1 of the git object `blob <size>\0…`. */
  readonly gitOid?: string
}

/** Where bytes lie until they are whole: what a crash leaves is resumed, never served. */
export interface PartialStore {
  /**
   * Receives a file, going on where an earlier attempt ended, and hands it to the blob store when it is whole and its digest is
   * the one expected. A broken transfer keeps what has arrived.
   * @param open the peer's bytes from an offset on
   * @throws SallyportError `PEER_FAILED` when the bytes are not those expected (nothing is kept) or stop early, `STORE_FAILED`
   */
  receive(
    key: string,
    expected: Expected,
    open: (from: number) => Promise<Download>,
    onBytes: (bytes: number) => void,
  ): Promise<StoredBlob>
}

/** How far a revision has come. */
export type RevisionState =
  /** Its files are on their way into quarantine. */
  | 'pulling'
  /** All are in; the assessor looks. */
  | 'searching'
  /** Assessed; a decision can be made. */
  | 'searched'
  /** The hub's bytes were not what the hub said, or could not be taken: nobody gets anything of it. */
  | 'failed'

/** A file of a revision, with its bytes once they are in. */
export interface HeldFile extends HubFile {
  readonly sha256?: string
}

/** A revision behind the firewall. */
export interface HeldRevision {
  readonly repo: RepoAddress
  readonly commit: string
  readonly state: RevisionState
  readonly files: readonly HeldFile[]
  readonly facts: HubFacts
  /** The model's digest in the registry, once it was taken in. */
  readonly digest?: Digest
  /** Why it failed, or why the last attempt broke off. */
  readonly problem?: string
  /** RFC 3339. */
  readonly askedAt: string
  readonly changedAt: string
  /** Pseudonymous id of whoever asked first, the person behind it, and what they asked: they will not be the ones who approve. */
  readonly askedBy: string
  readonly askedOwner: string
  readonly requestDigest: Digest
}

/** One question of a client, for the audit and for recall. */
export interface Asked {
  readonly at: string
  readonly principalId: string
  readonly repo: RepoAddress
  /** As asked. */
  readonly revision: string
  readonly commit?: string
  readonly path?: string
  readonly outcome: 'served' | 'refused' | 'waiting' | 'failed'
}

/** Who received which bytes. */
export interface Received {
  readonly principalId: string
  readonly repo: RepoAddress
  readonly commit: string
  readonly digest: Digest
  readonly firstAt: string
  readonly lastAt: string
  readonly files: number
}

/** What the firewall remembers. An ordinary store: it holds no truth about models, but it survives a crash. */
export interface FirewallBook {
  /** The commit that a branch or tag had when it was last asked for. */
  ref(repo: RepoAddress, name: string): { readonly commit: string; readonly checkedAt: string } | undefined
  /** Notes where a branch or tag points now. @returns the commit before, when it moved */
  setRef(
    repo: RepoAddress,
    name: string,
    ref: { readonly commit: string; readonly checkedAt: string },
  ): string | undefined
  revision(repo: RepoAddress, commit: string): HeldRevision | undefined
  save(revision: HeldRevision): void
  /** All revisions, newest first. */
  revisions(limit: number): readonly HeldRevision[]
  /** Revisions that were on their way when the last process ended. */
  unfinished(): readonly HeldRevision[]
  note(asked: Asked): void
  asked(repo: RepoAddress, limit: number): readonly Asked[]
  /** The newest questions of all, or of one principal or repository by name. */
  questions(which: { readonly principalId?: string; readonly repo?: string }, limit: number): readonly Asked[]
  /** Notes that a principal gets bytes of a revision; durable before the first byte leaves. */
  noteReceived(received: {
    readonly principalId: string
    readonly repo: RepoAddress
    readonly commit: string
    readonly digest: Digest
    readonly path: string
    readonly at: string
  }): void
  received(digest: Digest): readonly Received[]
  /** The same for whatever begins like a digest, or is named like a repository. */
  receivedOf(text: string): readonly Received[]
}
