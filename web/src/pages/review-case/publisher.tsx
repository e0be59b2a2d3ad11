import type { ReviewDetail } from '../../api/contract.ts'
import { Icon } from '../../parts/icon.tsx'
import { When } from '../../parts/when.tsx'
import { Card, Fact } from './side-card.tsx'

/** What is known here of whoever published it; that the repository changed hands is said before all else. */
export function Publisher({ one }: { readonly one: ReviewDetail }) {
  const { publisherHistory: history, publisher } = one
  if (history === undefined)
    return (
      <Card title="Publisher">
        <p className="col-span-2 text-quiet">
          {publisher === undefined
            ? 'Nobody vouches for where it comes from.'
            : `${publisher}, of whom nothing else is known here.`}
        </p>
      </Card>
    )
  return (
    <Card title="Publisher">
      {history.changedFrom === undefined ? null : (
        <p className="col-span-2 flex items-start gap-1.5 rounded-md bg-warn-soft px-2 py-1.5 text-xs text-warn">
          <Icon name="alert" size={13} className="mt-0.5" />
          <span>
            The repository changed hands: it named <strong>{history.changedFrom}</strong> when it was seen
            before.
          </span>
        </p>
      )}
      <Fact name="Name">{history.name}</Fact>
      <Fact name="First seen">
        <When at={history.firstSeen} />
      </Fact>
      <Fact name="Signed">
        <span className="inline-flex items-center gap-1">
          <Icon
            name={history.signedBefore ? 'check' : 'question'}
            size={12}
            className={history.signedBefore ? 'text-good' : 'text-unknown'}
          />
          {history.signedBefore ? 'verified before' : 'never verified here'}
        </span>
      </Fact>
      <Fact name="Models here">
        <Record approved={history.approved} refused={history.refused} models={history.models} />
      </Fact>
    </Card>
  )
}

interface RecordProps {
  readonly models: number
  readonly approved: number
  readonly refused: number
}

/** How it went with the models of this publisher: a bar, and the same in words. */
function Record({ models, approved, refused }: RecordProps) {
  const share = (part: number) => `${models === 0 ? 0 : (part / models) * 100}%`
  return (
    <>
      <span className="tabular">{models}</span>
      <span aria-hidden="true" className="my-1 flex h-1.5 overflow-hidden rounded-full bg-line">
        <span className="bg-good" style={{ width: share(approved) }} />
        <span className="bg-bad" style={{ width: share(refused) }} />
      </span>
      <span className="tabular block text-xs text-quiet">
        {approved} approved, {refused} refused
      </span>
    </>
  )
}
