import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ApiError, askJson, keepToken } from '../../api/client.ts'
import type { Me } from '../../api/contract.ts'
import { meQuery } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Mark } from '../../parts/mark.tsx'

/** The way in: a one-time login link becomes a session; an API token is kept in this page's memory and nowhere else. */
export function SignIn() {
  const client = useQueryClient()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const enter = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const text = String(new FormData(event.currentTarget).get('token') ?? '').trim()
    const secret = secretOfLink(text)
    if (text === '') return setProblem('Paste a token or a login link first.')
    if (secret !== undefined) return location.assign(`/login?token=${encodeURIComponent(secret)}`)
    setBusy(true)
    keepToken(text)
    try {
      client.setQueryData(meQuery.queryKey, await askJson<Me>('/api/v1/me'))
    } catch (error) {
      keepToken(undefined)
      const refused = error instanceof ApiError && error.problem.status === 401
      setProblem(refused ? 'The platform does not know this token, or it has expired.' : String(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="mx-auto mt-16 max-w-md">
      <div className="mb-5 flex items-center gap-3">
        <Mark size={40} />
        <div>
          <h1 className="text-xl font-semibold tracking-tight">Sign in to Sallyport</h1>
          <p className="text-sm text-quiet">The model that gets deployed is the model that was approved.</p>
        </div>
      </div>
      <form onSubmit={(event) => void enter(event)} className="panel flex flex-col gap-3 p-5">
        <label htmlFor="token" className="text-sm font-medium">
          API token or login link
        </label>
        <input
          id="token"
          name="token"
          type="password"
          autoComplete="off"
          spellCheck={false}
          placeholder="spt_… or http://127.0.0.1:7450/login?token=…"
          aria-describedby="token-help token-problem"
          aria-invalid={problem !== undefined}
          className="field mono"
        />
        <p id="token-help" className="text-xs text-quiet">
          A login link becomes a session cookie that no script can read. A token is kept in this page’s memory
          only, and is gone when you reload.
        </p>
        <p id="token-problem" role="alert" className="text-sm text-bad empty:hidden">
          {problem}
        </p>
        <Button type="submit" look="primary" busy={busy} icon="key">
          Sign in
        </Button>
      </form>
      <p className="mt-4 px-1 text-sm text-quiet">
        First time here? The server printed a one-time login link when it first started. If it is used up, an
        administrator can make you another.
      </p>
    </div>
  )
}

/** The secret in a login link, wherever it was printed; undefined when it is not a link. */
function secretOfLink(text: string): string | undefined {
  return URL.canParse(text) ? (new URL(text).searchParams.get('token') ?? undefined) : undefined
}
