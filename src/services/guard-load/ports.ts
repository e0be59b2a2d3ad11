import type { Digest, GatedStage, ManifestEntry, Outcome } from '../../ground/domain/index.ts'

/** What a loader asks: may these bytes be loaded at this stage now? */
export interface StandingQuestion {
  readonly stage: GatedStage
  /** Of the manifest of what is there. */
  readonly digest: Digest
  /** The files that are there, where they may be a part of a model: a cache holds what was asked for, and no more. */
  readonly part?: {
    readonly files: readonly ManifestEntry[]
    /** Name of the model, or its digest: looked at first. */
    readonly of?: string
  }
}

/** How bytes stand now. `allow` only when they are known, were promoted to the stage, and are allowed still. */
export interface Standing {
  /** Of the model that the answer is about; the one asked for, when nothing is known. */
  readonly digest: Digest
  readonly stage: GatedStage
  readonly outcome: Outcome
  /** One sentence. */
  readonly message: string
  readonly nextStep?: string
  readonly name?: string
  /** RFC 3339. Until then the answer may be relied upon where nobody can be asked again. */
  readonly expiresAt?: string
  /** Files of that model, where only a part of them was asked about. */
  readonly partOf?: number
}

/** Where a loader learns how bytes stand. */
export interface StandingSource {
  /** @throws SallyportError `PEER_FAILED`, `LOG_LOCKED`, `UNAUTHENTICATED` and others: could not ask is never allow */
  ask(question: StandingQuestion): Promise<Standing>
  /**
   * The standing of a model, as soon as it is another than `seen`, or after a while as it is.
   * @param seen the `state` of the answer before
   */
  next(
    question: Omit<StandingQuestion, 'part'>,
    seen: string | undefined,
    signal: AbortSignal,
  ): Promise<FollowedStanding>
}

/** A standing with a word that changes when it does. */
export interface FollowedStanding {
  readonly state: string
  readonly standing: Standing
}

/** What tells one state of a file from another; all numbers as text, for they have 64 bits. */
export interface PlacedStamp {
  readonly device: string
  readonly inode: string
  readonly modifiedNs: string
  readonly changedNs: string
  readonly size: number
}

/** A file where a loader would find it. */
export interface PlacedFile {
  /** In the model. */
  readonly name: string
  /** Absolute; of a cache the blob, never the link to it. */
  readonly path: string
  readonly stamp: PlacedStamp
}

/** A model where a loader would find it. */
export interface Place {
  /** For people: the path, or `org/name@commit`. */
  readonly label: string
  readonly path: string
  readonly kind: 'folder' | 'file' | 'snapshot'
  readonly files: readonly PlacedFile[]
  /** Of a cache. */
  readonly repo?: string
  readonly commit?: string
}

/** What is to be guarded. */
export type Wanted =
  | { readonly kind: 'path'; readonly path: string }
  | {
      readonly kind: 'cache'
      readonly folder: string
      /** `org/name`, `datasets/org/name`; all when absent. */
      readonly repo?: string
      /** A commit, branch or tag that the cache knows; `main` where a repository is named, else all. */
      readonly revision?: string
    }

/** Finds models on this machine. Links lead nowhere but, in a cache, to its own blobs. */
export interface Places {
  /** @throws SallyportError `NOT_FOUND`, `BAD_INPUT` naming what cannot be guarded, `TOO_LARGE` */
  find(wanted: Wanted): Promise<readonly Place[]>
}

/** A private copy, readable by us alone, whose bytes were hashed while they were copied. */
export interface PrivateCopy {
  readonly entries: readonly ManifestEntry[]
  /** What a loader is to be given: the folder, or the one file in it. */
  readonly path: string
  /** The copy, as a place of its own. */
  place(): Promise<Place>
  remove(): Promise<void>
}

type OnBytes = (doneBytes: number, totalBytes: number, name: string) => void

/** Reads models so that what was hashed is known to be what was there. */
export interface PlaceReader {
  /**
   * Hashes every file where it stands, and makes sure at the end that all still are what was hashed. Files in `known` that
   * stood still since are not read again.
   * @throws SallyportError `ABORTED` when a file changed meanwhile
   */
  hash(
    place: Place,
    options: { readonly known?: KnownHashes; readonly onBytes?: OnBytes },
  ): Promise<readonly ManifestEntry[]>
  /**
   * Copies every file into a fresh folder under `into`, hashing the bytes that it writes.
   * @param isOurs whether this process removes the copy again: what a crash leaves is then swept by the next
   * @throws SallyportError `ABORTED` when a file changed meanwhile, `BAD_INPUT` for a folder that others may write to, `STORE_FAILED`
   */
  copy(
    place: Place,
    options: { readonly into: string; readonly isOurs: boolean; readonly onBytes?: OnBytes },
  ): Promise<PrivateCopy>
}

/** Digests by the state of the file that had them. */
export type KnownHashes = Map<string, string>

/** Tells that files may have changed. */
export interface PlaceWatch {
  /** Resolves when something near the files moved, or after a while; at once when it did since the last call. */
  next(): Promise<void>
  close(): void
}
