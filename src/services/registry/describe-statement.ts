import { predicateOf, type Verified } from '../../trust/evidence/index.ts'

/** One sentence about a statement, for timelines. Principals stand as ids: names live elsewhere and can be erased. */
export function describeStatement(verified: Verified): string {
  const quarantine = predicateOf(verified, 'quarantine')
  if (quarantine !== undefined)
    return `Taken into quarantine from ${quarantine.source.kind} "${quarantine.source.label}": ${counted(quarantine.files.length, 'file')}`
  const scan = predicateOf(verified, 'model-scan')
  if (scan !== undefined) {
    const findings = scan.files.reduce((sum, file) => sum + file.findings.length, 0)
    return `Assessed as ${scan.verdict} by ${scan.assessor.assessor} ${scan.assessor.version}: ${counted(findings, 'finding')}`
  }
  const decision = predicateOf(verified, 'decision')
  if (decision !== undefined)
    return `Decided ${decision.outcome} for ${decision.stage} under policy "${decision.policy.name}"`
  const receipt = predicateOf(verified, 'deployment-receipt')
  if (receipt !== undefined) return `Promoted to ${receipt.stage}`
  return describeConsent(verified) ?? describeRest(verified)
}

function describeConsent(verified: Verified): string | undefined {
  const approval = predicateOf(verified, 'approval')
  if (approval !== undefined) return `Approved for ${approval.stage}${quoted(approval.note)}`
  const rejection = predicateOf(verified, 'rejection')
  if (rejection !== undefined) return `Rejected${quoted(rejection.note)}`
  const revocation = predicateOf(verified, 'revocation')
  if (revocation !== undefined) return `Revoked${quoted(revocation.note)}`
  const waiver = predicateOf(verified, 'waiver')
  return waiver === undefined
    ? undefined
    : `Waived ${waiver.ruleId} until ${waiver.until}${quoted(waiver.note)}`
}

function describeRest(verified: Verified): string {
  const derivation = predicateOf(verified, 'derivation')
  if (derivation !== undefined) return `Derived from ${derivation.from.name ?? derivation.from.digest}`
  const vsa = predicateOf(verified, 'vsa')
  if (vsa !== undefined) return `Exported as SLSA verification summary: ${vsa.verificationResult}`
  return `Evidence of type ${verified.statement.predicateType}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function quoted(note: string): string {
  return note === '' ? '' : `: ${note}`
}
