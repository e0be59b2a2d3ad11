import type { SeverityScore } from '../../formats/osv/index.ts'
import { cvssV3Score } from './cvss-v3.ts'

/** How bad a fault is by its CVSS score or by the word of whoever published it; `unknown` is not low. */
export type Rating = 'critical' | 'high' | 'medium' | 'low' | 'none' | 'unknown'

/** The worst first; `unknown` stands with high, for nobody has said that it is not. */
const RATINGS: readonly Rating[] = ['critical', 'high', 'unknown', 'medium', 'low', 'none']

/** A rating with the score and the vector behind it, where there are such. */
export interface Rated {
  readonly rating: Rating
  /** 0.0 to 10.0, CVSS v3 base. */
  readonly score?: number
  readonly vector?: string
}

const WORDS: Readonly<Record<string, Rating>> = {
  critical: 'critical',
  important: 'high',
  high: 'high',
  moderate: 'medium',
  medium: 'medium',
  low: 'low',
  negligible: 'low',
  minimal: 'low',
  none: 'none',
  info: 'none',
}

/** CVSS v3.1 section 5, qualitative severity rating scale. */
export function ratingOfScore(score: number): Rating {
  if (score >= 9) return 'critical'
  if (score >= 7) return 'high'
  if (score >= 4) return 'medium'
  return score > 0 ? 'low' : 'none'
}

/** A word for severity, of whoever. */
export function ratingOfWord(word: string): Rating {
  return WORDS[word.toLowerCase()] ?? 'unknown'
}

/** Whether the first is worse than the second. */
export function isWorse(a: Rating, b: Rating): boolean {
  return RATINGS.indexOf(a) < RATINGS.indexOf(b)
}

/**
 * The rating of a fault. A vector of CVSS v3 is computed; one of v4 is not (its lookup tables are not here), so that the
 * publisher's word counts there, or `unknown`.
 */
export function rate(scores: readonly SeverityScore[]): Rated {
  const computed = scores.flatMap(({ type, score }) => {
    const value = type.startsWith('CVSS_V3') || score.startsWith('CVSS:3') ? cvssV3Score(score) : undefined
    return value === undefined ? [] : [{ rating: ratingOfScore(value), score: value, vector: score }]
  })
  const best = computed.toSorted((a, b) => b.score - a.score)[0]
  if (best !== undefined) return best
  const words = scores
    .filter(({ type }) => !type.startsWith('CVSS'))
    .map(({ score }) => ratingOfWord(score))
    .filter((rating) => rating !== 'unknown')
  const vector = scores.find(({ type }) => type.startsWith('CVSS'))?.score
  const rating = words.toSorted((a, b) => RATINGS.indexOf(a) - RATINGS.indexOf(b))[0] ?? 'unknown'
  return { rating, ...(vector === undefined ? {} : { vector }) }
}
