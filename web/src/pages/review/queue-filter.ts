import type { ReviewCase } from '../../api/contract.ts'
import { isWaiting } from './case-words.ts'

export const VIEWS = ['waiting', 'overdue', 'changes asked', 'approved', 'rejected', 'lapsed'] as const
export type View = (typeof VIEWS)[number]
export const OWNERS = ['anyone', 'me', 'nobody'] as const
export type Owner = (typeof OWNERS)[number]

/** What of the queue is shown; it stands in the address bar, so that it can be sent to a colleague. */
export interface QueueSearch {
  readonly view?: View
  readonly owner?: Owner
  readonly text?: string
}

/** Characters. Longer than any name that a case can have. */
const MAX_TEXT = 300

/** The search of the queue's page, from whatever stands in the address bar. */
export function parseQueueSearch(search: Readonly<Record<string, unknown>>): QueueSearch {
  const view = VIEWS.find((one) => one === search.view)
  const owner = OWNERS.find((one) => one === search.owner)
  const text = typeof search.text === 'string' ? search.text.slice(0, MAX_TEXT) : ''
  return {
    ...(view === undefined || view === 'waiting' ? {} : { view }),
    ...(owner === undefined || owner === 'anyone' ? {} : { owner }),
    ...(text === '' ? {} : { text }),
  }
}

const IN_VIEW: Readonly<Record<View, (one: ReviewCase) => boolean>> = {
  waiting: isWaiting,
  overdue: (one) => one.overdue && isWaiting(one),
  'changes asked': (one) => one.state === 'changes-asked',
  approved: (one) => one.state === 'approved',
  rejected: (one) => one.state === 'rejected',
  lapsed: (one) => one.state === 'lapsed',
}

/** The cases of an owner that hold a text, and how many of them each view has. */
export function countViews(
  cases: readonly ReviewCase[],
  { owner = 'anyone', text = '' }: QueueSearch,
  me: string,
) {
  const sought = text.trim().toLowerCase()
  const those = cases.filter((one) => isOwned(one, owner, me) && holds(one, sought))
  const counts = Object.fromEntries(VIEWS.map((view) => [view, those.filter(IN_VIEW[view]).length]))
  return { those, counts: counts as Readonly<Record<View, number>> }
}

/** What waits comes by its deadline; what is answered, the newest first. */
export function sortView(cases: readonly ReviewCase[], view: View): readonly ReviewCase[] {
  const shown = cases.filter(IN_VIEW[view])
  return view === 'waiting' || view === 'overdue' || view === 'changes asked'
    ? shown.sort((a, b) => a.deadline.localeCompare(b.deadline))
    : shown.sort((a, b) => b.openedAt.localeCompare(a.openedAt))
}

function isOwned(one: ReviewCase, owner: Owner, me: string): boolean {
  if (owner === 'anyone') return true
  return owner === 'nobody' ? one.owner === undefined : one.owner === me
}

function holds(one: ReviewCase, text: string): boolean {
  if (text === '') return true
  const fields = [one.name, one.digest, one.source, one.publisher, one.license, one.reason]
  return fields.some((field) => field?.toLowerCase().includes(text) === true)
}
