import type {
  Assessment,
  Decision,
  Digest,
  GatedStage,
  Manifest,
  ManifestEntry,
  Outcome,
  Stage,
  StatementKind,
  Verdict,
} from '../../ground/domain/index.ts'
import type {
  ApprovalConditions,
  DerivationRelation,
  ModelSignaturePredicate,
} from '../../trust/evidence/index.ts'

/** Who asks for something, as a face has established it. */
export interface Actor {
  /** Pseudonymous id, UUIDv7. */
  readonly principalId: string
  /** The person behind the principal: two principals of one owner count once. */
  readonly owner: string
  readonly authentication: 'token' | 'session' | 'local'
  /** Digest of the request that carried the wish. */
  readonly requestDigest: Digest
}

/** Progress of long work, in bytes where bytes are known. */
export interface Progress {
  readonly step: 'hash' | 'assess' | 'seal'
  readonly doneBytes: number
  readonly totalBytes: number
  readonly path?: string
}

/** One line of the models list. */
export interface ModelSummary {
  readonly tenant: string
  readonly digest: Digest
  readonly name: string
  readonly stage: Stage
  /** `undecided` until assessed. */
  readonly verdict: Verdict
  readonly sizeBytes: number
  readonly fileCount: number
  readonly requestedBy: string
  readonly importedAt: string
  readonly updatedAt: string
  readonly approvals: number
  /** True when a person should look: assessed and neither approved nor rejected, or decided `review`. */
  readonly needsReview: boolean
  /** Someone said no, and no approval came after. */
  readonly rejected: boolean
  readonly decision?: {
    readonly id: string
    readonly stage: GatedStage
    readonly outcome: Outcome
    readonly expiresAt: string
  }
}

/** One statement about a model, as the timeline shows it. */
export interface TimelineEntry {
  readonly statement: Digest
  /** Place in the log; for display and proofs, never an identity. */
  readonly index: number
  readonly kind: StatementKind
  readonly predicateType: string
  readonly at: string
  /** One sentence: "Approved for production by …: note". */
  readonly summary: string
  readonly principalId?: string
  readonly keyId: string
}

/** A link of lineage between two models by digest. */
export interface LineageEdge {
  readonly from: Digest
  readonly fromName: string
  readonly to: Digest
  readonly toName: string
  readonly relation: DerivationRelation
}

/** A signature on a model that was verified here. */
export interface ModelSignature extends ModelSignaturePredicate {
  /** Digest of the sealed statement about it. */
  readonly sealed: Digest
}

/** A model's page. */
export interface ModelDetail extends ModelSummary {
  readonly omsRoot: string
  readonly files: readonly ManifestEntry[]
  readonly assessment?: Assessment
  readonly timeline: readonly TimelineEntry[]
  readonly decisions: readonly Decision[]
  readonly lineage: readonly LineageEdge[]
  /** Oldest first. */
  readonly signatures: readonly ModelSignature[]
  readonly waivers: readonly {
    readonly ruleId: string
    readonly owner: string
    readonly reason: string
    readonly until: string
  }[]
}

/** One page of a list; `next` is absent on the last. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly next?: string
}

/** A decision with every statement behind it, opened. */
export interface Explanation {
  readonly decision: Decision
  readonly statements: readonly (TimelineEntry & { readonly predicate: Readonly<Record<string, unknown>> })[]
}

/** What the loader's question came to. `allow` only when the bytes are known, were promoted and are allowed still. */
export interface Verification {
  readonly digest: Digest
  readonly omsRoot: string
  readonly stage: GatedStage
  readonly outcome: Outcome
  /** One sentence. */
  readonly message: string
  readonly nextStep?: string
  readonly name?: string
  /** Decided now, from evidence and consent; absent when these bytes were never imported. */
  readonly decision?: Decision
}

/** A path whose files were hashed already, with what it may be known as: a signature may have been laid beside the model. */
export interface HashedPath {
  readonly path: string
  readonly manifests: readonly Manifest[]
}

/** The registry's verbs. All are asynchronous and durable when they resolve; failures are SallyportErrors. */
export interface Registry {
  list(query: {
    readonly stage?: Stage
    readonly needsReview?: boolean
    readonly cursor?: string
    readonly limit: number
  }): Promise<Page<ModelSummary>>
  /** @throws SallyportError `NOT_FOUND` */
  get(digest: Digest): Promise<ModelDetail>
  /** Takes a folder, file, tar or zip into quarantine, hashing it once on the way. */
  importModel(
    request: { readonly path: string; readonly name?: string; readonly derivedFrom?: Digest },
    actor: Actor,
    onProgress?: (progress: Progress) => void,
  ): Promise<ModelDetail>
  assess(digest: Digest, actor: Actor, onProgress?: (progress: Progress) => void): Promise<ModelDetail>
  approve(
    digest: Digest,
    request: {
      readonly stage: GatedStage
      readonly note: string
      /** Under which the approval counts; none where absent. */
      readonly conditions?: ApprovalConditions
    },
    actor: Actor,
  ): Promise<ModelDetail>
  /** Says that something must change first; approvals from before no longer count. */
  askChanges(digest: Digest, request: { readonly note: string }, actor: Actor): Promise<ModelDetail>
  reject(digest: Digest, request: { readonly note: string }, actor: Actor): Promise<ModelDetail>
  revoke(digest: Digest, request: { readonly note: string }, actor: Actor): Promise<ModelDetail>
  waive(
    digest: Digest,
    request: { readonly ruleId: string; readonly reason: string; readonly until: string },
    actor: Actor,
  ): Promise<ModelDetail>
  /** Decides anew from evidence and consent; on `allow` also seals a deployment receipt. Always returns the decision. */
  promote(digest: Digest, request: { readonly stage: GatedStage }, actor: Actor): Promise<Decision>
  /** Decides without promoting and without sealing. */
  decide(digest: Digest, stage: GatedStage): Promise<Decision>
  explain(decisionId: string): Promise<Explanation>
  /**
   * Whether what stands at a path may be loaded at a stage now: known bytes, promoted, and still allowed.
   * @param what a path, or one that was hashed already: of its manifests the first that is known here counts
   */
  verify(
    what: string | HashedPath,
    stage: GatedStage,
    onProgress?: (progress: Progress) => void,
  ): Promise<Verification>
}
