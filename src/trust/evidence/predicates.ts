import type {
  Assessment,
  Decision,
  Digest,
  GatedStage,
  ManifestEntry,
  ResourceDescriptor,
  Statement,
} from '../../ground/domain/index.ts'
import type { PredicateName } from './predicate-types.ts'

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
    readonly kind: 'folder' | 'file' | 'tar' | 'zip' | 'bundle'
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

/** `derivation`: the subject was made from another model. */
export interface DerivationPredicate {
  readonly at: string
  readonly relation: 'derived-from'
  readonly from: { readonly name?: string; readonly digest: Digest }
  readonly principalId?: string
}

/** `approval`: a person wants the model at a stage, or at a lower one. */
export interface ApprovalPredicate extends Consent {
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
    readonly builder: { readonly id: string }
    readonly metadata?: {
      readonly invocationId?: string
      readonly startedOn?: string
      readonly finishedOn?: string
    }
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
}

/** `https://in-toto.io/attestation/vulns/v0.2`. */
export interface VulnsPredicate {
  readonly scanner: {
    readonly uri: string
    readonly version?: string
    readonly db?: { readonly uri?: string; readonly version?: string; readonly lastUpdate?: string }
    readonly result: readonly {
      readonly id: string
      readonly severity?: readonly { readonly method?: string; readonly score?: string }[]
    }[]
  }
  readonly metadata: { readonly scanStartedOn: string; readonly scanFinishedOn: string }
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
  readonly 'deployment-receipt': DeploymentReceiptPredicate
  readonly derivation: DerivationPredicate
  readonly approval: ApprovalPredicate
  readonly rejection: Consent
  readonly waiver: WaiverPredicate
  readonly revocation: Consent
  readonly decision: Decision
  readonly vsa: VsaPredicate
  readonly 'slsa-provenance': SlsaProvenancePredicate
  readonly 'test-result': TestResultPredicate
  readonly vulns: VulnsPredicate
  readonly cyclonedx: CycloneDxPredicate
}

/** A statement whose predicate has been checked against the schema of its type. */
export interface KnownStatement<N extends PredicateName = PredicateName> extends Statement {
  readonly predicate: Predicates[N] & Readonly<Record<string, unknown>>
}
