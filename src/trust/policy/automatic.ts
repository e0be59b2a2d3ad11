import type { Reason } from '../../ground/domain/index.ts'
import { type Predicates, predicateOf } from '../evidence/index.ts'
import { problemOfFormats } from './file-formats.ts'
import { newestOfEach } from './newest-of-each.ts'
import type { AutomaticRule } from './policy.ts'
import { isFuture, noted, type PolicyCase, statementsOf } from './policy-case.ts'
import { sayAutomatic } from './say-automatic.ts'

/** The reason that a rule gives for asking nobody, or undefined when none of the rules holds in full. */
export function judgeAutomatic(kase: PolicyCase, rules: readonly AutomaticRule[]): Reason | undefined {
  const holding = rules.find((rule) => holds(kase, rule))
  if (holding === undefined) return undefined
  const read = kase.statements.filter(({ name }) => READ.includes(name))
  return noted('ok.automatic', `${sayAutomatic(holding, kase.stage)} This one does.`, read)
}

const READ: readonly string[] = ['hub-source', 'model-signature', 'model-scan']

/** Every clause that is named, and every one from a statement: what nobody said is not so. */
function holds(kase: PolicyCase, rule: AutomaticRule): boolean {
  const { publishers, licences, signed, formats, verdict } = rule
  if ((publishers !== undefined || licences !== undefined) && !hasSource(kase, rule)) return false
  if (signed === true && !isSigned(kase)) return false
  if (formats !== undefined && problemOfFormats(kase, formats) !== undefined) return false
  return verdict === undefined || isClean(kase)
}

/** One source must meet both: the licence of another publisher's copy says nothing about this one's. */
function hasSource(kase: PolicyCase, { publishers, licences }: AutomaticRule): boolean {
  return statementsOf(kase.statements, 'hub-source').some(({ verified, predicate }) => {
    if (isFuture(verified, kase.at)) return false
    const isPublished = publishers === undefined || publishers.some((name) => isBy(predicate, name))
    const { license } = predicate
    return isPublished && (licences === undefined || (license !== undefined && licences.includes(license)))
  })
}

/** The author that the hub states must be the one in whose name the repository stands. */
function isBy({ author, repo }: Predicates['hub-source'], publisher: string): boolean {
  return author === publisher && repo.startsWith(`${publisher}/`)
}

/** A signature was verified here, and none was refused since. */
function isSigned(kase: PolicyCase): boolean {
  const last = statementsOf(kase.statements, 'model-signature')
    .filter(({ verified }) => !isFuture(verified, kase.at))
    .toSorted((a, b) => (a.verified.at ?? 0) - (b.verified.at ?? 0) || worseLast(a.predicate, b.predicate))
    .at(-1)
  return last?.predicate.result === 'valid'
}

function worseLast(a: Predicates['model-signature'], b: Predicates['model-signature']): number {
  return Number(a.result === 'refused') - Number(b.result === 'refused')
}

function isClean(kase: PolicyCase): boolean {
  const scans = statementsOf(kase.statements, 'model-scan').map(({ verified }) => verified)
  const newest = newestOfEach(scans.filter((verified) => !isFuture(verified, kase.at)))
  return (
    newest.length > 0 &&
    newest.every((verified) => predicateOf(verified, 'model-scan')?.verdict === 'clean') &&
    !scans.some((verified) => isFuture(verified, kase.at))
  )
}
