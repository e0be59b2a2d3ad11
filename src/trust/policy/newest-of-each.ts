import { canonicalJson } from '../../ground/crypto/index.ts'
import { predicateOf, type Verified } from '../evidence/index.ts'

/** The newest of each assessor; all of those that bear the same time, and all of those that bear none. */
export function newestOfEach(statements: readonly Verified[]): readonly Verified[] {
  const newest = new Map<string, number>()
  const assessors = new Map(statements.map((verified) => [verified.digest, assessorOf(verified)]))
  const keyOf = ({ digest }: Verified) => assessors.get(digest) ?? ''
  for (const verified of statements) {
    const known = newest.get(keyOf(verified)) ?? Number.NEGATIVE_INFINITY
    newest.set(keyOf(verified), Math.max(known, verified.at ?? Number.NEGATIVE_INFINITY))
  }
  return statements.filter(
    (verified) => verified.at === undefined || verified.at === newest.get(keyOf(verified)),
  )
}

/** Who looked, in the words of each predicate. What cannot be told apart is one assessor. */
function assessorOf(verified: Verified): string {
  const scan = predicateOf(verified, 'model-scan')
  if (scan !== undefined) return scan.assessor.assessor
  const vulns = predicateOf(verified, 'vulns')
  if (vulns !== undefined) return vulns.scanner.uri
  const tests = predicateOf(verified, 'test-result')
  if (tests !== undefined) return canonicalJson(tests.configuration)
  return predicateOf(verified, 'slsa-provenance')?.runDetails.builder.id ?? ''
}
