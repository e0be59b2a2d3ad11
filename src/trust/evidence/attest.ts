import {
  type Assessment,
  type Decision,
  hexOfDigest,
  type Manifest,
  type ResourceDescriptor,
  STATEMENT_TYPE,
  type Statement,
} from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import { PREDICATE_TYPES, type PredicateName } from './predicate-types.ts'
import type {
  ApprovalPredicate,
  Consent,
  CycloneDxPredicate,
  DeploymentReceiptPredicate,
  DerivationPredicate,
  Predicates,
  QuarantinePredicate,
  SlsaProvenancePredicate,
  TestResultPredicate,
  WaiverPredicate,
} from './predicates.ts'
import type { VulnsPredicate } from './vulns-predicate.ts'

/** A model as the subject of statements: the manifest's digest, with the OMS root and the tenant beside it. */
export function subjectOf(manifest: Manifest, name: string, tenant = 'default'): ResourceDescriptor {
  return {
    name,
    digest: { sha256: hexOfDigest(manifest.digest) },
    annotations: { omsRoot: manifest.omsRoot, tenant },
  }
}

/**
 * What an assessor saw, as evidence about a whole model.
 * @throws SallyportError `BAD_INPUT` when a file of the manifest was not assessed, or one that is not of it was: a file
 * that nobody read would pass as clean
 */
export function attestModelScan(
  subject: ResourceDescriptor,
  manifest: Manifest,
  assessment: Assessment,
): Statement {
  if (subject.digest?.sha256 !== hexOfDigest(manifest.digest))
    throw new SallyportError('BAD_INPUT', 'the manifest is not that of the subject')
  const seen = new Map(assessment.files.map((file) => [file.path, file.sizeBytes]))
  for (const { name, size } of manifest.entries) {
    if (seen.get(name) === size) continue
    const why = seen.has(name) ? `with another size than ${size} bytes` : 'not at all'
    throw new SallyportError(
      'BAD_INPUT',
      `"${name}" was assessed ${why}; the assessment is not of this model`,
    )
  }
  if (seen.size !== manifest.entries.length || assessment.files.length !== seen.size)
    throw new SallyportError(
      'BAD_INPUT',
      'the assessment names files that the model does not hold, or one twice',
    )
  return statementOf('model-scan', subject, { at: assessment.finishedAt, ...assessment })
}

/** That a model came in, and at whose wish. */
export function attestQuarantine(
  subject: ResourceDescriptor,
  manifest: Manifest,
  wish: Omit<QuarantinePredicate, 'files' | 'omsRoot'>,
): Statement {
  return statementOf('quarantine', subject, { ...wish, files: manifest.entries, omsRoot: manifest.omsRoot })
}

/** That a model was put in force at a stage, on which decision. */
export function attestDeploymentReceipt(
  subject: ResourceDescriptor,
  receipt: DeploymentReceiptPredicate,
): Statement {
  return statementOf('deployment-receipt', subject, receipt)
}

/** That the subject was made from another model, or from several. */
export function attestDerivation(
  subject: ResourceDescriptor,
  derivation: Omit<DerivationPredicate, 'relation'> & Partial<Pick<DerivationPredicate, 'relation'>>,
): Statement {
  return statementOf('derivation', subject, { relation: 'derived-from', ...derivation })
}

/** That a person wants the model at a stage. */
export function attestApproval(subject: ResourceDescriptor, approval: ApprovalPredicate): Statement {
  return statementOf('approval', subject, approval)
}

/** That a person does not want the model anywhere, until a later approval. */
export function attestRejection(subject: ResourceDescriptor, consent: Consent): Statement {
  return statementOf('rejection', subject, consent)
}

/** That a person answers for the suspicious findings of one rule, until a date. */
export function attestWaiver(subject: ResourceDescriptor, waiver: WaiverPredicate): Statement {
  return statementOf('waiver', subject, waiver)
}

/** That a person wants something changed before they say yes. */
export function attestChangesRequested(subject: ResourceDescriptor, consent: Consent): Statement {
  return statementOf('changes-requested', subject, consent)
}

/** That a person takes the model out of force for good. */
export function attestRevocation(subject: ResourceDescriptor, consent: Consent): Statement {
  return statementOf('revocation', subject, consent)
}

/** What followed from evidence and consent. */
export function attestDecision(subject: ResourceDescriptor, decision: Decision): Statement {
  return statementOf('decision', subject, decision)
}

/** How the model was built: `https://slsa.dev/provenance/v1`. */
export function attestSlsaProvenance(
  subject: ResourceDescriptor,
  provenance: SlsaProvenancePredicate,
): Statement {
  return statementOf('slsa-provenance', subject, provenance)
}

/** What a test run came to: `https://in-toto.io/attestation/test-result/v0.1`. */
export function attestTestResult(subject: ResourceDescriptor, result: TestResultPredicate): Statement {
  return statementOf('test-result', subject, result)
}

/** What a scanner of known vulnerabilities found: `https://in-toto.io/attestation/vulns/v0.2`. */
export function attestVulns(subject: ResourceDescriptor, vulns: VulnsPredicate): Statement {
  return statementOf('vulns', subject, vulns)
}

/** A bill of materials: `https://cyclonedx.org/bom`. */
export function attestCycloneDx(subject: ResourceDescriptor, bom: CycloneDxPredicate): Statement {
  return statementOf('cyclonedx', subject, bom)
}

/** The verifier that our summaries name (VSA `verifier.id`). */
const VERIFIER_ID = 'https://sallyport.dev/verifier/v1'

/**
 * A decision in SLSA's words (`https://slsa.dev/verification_summary/v1`): allow is PASSED, deny is FAILED. SLSA has no
 * word for `review`, so that gives undefined.
 */
export function exportVsa(subject: ResourceDescriptor, decision: Decision): Statement | undefined {
  if (decision.outcome === 'review') return undefined
  const passed = decision.outcome === 'allow'
  return statementOf('vsa', subject, {
    verifier: { id: VERIFIER_ID },
    timeVerified: decision.decidedAt,
    resourceUri: `sallyport:${decision.tenant}/${decision.subject}#${decision.stage}`,
    policy: {
      uri: `https://sallyport.dev/policies/${encodeURIComponent(decision.policy.name)}`,
      digest: { sha256: hexOfDigest(decision.policy.digest) },
    },
    inputAttestations: decision.inputs.map((input) => ({ digest: { sha256: hexOfDigest(input) } })),
    verificationResult: passed ? 'PASSED' : 'FAILED',
    // SLSA keeps names that begin with SLSA_ for itself; what we verified is our own stage.
    verifiedLevels: [passed ? `SALLYPORT_${decision.stage.toUpperCase()}` : 'FAILED'],
    slsaVersion: '1.0',
  })
}

function statementOf<N extends PredicateName>(
  name: N,
  subject: ResourceDescriptor,
  predicate: Predicates[N],
): Statement {
  return {
    _type: STATEMENT_TYPE,
    subject: [subject],
    predicateType: PREDICATE_TYPES[name],
    predicate: { ...predicate },
  }
}
