import type { Digest } from '../../ground/domain/index.ts'
import { predicateOf, type Verified } from '../../trust/evidence/index.ts'
import type { FoundStatement, ModelFacts, ReviewBook } from './ports.ts'

/** A model's facts after one more statement; undefined before it came in. */
export function foldFacts(
  factsOf: ReviewBook['facts'],
  digest: Digest,
  { index, verified }: Pick<FoundStatement, 'index' | 'verified'>,
): ModelFacts | undefined {
  const known = factsOf(digest) ?? firstSight(digest, verified)
  if (known === undefined) return undefined
  const next = withSource(known, placeOf(verified)) ?? step(known, verified)
  return { ...next, lastIndex: index }
}

function firstSight(digest: Digest, verified: Verified): ModelFacts | undefined {
  const quarantine = predicateOf(verified, 'quarantine')
  if (quarantine === undefined) return undefined
  const { name, at, source } = quarantine
  return {
    ...{ digest, name, firstSeen: at, verdict: 'undecided', line: name, source: source.label },
    ...{ signed: false, refused: false, lastIndex: -1 },
  }
}

interface Place {
  /** Without the revision. */
  readonly line: string
  readonly version: string
  readonly author?: string
  readonly license?: string
}

/** Where a statement says that a model came from. */
function placeOf(verified: Verified): Place | undefined {
  const hub = predicateOf(verified, 'hub-source')
  if (hub !== undefined) {
    const kind = hub.repoKind === 'model' ? '' : `${hub.repoKind}s/`
    return { ...hub, line: `${hub.hub}/${kind}${hub.repo}`, version: hub.commit }
  }
  const pull = predicateOf(verified, 'pull-source')
  return pull === undefined ? undefined : { ...pull, line: `${pull.origin}/${pull.name}` }
}

function withSource(known: ModelFacts, place: Place | undefined): ModelFacts | undefined {
  if (place === undefined) return undefined
  const { line, version, author, license } = place
  const { license: _old, publisher: _before, ...rest } = known
  return {
    ...rest,
    line,
    source: `${line}@${version}`,
    ...(author === undefined ? {} : { publisher: author }),
    ...(license === undefined ? {} : { license }),
  }
}

function step(known: ModelFacts, verified: Verified): ModelFacts {
  const scan = predicateOf(verified, 'model-scan')
  if (scan !== undefined) return { ...known, verdict: scan.verdict }
  const signature = predicateOf(verified, 'model-signature')
  if (signature !== undefined) return signature.result === 'valid' ? { ...known, signed: true } : known
  if (verified.name === 'rejection' || verified.name === 'revocation') return takenBack(known)
  const decision = predicateOf(verified, 'decision')
  if (decision === undefined) return known
  if (decision.outcome === 'deny') return takenBack(known)
  return decision.outcome === 'allow' ? { ...known, refused: false, approvedAt: decision.decidedAt } : known
}

function takenBack({ approvedAt: _approvedAt, ...known }: ModelFacts): ModelFacts {
  return { ...known, refused: true }
}
