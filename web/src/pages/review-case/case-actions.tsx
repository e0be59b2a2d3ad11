import { useState } from 'react'
import type { Me, ReviewDetail } from '../../api/contract.ts'
import { useDeed } from '../../api/review-changes.ts'
import { Button } from '../../parts/button.tsx'
import { lockOfReview } from '../review/review-lock.ts'
import { AnswerDialog, type AnswerKind } from './answer-dialog.tsx'

interface CaseActionsProps {
  readonly one: ReviewDetail
  readonly me: Me
}

/** The three answers. Each is there for everyone; a locked one says why. */
export function CaseActions({ one, me }: CaseActionsProps) {
  const [asked, setAsked] = useState<AnswerKind>()
  const deed = useDeed(one)
  const close = () => setAsked(undefined)
  const role = lockOfReview(me)
  return (
    <div className="flex shrink-0 flex-wrap justify-end gap-2">
      <Button
        look="primary"
        icon="hand"
        lockedBecause={lockOfApproval(one, me)}
        onClick={() => setAsked('approve')}
      >
        Approve
      </Button>
      <Button icon="undo" lockedBecause={role ?? lockOfState(one)} onClick={() => setAsked('ask-changes')}>
        Ask for changes
      </Button>
      <Button
        look="danger"
        icon="cross"
        lockedBecause={role ?? lockOfState(one)}
        onClick={() => setAsked('reject')}
      >
        Reject
      </Button>
      <AnswerDialog
        kind={asked}
        one={one}
        busy={deed.isPending}
        onClose={close}
        onAnswer={(answer) => deed.mutate(answer, { onSuccess: close })}
      />
    </div>
  )
}

function lockOfApproval(one: ReviewDetail, me: Me): string | undefined {
  const role = lockOfReview(me)
  if (role !== undefined || one.mayApprove) return role
  return one.whyNot ?? 'The server does not let you approve this, and does not say why.'
}

function lockOfState({ state }: ReviewDetail): string | undefined {
  return state === 'rejected' ? 'It is rejected already.' : undefined
}
