import {
  type ApprovalPredicate,
  type DerivationRelation,
  type ModelSignaturePredicate,
  predicateOf,
  type SlsaProvenancePredicate,
  type TrainingRunPredicate,
  type Verified,
} from '../../trust/evidence/index.ts'

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
  if (approval !== undefined)
    return `Approved for ${approval.stage}${describeConditions(approval)}${quoted(approval.note)}`
  const changes = predicateOf(verified, 'changes-requested')
  if (changes !== undefined) return `Changes asked for${quoted(changes.note)}`
  const rejection = predicateOf(verified, 'rejection')
  if (rejection !== undefined) return `Rejected${quoted(rejection.note)}`
  const revocation = predicateOf(verified, 'revocation')
  if (revocation !== undefined) return `Revoked${quoted(revocation.note)}`
  const waiver = predicateOf(verified, 'waiver')
  return waiver === undefined
    ? undefined
    : `Waived ${waiver.ruleId} until ${waiver.until}${quoted(waiver.note)}`
}

function describeConditions({ conditions = {} }: ApprovalPredicate): string {
  const { safetensorsOnly, commit, until } = conditions
  return [
    ...(safetensorsOnly === true ? [', safetensors only'] : []),
    ...(commit === undefined ? [] : [`, as ${commit.slice(0, 12)} only`]),
    ...(until === undefined ? [] : [`, until ${until}`]),
  ].join('')
}

function describeRest(verified: Verified): string {
  const derivation = predicateOf(verified, 'derivation')
  if (derivation !== undefined) {
    const parents = [derivation.from, ...(derivation.others ?? [])].map(({ name, digest }) => name ?? digest)
    return `${BY_RELATION[derivation.relation]} ${parents.join(', ')}`
  }
  const signature = predicateOf(verified, 'model-signature')
  if (signature !== undefined) return describeSignature(signature)
  const asked = predicateOf(verified, 'access-request')
  if (asked !== undefined) return `Asked for through the door ${asked.door}, and held back`
  const event = predicateOf(verified, 'lineage-event')
  if (event !== undefined)
    return `Told of ${event.eventType} of ${event.job.namespace}/${event.job.name}: ${counted(event.inputs.length, 'input')}, ${counted(event.outputs.length, 'output')}`
  const run = predicateOf(verified, 'training-run')
  if (run !== undefined) return describeRun(run)
  const provenance = predicateOf(verified, 'slsa-provenance')
  if (provenance !== undefined) return describeProvenance(provenance, verified)
  const vetting = predicateOf(verified, 'data-vetting')
  if (vetting !== undefined) return `Data vetted: ${vetting.verdict}, ${counted(vetting.findings, 'finding')}`
  const key = predicateOf(verified, 'key-event')
  if (key !== undefined)
    return `The ${key.role} key is ${key.event}${key.since === undefined ? '' : ` since ${key.since}`}${quoted(key.reason ?? '')}`
  const carried = predicateOf(verified, 'bundle-source')
  if (carried !== undefined)
    return `Came in a bundle of ${carried.log.origin}, exported ${carried.exportedAt}: ${counted(carried.takenOver.length, 'statement')} taken over`
  const vsa = predicateOf(verified, 'vsa')
  if (vsa !== undefined) return `Exported as SLSA verification summary: ${vsa.verificationResult}`
  return describeReport(verified) ?? `Evidence of type ${verified.statement.predicateType}`
}

function describeRun({ name, outcome, command, exit, products, findings }: TrainingRunPredicate): string {
  const code = exit?.code === undefined ? '' : `, exit ${exit.code}`
  const signal = exit?.signal === undefined ? '' : `, ended by ${exit.signal}`
  return `Training run ${name}: ${outcome} (${shortCommand(command)}${code}${signal}), ${counted(products.length, 'product')}, ${counted(findings.length, 'finding')}`
}

/** Of a build of others only the builder and the counts are known to have a meaning. */
function describeProvenance(provenance: SlsaProvenancePredicate, { statement }: Verified): string {
  const { externalParameters, resolvedDependencies = [] } = provenance.buildDefinition
  const { command } = externalParameters
  const isCommand = Array.isArray(command) && command.every((word) => typeof word === 'string')
  const how = isCommand ? ` with ${shortCommand(command)}` : ''
  // The run itself is a subject too, for who asks of it; it is nothing that was made.
  const products = statement.subject.filter(({ annotations }) => annotations?.kind !== 'run')
  return `Built by ${provenance.runDetails.builder.id}${how}: ${counted(products.length, 'product')} from ${counted(resolvedDependencies.length, 'material')}`
}

/** Characters of a command in a sentence; the statement holds all of it. */
const MAX_COMMAND = 80

function shortCommand(command: readonly string[]): string {
  const text = command.join(' ')
  return text.length <= MAX_COMMAND ? text : `${text.slice(0, MAX_COMMAND - 1)}…`
}

/** What scanners of packages and other tools said. */
function describeReport(verified: Verified): string | undefined {
  const vulns = predicateOf(verified, 'vulns')
  if (vulns !== undefined) {
    const aside = vulns.suppressed === undefined ? '' : `, ${vulns.suppressed.length} put aside by VEX`
    const gap = vulns.coverage?.status === 'partial' ? '; not everything could be looked up' : ''
    return `Packages checked by ${vulns.scanner.uri}: ${counted(vulns.scanner.result.length, 'known fault')}${aside}${gap}`
  }
  const bom = predicateOf(verified, 'cyclonedx')
  if (bom !== undefined) return `Bill of materials: ${counted(bom.components?.length ?? 0, 'component')}`
  const test = predicateOf(verified, 'test-result')
  if (test === undefined) return undefined
  const [tool] = test.configuration
  return `${tool?.name ?? 'A test'}: ${test.result.toLowerCase()}`
}

function describeSignature(signature: ModelSignaturePredicate): string {
  if (signature.result === 'refused') return `Signature refused: ${signature.reason}`
  const who = signature.identity ?? `key ${signature.keyId?.slice(0, 16)}`
  return `Signature verified: ${who}, believed as ${signature.believed}`
}

const BY_RELATION: Readonly<Record<DerivationRelation, string>> = {
  'fine-tune': 'Fine-tuned from',
  quantisation: 'Quantised from',
  merge: 'Merged from',
  adapter: 'Adapter for',
  conversion: 'Converted from',
  'derived-from': 'Derived from',
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function quoted(note: string): string {
  return note === '' ? '' : `: ${note}`
}
