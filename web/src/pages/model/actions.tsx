import { useState } from 'react'
import { useWish } from '../../api/changes.ts'
import type { Me, ModelDetail, ModelSummary } from '../../api/contract.ts'
import { Button } from '../../parts/button.tsx'
import { lockOf } from './locks.ts'
import { type AskedKind, WishDialog } from './wish-dialog.tsx'

interface ActionsProps {
  readonly model: ModelDetail
  readonly me: Me
}

/** What a person may do with this model. Every button is there for everyone; a locked one says why. */
export function Actions({ model, me }: ActionsProps) {
  const wishes = useWishDialog(model)
  const { open, wish } = wishes
  return (
    <div className="flex flex-wrap gap-2">
      {model.stage === 'quarantined' ? (
        <Button
          look="primary"
          icon="eye"
          busy={wish.isPending}
          lockedBecause={lockOf('assess', model, me)}
          onClick={() => wish.mutate({ kind: 'assess' })}
        >
          Assess
        </Button>
      ) : null}
      <Button
        look="primary"
        icon="hand"
        lockedBecause={lockOf('approve', model, me)}
        onClick={() => open('approve')}
      >
        Approve
      </Button>
      <Button icon="door" lockedBecause={lockOf('promote', model, me)} onClick={() => open('promote')}>
        Promote
      </Button>
      <Button icon="cross" lockedBecause={lockOf('reject', model, me)} onClick={() => open('reject')}>
        Reject
      </Button>
      <Button
        look="danger"
        icon="undo"
        lockedBecause={lockOf('revoke', model, me)}
        onClick={() => open('revoke')}
      >
        Revoke
      </Button>
      {wishes.dialog}
    </div>
  )
}

/** The dialog of wishes for one model, and how to open it. */
export function useWishDialog(model: Pick<ModelSummary, 'digest' | 'name'>) {
  const [asked, setAsked] = useState<{ readonly kind: AskedKind; readonly ruleId?: string }>()
  const wish = useWish(model)
  const close = () => setAsked(undefined)
  const dialog = (
    <WishDialog
      kind={asked?.kind}
      ruleId={asked?.ruleId}
      name={model.name}
      busy={wish.isPending}
      onClose={close}
      onWish={(one) => wish.mutate(one, { onSuccess: close })}
    />
  )
  const open = (kind: AskedKind, ruleId?: string) =>
    setAsked(ruleId === undefined ? { kind } : { kind, ruleId })
  return { dialog, open, wish }
}
