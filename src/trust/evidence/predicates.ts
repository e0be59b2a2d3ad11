import type {
  Assessment,
  Decision,
  Digest,
  GatedStage,
  ManifestEntry,
  ResourceDescriptor,
  Statement,
} from '../../ground/domain/index.ts'
import type { BundleSourcePredicate } from './bundle-predicate.ts'
import type { PredicateName } from './predicate-types.ts'
import type { HubSourcePredicate, PullSourcePredicate } from './source-predicates.ts'
import type { DataVettingPredicate, TrainingRunPredicate } from './training-predicates.ts'
import type { ReportOrigin, VulnsPredicate } from './vulns-predicate.ts'

/** Who wanted a thing, how they proved to be who they are, and the digest of the request that carried the wish. */
export interface Wish {
  readonly principalId: string
  /** The person behind the principal, pseudonymous: principals of one owner count once. */
  readonly owner: string
  readonly authentication: 'token' | 'session' | 'local'
  readonly requestDigest: Digest
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string
}

/** A wish with the words that the person gave it. */
export interface Consent extends Wish {
  readonly note: string
}

/** `model-scan`: what an assessor saw. */
export interface ModelScanPredicate extends Assessment {
  readonly at: string
}

/** `quarantine`: a model came in; whose wish that was decides who may not approve it. */
export interface QuarantinePredicate extends Wish {
  readonly name: string
  readonly source: {
    readonly kind: 'folder' | 'file' | 'tar' | 'zip' | 'bundle' | 'hub'
    readonly label: string
  }
  readonly files: readonly ManifestEntry[]
  readonly omsRoot: string
}

/** `deployment-receipt`: a model was put in force at a stage. */
export interface DeploymentReceiptPredicate extends Wish {
  readonly stage: GatedStage
  /** Digest of the decision's sealed statement. */
  readonly decision: Digest
  readonly target?: string
}

/** How a model was made from others; `derived-from` says no more than that it was. */
export type DerivationRelation =
  | 'fine-tune'
  | 'quantisation'
  | 'merge'
  | 'adapter'
  | 'conversion'
  | 'derived-from'

/** A model that another was made from. */
export interface DerivationParent {
  readonly name?: string
  /** Of its manifest; of its descriptor where only a hub has it (`uri`). */
  readonly digest: Digest
  readonly uri?: string
  /** Share in a merge. */
  readonly weight?: number
}

/** `derivation`: the subject was made from another model, or from several. */
export interface DerivationPredicate {
  readonly at: string
  readonly relation: DerivationRelation
  readonly from: DerivationParent
  /** More parents, of a merge. */
  readonly others?: readonly DerivationParent[]
  readonly tool?: { readonly name: string; readonly version?: string }
  readonly parameters?: Readonly<Record<string, string | number | boolean>>
  readonly note?: string
  readonly principalId?: string
}

/** A data set as somebody named it to us; the digest where they gave one. */
export interface ClaimedDataset {
  readonly namespace: string
  readonly name: string
  readonly digest?: Digest
  readonly version?: string
}

/** `lineage-event`: what a principal told us of a run (OpenLineage). That it was told is proven; that it is true is not. */
export interface LineageEventPredicate {
  /** When it was received. */
  readonly at: string
  readonly principalId: string
  readonly format: 'openlineage'
  readonly eventType: 'START' | 'RUNNING' | 'COMPLETE' | 'ABORT' | 'FAIL' | 'OTHER'
  /** As the producer wrote it. */
  readonly eventTime: string
  readonly producer: string
  readonly runId: string
  readonly job: { readonly namespace: string; readonly name: string }
  readonly parentRunId?: string
  readonly inputs: readonly ClaimedDataset[]
  readonly outputs: readonly ClaimedDataset[]
  readonly sourceCode?: { readonly type: string; readonly url: string; readonly version?: string }
  /** Of the canonical JSON of the whole event. */
  readonly eventDigest: Digest
}

/** `key-event`: what became of a key of the house, said by the key of another role. */
export interface KeyEventPredicate {
  readonly at: string
  readonly event: 'retired' | 'revoked' | 'trusted'
  readonly role: 'assessor' | 'policy' | 'consent'
  readonly publicKeyPem: string
  /** Of a revocation: what the log held before stands. */
  readonly since?: string
  readonly reason?: string
  /** Id of the key that signs in its place. */
  readonly successor?: string
}

/** `log-time`: a checkpoint with its time, so that entries are known to be as old as they are. */
export interface LogTimePredicate {
  readonly at: string
  readonly checkpoint: string
}

/** `model-signature`: an OpenSSF Model Signing signature over the subject was verified here, and held or did not. */
export interface ModelSignaturePredicate {
  readonly at: string
  readonly result: 'valid' | 'refused'
  /** Of the signature file. */
  readonly bundle: Digest
  /** Why it was refused. */
  readonly reason?: string
  readonly method?: 'key' | 'certificate' | 'keyless'
  /** The name under which the signer is believed: of the settings, or a flag. */
  readonly believed?: string
  /** SHA-256 of the public key's SPKI DER. */
  readonly keyId?: string
  readonly curve?: 'P-256' | 'P-384' | 'P-521'
  readonly identity?: string
  readonly identityProvider?: string
  readonly certificate?: {
    readonly subject: string
    readonly issuer: string
    readonly serial: string
    readonly notAfter: string
  }
  /** Vouched for by a log or a timestamp authority. */
  readonly signedAt?: string
  /** Of the signed statement, which covers the names of the files. */
  readonly statement?: Digest
  readonly omsRoot?: string
}

/** Under which an approval counts; all that are named must be met when a gate decides. */
export interface ApprovalConditions {
  /** Every file that holds weights is safetensors. */
  readonly safetensorsOnly?: boolean
  /** The bytes came as this commit of their repository. */
  readonly commit?: string
  readonly until?: string
}

/** `approval`: a person wants the model at a stage, or at a lower one. */
export interface ApprovalPredicate extends Consent {
  readonly stage: GatedStage
  readonly conditions?: ApprovalConditions
}

/** `access-request`: somebody wanted a model through a gate that did not let it through. */
export interface AccessRequestPredicate {
  readonly at: string
  readonly principalId: string
  readonly owner: string
  readonly door: string
  readonly stage: GatedStage
}

/** `waiver`: a person answers for one rule's suspicious findings until a date; `note` is the reason. */
export interface WaiverPredicate extends Consent {
  readonly ruleId: string
  readonly until: string
}

/** `https://slsa.dev/provenance/v1`, as far as it is read here. */
export interface SlsaProvenancePredicate {
  readonly buildDefinition: {
    readonly buildType: string
    readonly externalParameters: Readonly<Record<string, unknown>>
    readonly internalParameters?: Readonly<Record<string, unknown>>
    readonly resolvedDependencies?: readonly ResourceDescriptor[]
  }
  readonly runDetails: {
    readonly builder: { readonly id: string; readonly version?: Readonly<Record<string, string>> }
    readonly metadata?: {
      readonly invocationId?: string
      readonly startedOn?: string
      readonly finishedOn?: string
    }
    readonly byproducts?: readonly ResourceDescriptor[]
  }
}

/** `https://in-toto.io/attestation/test-result/v0.1`. */
export interface TestResultPredicate {
  readonly result: 'PASSED' | 'WARNED' | 'FAILED'
  readonly configuration: readonly ResourceDescriptor[]
  readonly url?: string
  readonly passedTests?: readonly string[]
  readonly warnedTests?: readonly string[]
  readonly failedTests?: readonly string[]
  /** Ours: when the tests ran; the predicate has no word for it. */
  readonly at?: string
  readonly report?: ReportOrigin
}

/** `https://cyclonedx.org/bom`, as far as it is read here; the whole document is kept. */
export interface CycloneDxPredicate {
  readonly bomFormat: 'CycloneDX'
  readonly specVersion: string
  readonly serialNumber?: string
  readonly version?: number
  readonly metadata?: { readonly timestamp?: string }
  readonly components?: readonly { readonly type: string; readonly name: string }[]
}

/** `https://spdx.dev/Document/v3`: an SPDX 3 document in JSON-LD; the whole document is kept. */
export interface SpdxPredicate {
  readonly '@context': string
  readonly '@graph': readonly { readonly type: string }[]
}

/** `https://slsa.dev/verification_summary/v1`. */
export interface VsaPredicate {
  readonly verifier: { readonly id: string }
  readonly timeVerified: string
  readonly resourceUri: string
  readonly policy: ResourceDescriptor
  readonly inputAttestations?: readonly ResourceDescriptor[]
  readonly verificationResult: 'PASSED' | 'FAILED'
  readonly verifiedLevels: readonly string[]
  readonly slsaVersion?: string
}

/** The predicate of each short name. */
export interface Predicates {
  readonly 'model-scan': ModelScanPredicate
  readonly quarantine: QuarantinePredicate
  readonly 'hub-source': HubSourcePredicate
  readonly 'pull-source': PullSourcePredicate
  readonly 'bundle-source': BundleSourcePredicate
  readonly 'access-request': AccessRequestPredicate
  readonly 'model-signature': ModelSignaturePredicate
  readonly 'deployment-receipt': DeploymentReceiptPredicate
  readonly derivation: DerivationPredicate
  readonly 'lineage-event': LineageEventPredicate
  readonly 'training-run': TrainingRunPredicate
  readonly 'data-vetting': DataVettingPredicate
  readonly 'key-event': KeyEventPredicate
  readonly 'log-time': LogTimePredicate
  readonly approval: ApprovalPredicate
  readonly rejection: Consent
  readonly 'changes-requested': Consent
  readonly waiver: WaiverPredicate
  readonly revocation: Consent
  readonly decision: Decision
  readonly vsa: VsaPredicate
  readonly 'slsa-provenance': SlsaProvenancePredicate
  readonly 'test-result': TestResultPredicate
  readonly vulns: VulnsPredicate
  readonly cyclonedx: CycloneDxPredicate
  readonly spdx: SpdxPredicate
}

/** A statement whose predicate has been checked against the schema of its type. */
export interface KnownStatement<N extends PredicateName = PredicateName> extends Statement {
  readonly predicate: Predicates[N] & Readonly<Record<string, unknown>>
}
