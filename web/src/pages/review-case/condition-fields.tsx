import { type ReactNode, useId, useState } from 'react'
import type { ReviewDetail } from '../../api/contract.ts'

/** Milliseconds. Long enough to see how a model does, short enough to look at it again. */
const SUGGESTED_MS = 90 * 86_400_000

interface ConditionFieldsProps {
  readonly stage: ReviewDetail['stage']
  /** The commit of a hub repository that the bytes came as; absent where they came otherwise. */
  readonly commit: string | undefined
}

/** Under which conditions an approval holds; the gate looks at each whenever it decides. */
export function ConditionFields({ stage, commit }: ConditionFieldsProps) {
  const [isBounded, setBounded] = useState(false)
  return (
    <fieldset className="flex flex-col gap-1.5">
      <legend className="mb-1 text-sm font-medium">
        For {stage}, and only <span className="font-normal text-quiet">(optional)</span>
      </legend>
      <Condition name="safetensorsOnly">while every weight file is safetensors</Condition>
      {commit === undefined ? null : (
        <Condition name="commitOnly">
          for the bytes of commit <code>{commit.slice(0, 12)}</code>
        </Condition>
      )}
      <div className="flex items-center gap-2">
        <Condition name="untilOnly" onChange={setBounded}>
          until the end of
        </Condition>
        <DayField isNeeded={isBounded} />
      </div>
    </fieldset>
  )
}

interface ConditionProps {
  readonly name: string
  readonly onChange?: (isChosen: boolean) => void
  readonly children: ReactNode
}

function Condition({ name, onChange, children }: ConditionProps) {
  return (
    <label className="field flex grow items-center gap-2 has-checked:border-ink has-checked:bg-accent-soft">
      <input
        type="checkbox"
        name={name}
        onChange={(event) => onChange?.(event.target.checked)}
        className="accent-ink"
      />
      <span>{children}</span>
    </label>
  )
}

function DayField({ isNeeded }: { readonly isNeeded: boolean }) {
  const id = useId()
  const [today] = useState(() => new Date().toISOString().slice(0, 10))
  const [soon] = useState(() => new Date(Date.now() + SUGGESTED_MS).toISOString().slice(0, 10))
  return (
    <>
      <label htmlFor={id} className="sr-only">
        Last day (UTC)
      </label>
      <input
        id={id}
        type="date"
        name="until"
        min={today}
        defaultValue={soon}
        disabled={!isNeeded}
        className="field w-44 disabled:text-quiet"
      />
    </>
  )
}
