import type { Asked, HeldRevision, Received } from '../../../services/firewall/index.ts'

/** What the command line asks of the hub firewall's book. It may be read while a server holds the home. */
export interface HubDoor {
  /** What is held, the last changed first. */
  held(limit: number): readonly HeldRevision[]
  /** Who ever received bytes of what was held under a digest, its first digits, or a repository's name. */
  receivers(of: string): readonly Received[]
  /** The newest questions of clients. */
  asked(which: { readonly principalId?: string; readonly repo?: string }, limit: number): readonly Asked[]
  close(): void
}
