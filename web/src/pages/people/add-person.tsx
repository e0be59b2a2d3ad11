import { type FormEvent, useId, useState } from 'react'
import type { Principal, Role } from '../../api/contract.ts'
import type { NewPerson } from '../../api/people.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { NeededField } from './needed-field.tsx'
import { nameOf } from './people-words.ts'
import { RoleField } from './role-field.tsx'

const ROLES: readonly Role[] = ['viewer', 'contributor', 'reviewer', 'deployer', 'admin']

interface AddPersonProps {
  readonly principals: readonly Principal[]
  readonly busy: boolean
  readonly onClose: () => void
  readonly onAdd: (person: NewPerson) => void
}

/** A new person, or a program with the person behind it. */
export function AddPerson({ principals, busy, onClose, onAdd }: AddPersonProps) {
  const [problem, setProblem] = useState<string>()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const name = String(form.get('name') ?? '').trim()
    const owner = String(form.get('owner') ?? '')
    const role = ROLES.find((one) => one === form.get('role')) ?? 'viewer'
    if (name === '') {
      setProblem('Give a name first.')
      event.currentTarget.querySelector('input')?.focus()
      return
    }
    setProblem(undefined)
    onAdd({ name, role, ...(owner === '' ? {} : { owner }) })
  }
  return (
    <Dialog
      open
      onOpenChange={(wanted) => (wanted ? undefined : onClose())}
      title="Add a person"
      description="Or a program. They get a pseudonym for the statements, and a first token, which is shown once."
    >
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <NeededField label="Name" name="name" maxLength={200} problem={problem} />
        <RoleField roles={ROLES} chosen="reviewer" />
        <OwnerField principals={principals} />
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look="primary" busy={busy}>
            Add
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

/** Whom a program belongs to: everyone known who is not shut out, by name. */
function OwnerField({ principals }: { readonly principals: readonly Principal[] }) {
  const id = useId()
  const owners = new Map<string, string>()
  for (const one of principals)
    if (one.disabledAt === undefined && !owners.has(one.owner))
      owners.set(one.owner, shownOwner(one, principals))
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        Owner
      </label>
      <select id={id} name="owner" aria-describedby={`${id}-hint`} className="field w-full">
        <option value="">themselves: a person of their own</option>
        {[...owners].map(([owner, name]) => (
          <option key={owner} value={owner}>
            {name}
          </option>
        ))}
      </select>
      <p id={`${id}-hint`} className="text-xs text-quiet">
        The person behind a program. All that have one owner count as one person in an approval.
      </p>
    </div>
  )
}

/** The owner of a principal by name; one that is no principal's id by whom it stands for here. */
function shownOwner(one: Principal, principals: readonly Principal[]): string {
  if (one.owner === one.id) return nameOf(one)
  const person = principals.find(({ id }) => id === one.owner)
  return person === undefined ? `${nameOf(one)} (${one.owner})` : nameOf(person)
}
