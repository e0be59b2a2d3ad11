import type { Digest } from '../../ground/domain/index.ts'
import { type Predicates, predicateOf, type Verified } from '../../trust/evidence/index.ts'
import type { FoundStatement, ModelFacts, ReviewBook } from './ports.ts'

/** Models of one line that are looked at for who published it before. */
const MAX_LINE = 20

/** A model's facts after one more statement; undefined before it came in. */
export function foldFacts(
  book: Pick<ReviewBook, 'facts' | 'ofLine'>,
  digest: Digest,
  { index, verified }: Pick<FoundStatement, 'index' | 'verified'>,
): ModelFacts | undefined {
  const known = book.facts(digest) ?? firstSight(digest, verified)
  if (known === undefined) return undefined
  const source = predicateOf(verified, 'hub-source')
  const next = source === undefined ? step(known, verified) : withSource(book, known, source)
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
  book: Pick<ReviewBook, 'ofLine'>,
  known: ModelFacts,
  { hub, repoKind, repo, commit, author, license }: Predicates['hub-source'],
): ModelFacts {
  const line = `${hub}/${repoKind === 'model' ? '' : `${repoKind}s/`}${repo}`
  const { license: _old, publisher: _before, changedFrom: _was, ...rest } = known
  const before = book
    .ofLine(line, MAX_LINE)
    .find((one) => one.digest !== known.digest && one.publisher !== undefined && one.publisher !== author)
  return {
    ...rest,
    line,
    source: `${line}@${commit}`,
    ...(author === undefined ? {} : { publisher: author }),
    ...(license === undefined ? {} : { license }),
    ...(before?.publisher === undefined ? {} : { changedFrom: before.publisher }),
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
