import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Me, ReviewDetail } from '../../api/contract.ts'
import { useDeed } from '../../api/review-changes.ts'
import { Button } from '../../parts/button.tsx'
import { Digest } from '../../parts/digest.tsx'
import { LedgerLink } from '../../parts/ledger-link.tsx'
import { Principal } from '../../parts/principal.tsx'
import { When } from '../../parts/when.tsx'
import { ApprovalPips } from '../review/approval-pips.tsx'
import { isWaiting } from '../review/case-words.ts'
import { Deadline } from '../review/deadline.tsx'
import { lockOfReview } from '../review/review-lock.ts'
import { DeadlineDialog } from './deadline-dialog.tsx'
import { Publisher } from './publisher.tsx'
import { Card, Fact } from './side-card.tsx'

interface CaseSideProps {
  readonly one: ReviewDetail
  readonly me: Me
}

/** What is always wanted beside a case: who answers until when, who published it, and what it is. */
export function CaseSide({ one, me }: CaseSideProps) {
  return (
    <aside aria-label="Answer, publisher and identity" className="sticky top-14 flex flex-col gap-4">
      <Answering one={one} me={me} />
      <Publisher one={one} />
      <Card title="Identity">
        <Fact name="Digest">
          <Digest digest={one.digest} of={one.name} />
        </Fact>
        {one.source === undefined ? null : (
          <Fact name="Source">
            <span className="text-xs break-all">{one.source}</span>
          </Fact>
        )}
        <Fact name="Licence">{one.license ?? <span className="text-warn">not stated</span>}</Fact>
        <Fact name="Previous">
          {one.previous === undefined ? (
            'none was approved'
          ) : (
            <Link
              to="/models/$digest"
              params={{ digest: one.previous.digest }}
              className="text-accent underline underline-offset-2"
            >
              <When at={one.previous.approvedAt} />
            </Link>
          )}
        </Fact>
        <Fact name="Ledger">
          {one.ledgerIndex === undefined ? 'no statement yet' : <LedgerLink index={one.ledgerIndex} />}
        </Fact>
        <Fact name="All of it">
          <Link
            to="/models/$digest"
            params={{ digest: one.digest }}
            className="text-accent underline underline-offset-2"
          >
            the model’s page
          </Link>
        </Fact>
      </Card>
    </aside>
  )
}

function Answering({ one, me }: CaseSideProps) {
  const [isMoving, setMoving] = useState(false)
  const deed = useDeed(one)
  const lock = lockOfReview(me)
  const waits = isWaiting(one)
  return (
    <Card title="To be answered">
      <Fact name="By">
        <Deadline of={one} />
      </Fact>
      <Fact name="Owner">{one.owner === undefined ? 'nobody yet' : <Principal id={one.owner} />}</Fact>
      <Fact name="Approvals">
        <ApprovalPips {...one.approvals} />
      </Fact>
      <Fact name="Opened">
        <When at={one.openedAt} />
      </Fact>
      {waits ? (
        <div className="col-span-2 mt-1 flex flex-wrap gap-2">
          {one.owner === me.principal.id ? null : (
            <Button
              icon="person"
              busy={deed.isPending}
              lockedBecause={lock}
              onClick={() => deed.mutate({ kind: 'take' })}
            >
              {one.owner === undefined ? 'Take it' : 'Take it over'}
            </Button>
          )}
          <Button icon="clock" lockedBecause={lock} onClick={() => setMoving(true)}>
            Move the deadline
          </Button>
        </div>
      ) : null}
      <DeadlineDialog
        one={one}
        open={isMoving}
        busy={deed.isPending}
        onClose={() => setMoving(false)}
        onMove={(deadline) =>
          deed.mutate({ kind: 'deadline', deadline }, { onSuccess: () => setMoving(false) })
        }
      />
    </Card>
  )
}
