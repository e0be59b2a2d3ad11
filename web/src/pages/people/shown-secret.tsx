import { useId, useRef } from 'react'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { showTime } from '../../parts/show.ts'
import { useToast } from '../../parts/toast.tsx'

/** What is shown this once; `of` is the name of whoever it is for. */
export type Secret =
  | { readonly kind: 'token'; readonly of: string; readonly text: string }
  | { readonly kind: 'link'; readonly of: string; readonly text: string; readonly expiresAt: string }

/** Shows a secret once. It closes by its button alone: a stray click or key must not lose what cannot be had again. */
export function ShownSecret({ secret, onClose }: { readonly secret: Secret; readonly onClose: () => void }) {
  const id = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  const toast = useToast()
  const { of, text } = secret
  const what = secret.kind === 'token' ? 'token' : 'login link'
  const copy = () => {
    field.current?.select()
    navigator.clipboard.writeText(text).then(
      () => toast({ tone: 'good', text: `The ${what} of ${of} is copied.` }),
      () =>
        toast({
          tone: 'bad',
          text: 'The browser does not let this page copy. It is selected: copy it by hand.',
        }),
    )
  }
  return (
    <Dialog
      open
      onOpenChange={() => undefined}
      title={`The ${what} of ${of}`}
      description={`It is shown this once: the platform keeps a hash of it. Whoever has it acts as ${of}.`}
    >
      <div className="flex flex-col gap-3">
        <label htmlFor={id} className="sr-only">
          The {what}
        </label>
        <textarea
          ref={field}
          id={id}
          readOnly
          rows={secret.kind === 'token' ? 1 : 2}
          value={text}
          spellCheck={false}
          className="field mono w-full resize-none break-all"
        />
        <p className="text-xs text-quiet">
          {secret.kind === 'token'
            ? 'For the command line: SALLYPORT_TOKEN. For HTTP: the Authorization header, as Bearer. For this console: paste it where you sign in.'
            : `Open it in the browser that is to be signed in, until ${showTime(secret.expiresAt)}.`}
        </p>
        <div className="flex justify-end gap-2">
          <Button icon="copy" onClick={copy}>
            Copy
          </Button>
          <Button look="primary" onClick={onClose}>
            I have it
          </Button>
        </div>
      </div>
    </Dialog>
  )
}
