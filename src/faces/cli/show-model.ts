import type { Decision } from '../../ground/domain/index.ts'
import type { ModelDetail, ModelSummary } from '../../services/registry/index.ts'
import {
  bold,
  dim,
  safe,
  shortDigest,
  showBytes,
  showCount,
  showOutcome,
  showStage,
  showVerdict,
} from './format-text.ts'
import { findingLines } from './show-assessment.ts'
import { table } from './table.ts'

/** The models list as a table. */
export function modelLines(models: readonly ModelSummary[]): readonly string[] {
  if (models.length === 0)
    return ['No models yet. `sallyport import PATH` takes the first one into quarantine.']
  return table(
    ['NAME', 'DIGEST', 'STAGE', 'VERDICT', 'DECISION', 'SIZE', 'APPROVALS'],
    models.map((model) => [
      safe(model.name),
      shortDigest(model.digest),
      showStage(model.stage),
      showVerdict(model.verdict),
      model.decision === undefined
        ? dim('none')
        : `${showOutcome(model.decision.outcome)} ${model.decision.stage}`,
      showBytes(model.sizeBytes),
      String(model.approvals),
    ]),
  )
}

/** A model in a few lines: who it is, where it stands, what was found. */
export function detailLines(model: ModelDetail): readonly string[] {
  const findings = model.assessment?.files.flatMap((file) => file.findings) ?? []
  return [
    `${bold(safe(model.name))}  ${model.digest}`,
    `  stage ${showStage(model.stage)}${model.rejected ? dim(' (rejected)') : ''}   verdict ${showVerdict(model.verdict)}   ${showCount(model.fileCount, 'file')}, ${showBytes(model.sizeBytes)}   approvals ${model.approvals}`,
    ...findingLines(findings),
  ]
}

/** What a person does next about a fresh import: nobody is led to approve what no look has cleared. */
export function nextStep(model: Pick<ModelDetail, 'digest' | 'verdict' | 'assessment'>): string {
  const digest = shortDigest(model.digest)
  if (model.assessment === undefined) return `sallyport assess ${digest}`
  if (model.verdict === 'malicious') return `sallyport reject ${digest} --note "…"`
  if (model.verdict === 'undecided') return `sallyport show ${digest}`
  return `sallyport approve ${digest} --stage staging --note "…"`
}

/** A model's statements, oldest first. */
export function timelineLines(model: ModelDetail): readonly string[] {
  return table(
    ['AT', 'KIND', 'STATEMENT', 'WHAT'],
    model.timeline.map((entry) => [entry.at, entry.kind, shortDigest(entry.statement), safe(entry.summary)]),
  )
}

/** A decision with every reason, and what to do about each no. */
export function decisionLines(decision: Decision): readonly string[] {
  return [
    `${showOutcome(decision.outcome)} for ${bold(decision.stage)}  ${dim(`policy ${safe(decision.policy.name)}, until ${decision.expiresAt}`)}`,
    ...decision.reasons.flatMap((reason) => [
      `  ${showOutcome(reason.outcome)}  ${safe(reason.message)}  ${dim(reason.code)}`,
      ...(reason.nextStep === undefined ? [] : [`      ${dim('→')} ${safe(reason.nextStep)}`]),
    ]),
    dim(`  decision ${decision.id}`),
  ]
}
