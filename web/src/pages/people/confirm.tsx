import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'

interface ConfirmProps {
  readonly title: string
  readonly description: string
  /** What the button says. */
  readonly submit: string
  readonly look: 'primary' | 'danger'
  readonly busy: boolean
  readonly onClose: () => void
  readonly onConfirm: () => void
}

/** Says what will follow, and asks once more. */
export function Confirm({ title, description, submit, look, busy, onClose, onConfirm }: ConfirmProps) {
  return (
    <Dialog
      open
      onOpenChange={(wanted) => (wanted ? undefined : onClose())}
      title={title}
      description={description}
    >
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button look={look} busy={busy} onClick={onConfirm}>
          {submit}
        </Button>
      </div>
    </Dialog>
  )
}
