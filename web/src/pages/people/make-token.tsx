import { type FormEvent, useId, useState } from 'react'
import type { Principal } from '../../api/contract.ts'
import type { WantedToken } from '../../api/people.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { NeededField } from './needed-field.tsx'
import { NARROWER, nameOf } from './people-words.ts'
import { RoleField } from './role-field.tsx'

interface MakeTokenProps {
  readonly principal: Principal
  readonly busy: boolean
  readonly onClose: () => void
  readonly onMake: (wanted: WantedToken) => void
}

/** A further token for somebody: what it is for, what it may do, until when. */
export function MakeToken({ principal, busy, onClose, onMake }: MakeTokenProps) {
  const [problem, setProblem] = useState<string>()
  const roles = NARROWER[principal.role]
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const label = String(form.get('label') ?? '').trim()
    const day = String(form.get('day') ?? '')
    const role = roles.find((one) => one === form.get('role')) ?? principal.role
    if (label === '') {
      setProblem('Say what it is for first.')
      event.currentTarget.querySelector('input')?.focus()
      return
    }
    setProblem(undefined)
    onMake({
      principalId: principal.id,
      label,
      role,
      ...(day === '' ? {} : { expiresAt: `${day}T23:59:59.999Z` }),
    })
  }
  return (
    <Dialog
      open
      onOpenChange={(wanted) => (wanted ? undefined : onClose())}
      title={`A new token for ${nameOf(principal)}`}
      description="Beside those they have; each can be revoked by itself. It is shown once."
    >
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <NeededField
          label="What it is for"
          name="label"
          maxLength={100}
          placeholder="CI of the team"
          problem={problem}
        />
        <RoleField
          roles={roles}
          chosen={principal.role}
          hint="A token may do no more than whoever it belongs to."
        />
        <DayField />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={busy}>
            Make it
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function DayField() {
  const id = useId()
  const [today] = useState(() => new Date().toISOString().slice(0, 10))
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        Last day (UTC) <span className="font-normal text-quiet">(none: until it is revoked)</span>
      </label>
      <input id={id} type="date" name="day" min={today} className="field w-48" />
    </div>
  )
}
