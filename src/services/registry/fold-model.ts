import type { Digest, GatedStage, Stage, Verdict } from '../../ground/domain/index.ts'
import { predicateOf, type Verified } from '../../trust/evidence/index.ts'
import type { ModelSummary } from './registry-port.ts'

/** What is known of a model after some of its statements: the summary, and what the next step of the fold needs. */
export interface ModelFold extends ModelSummary {
  readonly requesterOwner: string
  /** One entry an owner: the highest stage that owner wants, since the last rejection. */
  readonly approvedBy: readonly { readonly owner: string; readonly stage: GatedStage }[]
}

/**
 * A model after one more statement. Pure, and for people to look at only: policy never reads it (ARCHITECTURE, rule 1).
 * @param before undefined before the first statement
 * @returns undefined when the first statement is not a quarantine: such a subject is not a model of ours
 */
export function foldModel(before: ModelFold | undefined, verified: Verified): ModelFold | undefined {
  const at = verified.at === undefined ? (before?.updatedAt ?? '') : new Date(verified.at).toISOString()
  const model = before ?? firstSight(verified)
  if (model === undefined) return undefined
  return settle({ ...step(model, verified), updatedAt: at })
}

function firstSight(verified: Verified): ModelFold | undefined {
  const quarantine = predicateOf(verified, 'quarantine')
  const subject = verified.statement.subject[0]
  if (quarantine === undefined || subject?.digest?.sha256 === undefined) return undefined
  return {
    tenant: String(subject.annotations?.tenant ?? 'default'),
    digest: `sha256:${subject.digest.sha256}` as Digest,
    name: quarantine.name,
    stage: 'quarantined',
    verdict: 'undecided',
    sizeBytes: quarantine.files.reduce((sum, file) => sum + file.size, 0),
    fileCount: quarantine.files.length,
    requestedBy: quarantine.principalId,
    importedAt: quarantine.at,
    updatedAt: quarantine.at,
    approvals: 0,
    needsReview: false,
    rejected: false,
    requesterOwner: quarantine.owner,
    approvedBy: [],
  }
}

function step(model: ModelFold, verified: Verified): ModelFold {
  const scan = predicateOf(verified, 'model-scan')
  if (scan !== undefined)
    return { ...model, verdict: scan.verdict as Verdict, stage: atLeast(model.stage, 'assessed') }
  const approval = predicateOf(verified, 'approval')
  if (approval !== undefined) return approved(model, approval.owner, approval.stage)
  if (predicateOf(verified, 'rejection') !== undefined)
    return {
      ...model,
      rejected: true,
      approvedBy: [],
      stage: model.stage === 'revoked' ? 'revoked' : 'assessed',
    }
  // Approvals from before count no longer, and a person still has to look.
  if (predicateOf(verified, 'changes-requested') !== undefined)
    return { ...model, approvedBy: [], stage: model.stage === 'revoked' ? 'revoked' : 'assessed' }
  if (predicateOf(verified, 'revocation') !== undefined) return { ...model, stage: 'revoked' }
  const receipt = predicateOf(verified, 'deployment-receipt')
  if (receipt !== undefined)
    return receipt.stage === 'development' ? model : { ...model, stage: atLeast(model.stage, receipt.stage) }
  const decision = predicateOf(verified, 'decision')
  if (decision === undefined) return model
  const { id, stage, outcome, expiresAt } = decision
  return { ...model, decision: { id, stage, outcome, expiresAt } }
}

const ORDER: readonly Stage[] = ['quarantined', 'assessed', 'approved', 'staging', 'production', 'revoked']

/** Stages only rise; `revoked` is the highest, so nothing leads out of it. */
function atLeast(stage: Stage, wanted: Stage): Stage {
  return ORDER.indexOf(stage) < ORDER.indexOf(wanted) ? wanted : stage
}

function approved(model: ModelFold, owner: string, stage: GatedStage): ModelFold {
  const mine = model.approvedBy.find((approval) => approval.owner === owner)
  const highest = mine?.stage === 'production' ? 'production' : stage
  const others = model.approvedBy.filter((approval) => approval.owner !== owner)
  return {
    ...model,
    rejected: false,
    approvedBy: [...others, { owner, stage: highest }],
    stage: atLeast(model.stage, 'approved'),
  }
}

function settle(model: ModelFold): ModelFold {
  const counted = model.approvedBy.filter(({ owner }) => owner !== model.requesterOwner)
  const waits =
    model.stage === 'assessed' || (model.decision !== undefined && model.decision.outcome !== 'allow')
  return {
    ...model,
    approvals: counted.length,
    needsReview: waits && !model.rejected && model.stage !== 'revoked',
  }
}

/** The summary that faces show. */
export function summaryOf(model: ModelFold): ModelSummary {
  const { requesterOwner: _owner, approvedBy: _by, ...summary } = model
  return summary
}
