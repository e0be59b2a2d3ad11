import { type FormEvent, useId, useState } from 'react'
import type { ReviewDetail } from '../../api/contract.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'

interface DeadlineDialogProps {
  readonly one: ReviewDetail
  readonly open: boolean
  readonly busy: boolean
  readonly onClose: () => void
  /** With the end of the chosen day, RFC 3339. */
  readonly onMove: (deadline: string) => void
}

/** Another day by which the case is to be answered. */
export function DeadlineDialog({ one, open, busy, onClose, onMove }: DeadlineDialogProps) {
  const id = useId()
  const [today] = useState(() => new Date().toISOString().slice(0, 10))
  const due = one.deadline.slice(0, 10)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const day = String(new FormData(event.currentTarget).get('day') ?? '')
    if (day !== '') onMove(`${day}T23:59:59.999Z`)
  }
  return (
    <Dialog
      open={open}
      onOpenChange={(wanted) => (wanted ? undefined : onClose())}
      title={`Move the deadline of ${one.name}`}
      description="The case is overdue when that day (UTC) has ended and nobody has answered."
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <div className="flex flex-col gap-1">
          <label htmlFor={id} className="text-sm font-medium">
            Last day (UTC)
          </label>
          <input
            id={id}
            type="date"
            name="day"
            required
            min={today}
            defaultValue={due < today ? today : due}
            className="field w-48"
          />
        </div>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={busy}>
            Move it
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
