import { type FormEvent, useId, useState } from 'react'
import type { Wish } from '../../api/changes.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import type { GatedStage } from '../../parts/words.ts'

export type AskedKind = 'approve' | 'reject' | 'revoke' | 'promote' | 'waive'

interface Words {
  readonly title: (name: string) => string
  readonly description: string
  readonly submit: string
  readonly look: 'primary' | 'danger'
  readonly note?: string
  readonly stage?: boolean
}

const WORDS: Readonly<Record<AskedKind, Words>> = {
  approve: {
    title: (name) => `Approve ${name}`,
    description:
      'Your consent is sealed under your name in the ledger. It opens no gate by itself: policy decides.',
    submit: 'Approve',
    look: 'primary',
    note: 'What did you check, and why is it good enough?',
    stage: true,
  },
  reject: {
    title: (name) => `Reject ${name}`,
    description: 'Your refusal is sealed in the ledger, and the model leaves the review queue.',
    submit: 'Reject',
    look: 'danger',
    note: 'What is wrong, and what would change your mind?',
  },
  revoke: {
    title: (name) => `Revoke ${name}`,
    description:
      'Every gate refuses the model from now on, wherever it is deployed. This cannot be taken back.',
    submit: 'Revoke',
    look: 'danger',
    note: 'Why must it be called back?',
  },
  promote: {
    title: (name) => `Promote ${name}`,
    description:
      'Policy decides anew from all evidence and consent. The model moves only if the answer is allow.',
    submit: 'Ask the gate',
    look: 'primary',
    stage: true,
  },
  waive: {
    title: (name) => `Waive a rule for ${name}`,
    description:
      'A waiver is your consent to tolerate one rule’s findings until a day. After it, they count again.',
    submit: 'Waive',
    look: 'danger',
    note: 'Why is it tolerable here?',
  },
}

interface WishDialogProps {
  readonly kind: AskedKind | undefined
  readonly name: string
  readonly ruleId?: string | undefined
  readonly busy: boolean
  readonly onClose: () => void
  readonly onWish: (wish: Wish) => void
}

/** Asks for the note, the stage or the day that a wish needs, and refuses to go on without them. */
export function WishDialog({ kind, name, ruleId, busy, onClose, onWish }: WishDialogProps) {
  const words = kind === undefined ? undefined : WORDS[kind]
  const [problem, setProblem] = useState<string>()
  const close = () => {
    setProblem(undefined)
    onClose()
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (kind === undefined) return
    const form = new FormData(event.currentTarget)
    if (WORDS[kind].note !== undefined && String(form.get('note') ?? '').trim() === '') {
      setProblem('Write a note first: the ledger keeps the reason with the deed.')
      event.currentTarget.querySelector('textarea')?.focus()
      return
    }
    setProblem(undefined)
    onWish(wishOf(kind, form, ruleId))
  }
  return (
    <Dialog
      open={words !== undefined}
      onOpenChange={(open) => (open ? undefined : close())}
      title={words?.title(name) ?? ''}
      description={words?.description ?? ''}
    >
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        {ruleId === undefined ? null : (
          <p className="text-sm">
            Rule <code>{ruleId}</code>
          </p>
        )}
        {words?.stage ? <StageField /> : null}
        {words?.note === undefined ? null : <NoteField hint={words.note} problem={problem} />}
        {kind === 'waive' ? <UntilField /> : null}
        <div className="flex justify-end gap-2">
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" look={words?.look ?? 'plain'} busy={busy}>
            {words?.submit}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

function wishOf(kind: AskedKind, form: FormData, ruleId = ''): Wish {
  const note = String(form.get('note') ?? '').trim()
  const stage: GatedStage = form.get('stage') === 'production' ? 'production' : 'staging'
  switch (kind) {
    case 'approve':
      return { kind, stage, note }
    case 'promote':
      return { kind, stage }
    case 'waive':
      return { kind, ruleId, reason: note, until: `${String(form.get('until'))}T23:59:59.999Z` }
    case 'reject':
    case 'revoke':
      return { kind, note }
  }
}

function StageField() {
  return (
    <fieldset>
      <legend className="mb-1 text-sm font-medium">For the stage</legend>
      <div className="flex gap-2">
        {(['staging', 'production'] as const).map((stage) => (
          <label
            key={stage}
            className="field flex flex-1 items-center gap-2 has-checked:border-ink has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name="stage"
              value={stage}
              defaultChecked={stage === 'staging'}
              className="accent-ink"
            />
            {stage}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function NoteField({ hint, problem }: { readonly hint: string; readonly problem: string | undefined }) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        Note <span className="font-normal text-quiet">(required)</span>
      </label>
      <textarea
        id={id}
        name="note"
        rows={4}
        maxLength={4000}
        required
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-hint ${id}-problem`}
        className="field w-full resize-y"
      />
      <p id={`${id}-hint`} className="text-xs text-quiet">
        {hint}
      </p>
      <p id={`${id}-problem`} role="alert" className="text-sm text-bad empty:hidden">
        {problem}
      </p>
    </div>
  )
}

/** Milliseconds. Long enough to fix a thing, short enough not to forget it. */
const WAIVED_MS = 30 * 86_400_000

function UntilField() {
  const id = useId()
  const [today] = useState(() => new Date().toISOString().slice(0, 10))
  const [soon] = useState(() => new Date(Date.now() + WAIVED_MS).toISOString().slice(0, 10))
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        Last day (UTC)
      </label>
      <input
        id={id}
        type="date"
        name="until"
        required
        min={today}
        defaultValue={soon}
        className="field w-48"
      />
    </div>
  )
}
