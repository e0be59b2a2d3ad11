import type { Decision } from '../../ground/domain/index.ts'
import type { HeldRevision } from './ports.ts'
import { nameOfRepo } from './repo-address.ts'

/** Characters: what a client's own error prints in a terminal without being cut. */
const MAX_MESSAGE = 900
/** Hex digits of a commit that people compare. */
const SHORT_COMMIT = 12

/** One line for the terminal of whoever wanted the model: what, why, what now, where to look. */
export function sayRefusal(held: HeldRevision, decision: Decision, reviewUrl: string): string {
  const reasons = decision.reasons.filter(({ outcome }) => outcome === decision.outcome)
  const [first, ...more] = reasons
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`
  const why = first === undefined ? `the policy says ${decision.outcome}` : first.message
  const word = decision.outcome === 'review' ? 'holds back' : 'refuses'
  const next = first?.nextStep === undefined ? '' : ` Next: ${first.nextStep}`
  return oneLine(`Sallyport ${word} ${shown(held)}: ${why}${others}${next} See ${reviewUrl}`)
}

/** One line for a revision that could not be taken in. */
export function sayFailure(held: HeldRevision): string {
  return oneLine(`Sallyport refuses ${shown(held)}: ${held.problem ?? 'it could not be taken in'}`)
}

/** One line while the work goes on. */
export function sayWaiting(held: HeldRevision, share: number | undefined): string {
  const percent = share === undefined ? '' : ` (${Math.floor(share * 100)} %)`
  const doing = held.state === 'pulling' ? `is being brought in${percent}` : 'is being searched'
  const problem = held.problem === undefined ? '' : `; the last attempt broke off: ${held.problem}`
  return oneLine(`Sallyport: ${shown(held)} ${doing}${problem}. Ask again.`)
}

/** A repository at a commit, as people compare it. */
export function shown({ repo, commit }: Pick<HeldRevision, 'repo' | 'commit'>): string {
  return `${nameOfRepo(repo)}@${commit.slice(0, SHORT_COMMIT)}`
}

/** Goes into a header of HTTP: printable ASCII, no line breaks (RFC 9110 section 5.5). */
function oneLine(text: string): string {
  const plain = text.replaceAll(/[^\x20-\x7e]+/g, (run) => (/^\s+$/.test(run) ? ' ' : '?'))
  return plain.length <= MAX_MESSAGE ? plain : `${plain.slice(0, MAX_MESSAGE - 3)}...`
}
