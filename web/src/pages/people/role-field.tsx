import { useId, useState } from 'react'
import type { Role } from '../../api/contract.ts'
import { ROLE_HELP } from './people-words.ts'

interface RoleFieldProps {
  readonly roles: readonly Role[]
  readonly chosen: Role
  readonly hint?: string
}

/** One of several roles, with what it may do. */
export function RoleField({ roles, chosen, hint = '' }: RoleFieldProps) {
  const id = useId()
  const [role, setRole] = useState(chosen)
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        Role
      </label>
      <select
        id={id}
        name="role"
        value={role}
        onChange={(event) => setRole(roles.find((one) => one === event.target.value) ?? chosen)}
        aria-describedby={`${id}-hint`}
        className="field w-full"
      >
        {roles.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
      <p id={`${id}-hint`} className="text-xs text-quiet">
        Whoever has it {ROLE_HELP[role]}. {hint}
      </p>
    </div>
  )
}
