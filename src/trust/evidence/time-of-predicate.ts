import type { PredicateName } from './predicate-types.ts'

/** Where each predicate says when. Ours all say `at`, but the decision, which has its own word. */
const PATHS: Readonly<Record<PredicateName, readonly string[] | undefined>> = {
  'model-scan': ['at'],
  quarantine: ['at'],
  'hub-source': ['at'],
  'pull-source': ['at'],
  'bundle-source': ['at'],
  'access-request': ['at'],
  'model-signature': ['at'],
  'deployment-receipt': ['at'],
  derivation: ['at'],
  'lineage-event': ['at'],
  'training-run': ['at'],
  'data-vetting': ['at'],
  'key-event': ['at'],
  'log-time': ['at'],
  approval: ['at'],
  rejection: ['at'],
  'changes-requested': ['at'],
  waiver: ['at'],
  revocation: ['at'],
  decision: ['decidedAt'],
  vsa: ['timeVerified'],
  'slsa-provenance': ['runDetails', 'metadata', 'finishedOn'],
  // in-toto's predicate has no word for it; ours is there when a report says when.
  'test-result': ['at'],
  vulns: ['metadata', 'scanFinishedOn'],
  cyclonedx: ['metadata', 'timestamp'],
  // The time of a document stands in one of the elements of its graph.
  spdx: undefined,
}

/** Milliseconds since 1970 at which a statement says it was made; undefined when it does not say, null when it is no time. */
export function timeOfPredicate(
  name: PredicateName,
  predicate: Readonly<Record<string, unknown>>,
): number | null | undefined {
  const path = PATHS[name]
  if (path === undefined) return undefined
  let value: unknown = predicate
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Readonly<Record<string, unknown>>)[step]
  }
  if (value === undefined) return undefined
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(ms) ? ms : null
}
