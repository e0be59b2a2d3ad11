import { useId } from 'react'

interface NeededFieldProps {
  readonly label: string
  readonly name: string
  readonly maxLength: number
  readonly placeholder?: string
  /** Why what stands there will not do. */
  readonly problem: string | undefined
}

/** A line of text that must not be empty, with what is wrong with it. */
export function NeededField({ label, name, maxLength, placeholder, problem }: NeededFieldProps) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        name={name}
        required
        maxLength={maxLength}
        placeholder={placeholder}
        autoComplete="off"
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem`}
        className="field w-full"
      />
      <p id={`${id}-problem`} role="alert" className="text-sm text-bad empty:hidden">
        {problem}
      </p>
    </div>
  )
}
