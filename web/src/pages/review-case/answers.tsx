import type { Conditions, ReviewDetail } from '../../api/contract.ts'
import { Badge } from '../../parts/badge.tsx'
import { LedgerLink } from '../../parts/ledger-link.tsx'
import { Principal } from '../../parts/principal.tsx'
import { showTime } from '../../parts/show.ts'
import type { Word } from '../../parts/words.ts'

type Answer = ReviewDetail['answers'][number]

const WORDS: Readonly<Record<Answer['what'], Word & { readonly text: string }>> = {
  approval: { icon: 'check', tone: 'good', text: 'approved', help: 'Consent of a person.' },
  rejection: { icon: 'cross', tone: 'bad', text: 'rejected', help: 'Refusal of a person.' },
  'changes-requested': {
    icon: 'undo',
    tone: 'accent',
    text: 'asked for changes',
    help: 'A person wants something changed first.',
  },
}

/** What reviewers said, under which conditions, and where each statement stands in the ledger. */
export function Answers({ one }: { readonly one: ReviewDetail }) {
  if (one.answers.length === 0)
    return (
      <p className="panel px-4 py-3 text-sm text-quiet">
        Nobody has answered yet.{' '}
        {one.approvals.need === 0
          ? ''
          : `The policy wants ${one.approvals.need === 1 ? 'one approval' : `${one.approvals.need} approvals`} of people who did not ask for it.`}
      </p>
    )
  return (
    <ol className="panel divide-y divide-line">
      {one.answers.map((answer) => (
        <li
          key={answer.statement}
          className="grid grid-cols-[9rem_minmax(0,1fr)_auto] items-start gap-x-4 px-4 py-3 text-sm"
        >
          <span>
            <Badge word={WORDS[answer.what]} text={WORDS[answer.what].text} />
          </span>
          <div className="min-w-0">
            <p className="break-words whitespace-pre-line">{answer.note}</p>
            {answer.conditions === undefined ? null : <Held conditions={answer.conditions} />}
            <p className="mt-0.5 text-xs text-quiet">
              by <Principal id={answer.principalId} />
            </p>
          </div>
          <div className="text-right text-xs text-quiet">
            <time dateTime={answer.at} className="block whitespace-nowrap">
              {showTime(answer.at)}
            </time>
            <LedgerLink index={answer.index} of={WORDS[answer.what].text} />
          </div>
        </li>
      ))}
    </ol>
  )
}

function Held({ conditions }: { readonly conditions: Conditions }) {
  const sentences = sentencesOf(conditions)
  if (sentences.length === 0) return null
  return (
    <ul aria-label="Conditions" className="mt-1 flex flex-col gap-0.5 border-l-2 border-warn pl-2 text-xs">
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  )
}

/** The conditions of an approval, one sentence each. */
function sentencesOf({ safetensorsOnly, commit, until }: Conditions): readonly string[] {
  return [
    ...(safetensorsOnly === true ? ['Only while every weight file is safetensors.'] : []),
    ...(commit === undefined ? [] : [`Only for the bytes of commit ${commit.slice(0, 12)}.`]),
    ...(until === undefined ? [] : [`Only until ${showTime(until)}.`]),
  ]
}
