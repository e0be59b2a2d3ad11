import type { Me, Principal } from '../../api/contract.ts'
import type { People } from '../../api/people.ts'
import { Badge } from '../../parts/badge.tsx'
import { Button } from '../../parts/button.tsx'
import { shortId } from '../../parts/show.ts'
import { When } from '../../parts/when.tsx'
import type { Word } from '../../parts/words.ts'
import type { Asked } from './people-dialogs.tsx'
import { nameOf, ownerOf, ROLE_HELP } from './people-words.ts'
import { TokenList } from './token-list.tsx'

const SHUT_OUT: Word = {
  icon: 'lock',
  tone: 'bad',
  help: 'Shut out for good. What they signed still stands.',
}

interface PeopleTableProps {
  readonly me: Me
  readonly people: People
  readonly shown: readonly Principal[]
  readonly onAsk: (asked: Asked) => void
}

/** One row for each who may knock, those who are shut out last. */
export function PeopleTable({ me, people, shown, onAsk }: PeopleTableProps) {
  const rows = shown.toSorted(
    (a, b) => Number(a.disabledAt !== undefined) - Number(b.disabledAt !== undefined),
  )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section aria-label="People" tabIndex={0} className="panel overflow-x-auto">
      <table className="w-full text-sm">
        <thead className="text-left text-xs text-quiet">
          <tr className="border-b border-line">
            {['Name', 'Role', 'Owner', 'Tokens', 'Added'].map((head) => (
              <th key={head} scope="col" className="px-4 py-2 font-medium">
                {head}
              </th>
            ))}
            <th scope="col" className="px-4 py-2">
              <span className="sr-only">What may be done</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((principal) => (
            <Row key={principal.id} me={me} people={people} principal={principal} onAsk={onAsk} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

interface RowProps {
  readonly me: Me
  readonly people: People
  readonly principal: Principal
  readonly onAsk: (asked: Asked) => void
}

function Row({ me, people, principal, onAsk }: RowProps) {
  const isMe = principal.id === me.principal.id
  const { disabledAt } = principal
  const owner = ownerOf(principal, people.principals)
  return (
    <tr className="align-top">
      <th scope="row" className="max-w-56 px-4 py-3 text-left font-medium">
        <span className="block break-words">
          {nameOf(principal)}
          {isMe ? <span className="font-normal text-quiet"> (you)</span> : null}
        </span>
        <code className="block text-xs font-normal whitespace-nowrap text-quiet" title={principal.id}>
          {shortId(principal.id)}
        </code>
      </th>
      <td className="px-4 py-3" title={ROLE_HELP[principal.role]}>
        {principal.role}
      </td>
      <td className="max-w-40 px-4 py-3 break-words">
        {owner ?? <span className="text-quiet">themselves</span>}
      </td>
      <td className="px-4 py-3">
        <TokenList
          principal={principal}
          tokens={people.tokens.filter((token) => token.principalId === principal.id)}
          onRevoke={(token) => onAsk({ kind: 'revoke', token, principal })}
        />
      </td>
      <td className="px-4 py-3 text-quiet">
        <When at={principal.createdAt} />
      </td>
      <td className="px-4 py-3">
        {disabledAt === undefined ? (
          <Deeds principal={principal} isMe={isMe} onAsk={onAsk} />
        ) : (
          <span className="flex flex-col items-end gap-1 text-xs text-quiet">
            <Badge word={SHUT_OUT} text="shut out" />
            <When at={disabledAt} />
          </span>
        )}
      </td>
    </tr>
  )
}

function Deeds({ principal, isMe, onAsk }: Omit<RowProps, 'me' | 'people'> & { readonly isMe: boolean }) {
  const of = <span className="sr-only"> for {nameOf(principal)}</span>
  return (
    <div className="flex justify-end gap-1">
      <Button icon="key" onClick={() => onAsk({ kind: 'token', principal })}>
        New token{of}
      </Button>
      <Button look="quiet" icon="door" onClick={() => onAsk({ kind: 'link', principal })}>
        Login link{of}
      </Button>
      <Button
        look="quiet"
        icon="lock"
        lockedBecause={isMe ? 'You cannot shut yourself out; another administrator can.' : undefined}
        onClick={() => onAsk({ kind: 'shut-out', principal })}
      >
        Shut out<span className="sr-only"> {nameOf(principal)}</span>
      </Button>
    </div>
  )
}
