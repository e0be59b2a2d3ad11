import type { Principal, Token } from '../../api/contract.ts'
import { Button } from '../../parts/button.tsx'
import { count } from '../../parts/show.ts'
import { useNow, When } from '../../parts/when.tsx'
import { endOf, nameOf } from './people-words.ts'

interface TokenListProps {
  readonly principal: Principal
  readonly tokens: readonly Token[]
  readonly onRevoke: (token: Token) => void
}

/** The tokens of one principal: those that open something, and behind a click those that no longer do. */
export function TokenList({ principal, tokens, onRevoke }: TokenListProps) {
  const now = useNow()
  const ended = tokens.filter((token) => endOf(token, principal, now) !== undefined)
  const live = tokens.filter((token) => !ended.includes(token))
  return (
    <div className="flex flex-col gap-2">
      {live.length === 0 ? <span className="text-quiet">none</span> : null}
      <ul className="flex flex-col gap-2 empty:hidden">
        {live.map((token) => (
          <li key={token.id} className="flex items-start justify-between gap-3">
            <Facts token={token} principal={principal} />
            <Button look="quiet" className="-my-0.5" onClick={() => onRevoke(token)}>
              Revoke
              <span className="sr-only">
                {' '}
                the token {token.label} of {nameOf(principal)}
              </span>
            </Button>
          </li>
        ))}
      </ul>
      {ended.length === 0 ? null : (
        <details>
          <summary className="text-xs text-quiet">{count(ended.length, 'token')} revoked or expired</summary>
          <ul className="mt-2 flex flex-col gap-2">
            {ended.map((token) => (
              <li key={token.id}>
                <Facts token={token} principal={principal} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

function Facts({ token, principal }: { readonly token: Token; readonly principal: Principal }) {
  const end = endOf(token, principal, useNow())
  return (
    <div className="min-w-0">
      <p className="break-words">
        {token.label}
        {token.role === principal.role ? null : <span className="text-quiet"> as {token.role}</span>}
      </p>
      <p className="text-xs text-quiet">
        made <When at={token.createdAt} />
        {', '}
        {token.lastUsedAt === undefined ? (
          'never used'
        ) : (
          <>
            used <When at={token.lastUsedAt} />
          </>
        )}
        {token.expiresAt === undefined || end === 'revoked' ? null : (
          <>
            {end === 'expired' ? ', ended ' : ', ends '}
            <When at={token.expiresAt} />
          </>
        )}
        {token.revokedAt === undefined ? null : (
          <span className="text-bad">
            {', revoked '}
            <When at={token.revokedAt} />
          </span>
        )}
      </p>
    </div>
  )
}
