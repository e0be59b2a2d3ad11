// Numbers and formulas of CVSS v3.1, sections 7.1 and 7.4: https://www.first.org/cvss/v3-1/specification-document
// v3.0 differs in the wording of its metrics and in the rounding of rare cases only; it is computed alike.
const WEIGHTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  PR: { N: 0.85, L: 0.62, H: 0.27 },
  UI: { N: 0.85, R: 0.62 },
  S: { U: 0, C: 1 },
  C: { N: 0, L: 0.22, H: 0.56 },
  I: { N: 0, L: 0.22, H: 0.56 },
  A: { N: 0, L: 0.22, H: 0.56 },
}
/** Privileges weigh more when the scope changes. */
const CHANGED_PRIVILEGES: Readonly<Record<string, number>> = { N: 0.85, L: 0.68, H: 0.5 }
const BASE_METRICS = Object.keys(WEIGHTS)

/** The base score of a vector of CVSS v3.0 or v3.1, 0.0 to 10.0; undefined when the vector is none. */
export function cvssV3Score(vector: string): number | undefined {
  const [head, ...parts] = vector.split('/')
  if (head !== 'CVSS:3.0' && head !== 'CVSS:3.1') return undefined
  const given = new Map<string, string>()
  for (const part of parts) {
    const [metric = '', value = '', extra] = part.split(':')
    // A metric twice would let two readers see two scores.
    if (extra !== undefined || value === '' || given.has(metric)) return undefined
    given.set(metric, value)
  }
  const isScopeChanged = given.get('S') === 'C'
  const weights = BASE_METRICS.map((metric) => {
    const value = given.get(metric) ?? ''
    return metric === 'PR' && isScopeChanged ? CHANGED_PRIVILEGES[value] : WEIGHTS[metric]?.[value]
  })
  if (weights.some((weight) => weight === undefined)) return undefined
  const [av = 0, ac = 0, pr = 0, ui = 0, , c = 0, i = 0, a = 0] = weights
  const iss = 1 - (1 - c) * (1 - i) * (1 - a)
  const impact = isScopeChanged ? 7.52 * (iss - 0.029) - 3.25 * (iss - 0.02) ** 15 : 6.42 * iss
  if (impact <= 0) return 0
  const exploitability = 8.22 * av * ac * pr * ui
  return roundUp(Math.min((isScopeChanged ? 1.08 : 1) * (impact + exploitability), 10))
}

/** Appendix A of v3.1: on whole numbers, because 4.02 in floating point may be 4.0200000001. */
function roundUp(value: number): number {
  const scaled = Math.round(value * 100_000)
  return scaled % 10_000 === 0 ? scaled / 100_000 : (Math.floor(scaled / 10_000) + 1) / 10
}
