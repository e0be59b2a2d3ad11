import type { Digest } from '../../ground/domain/index.ts'
import { type Predicates, predicateOf, type Verified } from '../../trust/evidence/index.ts'
import type { FoundStatement, ModelFacts, ReviewBook } from './ports.ts'

/** A model's facts after one more statement; undefined before it came in. */
export function foldFacts(
  factsOf: ReviewBook['facts'],
  digest: Digest,
  { index, verified }: Pick<FoundStatement, 'index' | 'verified'>,
): ModelFacts | undefined {
  const known = factsOf(digest) ?? firstSight(digest, verified)
  if (known === undefined) return undefined
  const source = predicateOf(verified, 'hub-source')
  const next = source === undefined ? step(known, verified) : withSource(known, source)
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

function withSource(
  known: ModelFacts,
  { hub, repoKind, repo, commit, author, license }: Predicates['hub-source'],
): ModelFacts {
  const line = `${hub}/${repoKind === 'model' ? '' : `${repoKind}s/`}${repo}`
  const { license: _old, publisher: _before, ...rest } = known
  return {
    ...rest,
    line,
    source: `${line}@${commit}`,
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
