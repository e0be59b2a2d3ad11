import { type FormEvent, useId, useState } from 'react'
import type { ReviewDetail } from '../../api/contract.ts'
import type { Deed } from '../../api/review-changes.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { ConditionFields } from './condition-fields.tsx'
import { commitOf, conditionsOf } from './conditions-of.ts'

export type AnswerKind = 'approve' | 'reject' | 'ask-changes'

interface Words {
  readonly title: (name: string) => string
  readonly description: string
  readonly submit: string
  readonly look: 'primary' | 'danger' | 'plain'
  readonly hint: string
}

const WORDS: Readonly<Record<AnswerKind, Words>> = {
  approve: {
    title: (name) => `Approve ${name}`,
    description:
      'Your consent is sealed under your name in the ledger. It opens no gate by itself: policy decides.',
    submit: 'Approve',
    look: 'primary',
    hint: 'What did you check, and why is it good enough?',
  },
  reject: {
    title: (name) => `Reject ${name}`,
    description: 'Your refusal is sealed in the ledger; whoever asked is told your reason.',
    submit: 'Reject',
    look: 'danger',
    hint: 'What is wrong, and what would change your mind?',
  },
  'ask-changes': {
    title: (name) => `Ask for changes to ${name}`,
    description: 'The case stays open, approvals given before no longer count, and whoever asked is told.',
    submit: 'Ask for changes',
    look: 'primary',
    hint: 'What has to change, and how will you see that it has?',
  },
}

interface AnswerDialogProps {
  readonly kind: AnswerKind | undefined
  readonly one: ReviewDetail
  readonly busy: boolean
  readonly onClose: () => void
  readonly onAnswer: (answer: Deed) => void
}

/** The form of an answer. None leaves the browser without a note. */
export function AnswerDialog({ kind, one, busy, onClose, onAnswer }: AnswerDialogProps) {
  const [problem, setProblem] = useState<string>()
  const words = kind === undefined ? undefined : WORDS[kind]
  const close = () => {
    setProblem(undefined)
    onClose()
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (kind === undefined) return
    const form = new FormData(event.currentTarget)
    const note = String(form.get('note') ?? '').trim()
    if (note === '') {
      setProblem('Write a note first: the ledger keeps the reason with the deed.')
      event.currentTarget.querySelector('textarea')?.focus()
      return
    }
    setProblem(undefined)
    onAnswer(answerOf(kind, note, form, one))
  }
  return (
    <Dialog
      open={words !== undefined}
      onOpenChange={(open) => (open ? undefined : close())}
      title={words?.title(one.name) ?? ''}
      description={words?.description ?? ''}
    >
      <form noValidate onSubmit={submit} className="flex flex-col gap-4">
        <NoteField hint={words?.hint ?? ''} problem={problem} />
        {kind === 'approve' ? <ConditionFields stage={one.stage} commit={commitOf(one.source)} /> : null}
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

function answerOf(kind: AnswerKind, note: string, form: FormData, one: ReviewDetail): Deed {
  if (kind !== 'approve') return { kind, note }
  const conditions = conditionsOf(form, commitOf(one.source))
  return { kind, stage: one.stage, note, ...(conditions === undefined ? {} : { conditions }) }
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
