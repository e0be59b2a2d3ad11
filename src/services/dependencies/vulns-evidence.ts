import type { JudgedVulnerability } from '../../assessors/dependency/index.ts'
import type { Predicates } from '../../trust/evidence/index.ts'
import type { CheckOutcome } from './check-dependencies.ts'

/** Who our own check of packages is, in statements. */
const SCANNER_URI = 'https://sallyport.dev/scanners/dependency'

type Vulns = Predicates['vulns']

/**
 * A check as in-toto's vulnerabilities v0.2. What somebody answers for by VEX stands apart, with who said so; what could
 * not be checked makes the coverage partial, so that a policy sees it.
 */
export function vulnsOf(outcome: CheckOutcome): Vulns {
  const { assessment, database, open, suppressed } = outcome
  const gaps = assessment.files.flatMap(({ coverage }) =>
    coverage.flatMap(({ path, status, reason }) => (status === 'full' ? [] : `${path}: ${reason ?? status}`)),
  )
  return {
    scanner: {
      uri: SCANNER_URI,
      version: assessment.assessor.version,
      ...(database === undefined
        ? {}
        : {
            db: {
              uri: database.sources.join(' '),
              version: database.updatedAt,
              lastUpdate: database.newestRecord,
            },
          }),
      result: open.map(resultOf),
    },
    metadata: { scanStartedOn: assessment.startedAt, scanFinishedOn: assessment.finishedAt },
    coverage:
      gaps.length === 0
        ? { status: 'full' }
        : { status: 'partial', reason: gaps.slice(0, 5).join('; ').slice(0, 1000) },
    ...(suppressed.length === 0
      ? {}
      : { suppressed: suppressed.map((one) => ({ ...resultOf(one), vex: { ...one.vex } })) }),
  }
}

/** A policy asks `v.annotations[0].kev`: whether it is exploited is there when anybody knows it. */
function resultOf(one: JudgedVulnerability): Vulns['scanner']['result'][number] {
  const { id, aliases, component, rating, scores, kev, epss, fixedIn, isMalicious } = one
  return {
    id,
    severity: [
      ...scores.filter(({ type }) => type !== 'rating').map(({ type, score }) => ({ method: type, score })),
      { method: 'rating', score: rating },
    ],
    annotations: [
      {
        purl: component.purl,
        aliases,
        fixedIn,
        malicious: isMalicious,
        ...(kev === undefined ? {} : { kev }),
        ...(epss === undefined ? {} : { epss }),
      },
    ],
  }
}
