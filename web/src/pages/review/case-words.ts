import type { ReviewCase } from '../../api/contract.ts'
import { showWhen } from '../../parts/show.ts'
import type { Word } from '../../parts/words.ts'

export type CaseState = ReviewCase['state']

export const STATE_WORDS: Readonly<Record<CaseState, Word>> = {
  open: { icon: 'clock', tone: 'warn', help: 'It waits for a person’s answer.' },
  'changes-asked': {
    icon: 'undo',
    tone: 'accent',
    help: 'A reviewer wants something changed; whoever asked for the model has the next word.',
  },
  approved: {
    icon: 'check',
    tone: 'good',
    help: 'People spoke for it. The gate decides anew when it is asked.',
  },
  rejected: { icon: 'cross', tone: 'bad', help: 'A reviewer refused it.' },
  lapsed: { icon: 'question', tone: 'plain', help: 'Nobody needs an answer any more.' },
}

export function isWaiting({ state }: Pick<ReviewCase, 'state'>): boolean {
  return state === 'open' || state === 'changes-asked'
}

/** `due tomorrow`, `was due 2 days ago`. */
export function showDeadline(deadline: string, now: number): string {
  const when = showWhen(deadline, now)
  return `${Date.parse(deadline) > now ? 'due' : 'was due'} ${when}`
}

/** A source with its commit cut to what the eye can compare. */
export function shortSource(source: string): string {
  return source.replace(/@([0-9a-f]{12})[0-9a-f]{28}$/, '@$1')
}

/** `changes-asked` as a person writes it. */
export function stateText(state: CaseState): string {
  return state.replaceAll('-', ' ')
}
