import { useQuery } from '@tanstack/react-query'
import { ApiError } from '../../api/client.ts'
import type { PolicySentences } from '../../api/contract.ts'
import { sentencesQuery } from '../../api/review-queries.ts'
import { Command } from '../../parts/code.tsx'
import { Digest } from '../../parts/digest.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { count } from '../../parts/show.ts'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'

/** The policy in force, as sentences that a person can agree or disagree with. */
export function PolicyPage() {
  const policy = useQuery(sentencesQuery)
  return (
    <>
      <PageTitle
        title="Policy"
        lead="What a gate wants before it opens, stage by stage, in sentences made from the very policy that decides."
      />
      {policy.isPending ? (
        <Loading what="the policy" />
      ) : policy.data !== undefined ? (
        <Sentences policy={policy.data} />
      ) : isUnsaid(policy.error) ? (
        <Empty icon="scale" title="This server does not show its policy">
          <p>Whoever runs it can print it.</p>
          <Command>sallyport policy show</Command>
        </Empty>
      ) : (
        <ErrorState error={policy.error} retry={() => void policy.refetch()} />
      )}
    </>
  )
}

function isUnsaid(error: unknown): boolean {
  return error instanceof ApiError && error.problem.code === 'NOT_SUPPORTED'
}

function Sentences({ policy }: { readonly policy: PolicySentences }) {
  const stages = [...new Set(policy.sentences.map(({ stage }) => stage))]
  return (
    <div className="flex flex-col gap-5">
      <p className="flex flex-wrap items-center gap-x-3 text-sm">
        <span>
          <strong className="font-semibold">{policy.name}</strong>
        </span>
        <Digest digest={policy.digest} of={`the policy ${policy.name}`} />
        <span className="text-quiet">{count(policy.sentences.length, 'sentence')}</span>
      </p>
      {stages.map((stage) => (
        <section key={stage} aria-labelledby={`stage-${stage}`} className="panel">
          <h2 id={`stage-${stage}`} className="border-b border-line px-4 py-2 font-semibold capitalize">
            {stage}
          </h2>
          <ol className="list-decimal divide-y divide-line pl-10 text-sm marker:text-xs marker:text-quiet">
            {policy.sentences
              .filter((sentence) => sentence.stage === stage)
              .map(({ text }) => (
                <li key={text} className="py-2 pr-4 pl-1 break-words">
                  <Sentence text={text} />
                </li>
              ))}
          </ol>
        </section>
      ))}
    </div>
  )
}

/** A sentence in which `*…*` marks what the policy names itself. */
function Sentence({ text }: { readonly text: string }) {
  return text.split(/\*([^*]+)\*/).map((part, place) =>
    place % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence stand where they stand
      <strong key={place} className="font-semibold">
        {part}
      </strong>
    ),
  )
}
