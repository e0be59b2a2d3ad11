import { Link } from '@tanstack/react-router'
import { ApiError } from '../../api/client.ts'
import { ErrorState } from '../../parts/states.tsx'
import type { Step } from './use-import.ts'

const LINK = 'text-accent underline underline-offset-2'

/** What went wrong, what has become of the model, and the next step. */
export function Failed({ step }: { readonly step: Extract<Step, { readonly kind: 'failed' }> }) {
  const { error, kept } = step
  return (
    <div className="flex flex-col gap-2">
      <ErrorState error={error} />
      {kept === 'nothing' ? <p className="text-sm">Nothing of it was kept. {nextStep(error)}</p> : null}
      {kept === 'unknown' ? (
        <p className="text-sm">
          All of it had been sent, so it may have been taken in whole.{' '}
          <Link to="/" className={LINK}>
            Look for it among the models
          </Link>{' '}
          before you send it again; twice does no harm.
        </p>
      ) : null}
      {typeof kept === 'string' ? null : (
        <p className="text-sm">
          The model is in quarantine, whole, and was not assessed.{' '}
          <Link to="/models/$digest" params={{ digest: kept.digest }} className={LINK}>
            Assess it on its page
          </Link>
          .
        </p>
      )}
    </div>
  )
}

function nextStep(error: unknown): string {
  const code = error instanceof ApiError ? error.problem.code : undefined
  return (code === undefined ? undefined : NEXT[code]) ?? 'Your choice is still below: try again.'
}

const NEXT: Readonly<Record<string, string>> = {
  TOO_LARGE: 'Bring the files to the server, and name the path there.',
  BAD_INPUT: 'Mend what is named above, choose anew, and send it again.',
  UNREACHABLE:
    'See that the server runs and that no chosen file has changed since you chose it, then send it again: your choice is still below.',
  UNAUTHENTICATED: 'Your session has ended: sign in again.',
  FORBIDDEN: 'Another path, or another role, is needed.',
}
