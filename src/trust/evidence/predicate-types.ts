import type { StatementKind } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'

const OURS = 'https://sallyport.dev/predicates'

/** Every predicate that this house understands, by its short name. The one place where the types are written. */
export const PREDICATE_TYPES = {
  'model-scan': `${OURS}/model-scan/v1`,
  quarantine: `${OURS}/quarantine/v1`,
  'hub-source': `${OURS}/hub-source/v1`,
  'pull-source': `${OURS}/pull-source/v1`,
  'bundle-source': `${OURS}/bundle-source/v1`,
  'access-request': `${OURS}/access-request/v1`,
  'model-signature': `${OURS}/model-signature/v1`,
  'deployment-receipt': `${OURS}/deployment-receipt/v1`,
  derivation: `${OURS}/derivation/v1`,
  'lineage-event': `${OURS}/lineage-event/v1`,
  'training-run': `${OURS}/training-run/v1`,
  'data-vetting': `${OURS}/data-vetting/v1`,
  'key-event': `${OURS}/key-event/v1`,
  'log-time': `${OURS}/log-time/v1`,
  approval: `${OURS}/approval/v1`,
  rejection: `${OURS}/rejection/v1`,
  'changes-requested': `${OURS}/changes-requested/v1`,
  waiver: `${OURS}/waiver/v1`,
  revocation: `${OURS}/revocation/v1`,
  decision: `${OURS}/decision/v1`,
  vsa: 'https://slsa.dev/verification_summary/v1',
  'slsa-provenance': 'https://slsa.dev/provenance/v1',
  'test-result': 'https://in-toto.io/attestation/test-result/v0.1',
  vulns: 'https://in-toto.io/attestation/vulns/v0.2',
  cyclonedx: 'https://cyclonedx.org/bom',
  spdx: 'https://spdx.dev/Document/v3',
} as const

/** Short name of a predicate, as policies and people write it. */
export type PredicateName = keyof typeof PREDICATE_TYPES

/** All short names, in the order of {@link PREDICATE_TYPES}. */
export const PREDICATE_NAMES = Object.keys(PREDICATE_TYPES) as readonly PredicateName[]

const CONSENT: readonly PredicateName[] = [
  'approval',
  'rejection',
  'changes-requested',
  'waiver',
  'revocation',
]
const DECISION: readonly PredicateName[] = ['decision', 'vsa']

/**
 * The short name of a predicate type.
 * @throws SallyportError `NOT_SUPPORTED` for a type or a major that this version does not know
 */
export function nameOfPredicate(predicateType: string): PredicateName {
  const name = PREDICATE_NAMES.find((known) => PREDICATE_TYPES[known] === predicateType)
  if (name !== undefined) return name
  const sibling = PREDICATE_NAMES.find((known) => stemOf(PREDICATE_TYPES[known]) === stemOf(predicateType))
  const why = sibling === undefined ? 'is not known' : `is another version than ${PREDICATE_TYPES[sibling]}`
  throw new SallyportError('NOT_SUPPORTED', `the predicate type "${predicateType.slice(0, 200)}" ${why}`)
}

/** Evidence, consent or decision. @throws SallyportError `NOT_SUPPORTED` as {@link nameOfPredicate} does */
export function kindOfPredicate(predicateType: string): StatementKind {
  const name = nameOfPredicate(predicateType)
  if (CONSENT.includes(name)) return 'consent'
  return DECISION.includes(name) ? 'decision' : 'evidence'
}

function stemOf(predicateType: string): string {
  return predicateType.replace(/\/v[0-9.]+$/, '')
}
