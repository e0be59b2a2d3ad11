import type { Notice, NoticeBody, StoredCase } from './ports.ts'
import type { QueueDeps } from './queue-deps.ts'
import type { ReviewAnswer } from './review-port.ts'

/** People who are told at most: a model that thousands wait for must not make a message of thousands of names. */
const MAX_TOLD = 200
/** Characters of a note in a message; the statement has it whole. */
const MAX_NOTE = 1000

interface Happening {
  readonly event: NoticeBody['event']
  readonly at: string
  readonly answer?: ReviewAnswer
  /** Who asks this very moment, and may not be in the book yet. */
  readonly asker?: string
}

/** What happened to a case, once for every channel. */
export function noticesOf(deps: QueueDeps, kase: StoredCase, happening: Happening): readonly Notice[] {
  if (deps.channels.length === 0) return []
  const id = deps.newId()
  const body = bodyOf(deps, kase, happening)
  return deps.channels.map((channel) => ({ id, channel, body }))
}

function bodyOf(deps: QueueDeps, kase: StoredCase, { event, at, answer, asker }: Happening): NoticeBody {
  const { digest, stage, state, reason, deadline, owner } = kase
  const name = deps.book.facts(digest)?.name ?? digest
  const asked = deps.book.requesters(digest, MAX_TOLD).map(({ principalId }) => principalId)
  const to = [owner, asker, ...asked].filter((one) => one !== undefined)
  return {
    ...{ event, at, url: deps.pageOf(digest), digest, name, stage, state, reason, deadline },
    text: `${sayEvent(name, kase, event, answer)} ${reason}`,
    to: [...new Set(to)],
    ...(owner === undefined ? {} : { owner }),
    ...(answer === undefined
      ? {}
      : {
          answer: {
            what: answer.what,
            principalId: answer.principalId,
            note: answer.note.slice(0, MAX_NOTE),
          },
        }),
  }
}

const SAID: Readonly<Record<ReviewAnswer['what'], string>> = {
  approval: 'was approved by a reviewer',
  rejection: 'was rejected',
  'changes-requested': 'waits for changes',
}

function sayEvent(
  name: string,
  { stage, state, deadline }: StoredCase,
  event: NoticeBody['event'],
  answer: ReviewAnswer | undefined,
): string {
  switch (event) {
    case 'review.opened':
      return `${name} waits for a review for ${stage} until ${deadline}.`
    case 'review.taken':
      return `The review of ${name} for ${stage} was taken; an answer is due by ${deadline}.`
    case 'review.overdue':
      return `The review of ${name} for ${stage} was due by ${deadline}, and nobody has answered.`
    case 'review.answered': {
      const said = answer === undefined ? 'was answered' : SAID[answer.what]
      return `${name} ${said}${state === 'approved' ? `, and may be had for ${stage}` : ''}.`
    }
  }
}
