import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Me } from '../../api/contract.ts'
import { type People, peopleQuery } from '../../api/people.ts'
import { meQuery } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { PageTitle } from '../../parts/page-title.tsx'
import { count } from '../../parts/show.ts'
import { Empty, ErrorState, Loading } from '../../parts/states.tsx'
import { ROLE_FOR } from '../../parts/words.ts'
import { type Asked, PeopleDialogs } from './people-dialogs.tsx'
import { PeopleTable } from './people-table.tsx'
import { isSought } from './people-words.ts'

const LEAD =
  'Who may knock, as what, and with which tokens. Statements hold their pseudonyms, never their names.'

/** People and programs: their roles, owners and tokens. For administrators; others learn why not for them. */
export function PeoplePage() {
  const me = useQuery(meQuery).data
  if (!me) return <Loading what="your session" />
  if (me.capabilities.includes('principals')) return <Administration me={me} />
  return (
    <>
      <PageTitle title="People" />
      <Empty icon="lock" title="This page is for administrators">
        <p>
          It needs the role {ROLE_FOR.principals}; you are signed in as {me.role}. Whoever set this platform
          up can give you another role, or do for you what you came for.
        </p>
      </Empty>
    </>
  )
}

function Administration({ me }: { readonly me: Me }) {
  const people = useQuery(peopleQuery)
  const { asked, ask, close } = useAsked()
  return (
    <>
      <PageTitle title="People" lead={LEAD}>
        <Button look="primary" icon="person" onClick={() => ask({ kind: 'add' })}>
          Add a person
        </Button>
      </PageTitle>
      {people.isError ? (
        <div className="mb-4">
          <ErrorState error={people.error} retry={() => void people.refetch()} />
        </div>
      ) : null}
      {people.isPending ? <Loading what="the people" /> : null}
      {people.data === undefined ? null : <Everyone me={me} people={people.data} onAsk={ask} />}
      <PeopleDialogs asked={asked} principals={people.data?.principals ?? []} onAsk={ask} onClose={close} />
    </>
  )
}

/** What was begun, over one dialog or two; at the end the focus goes back to where it began, or to the page. */
function useAsked() {
  const [asked, setAsked] = useState<Asked>()
  const opener = useRef<Element>(null)
  useEffect(() => {
    const before = opener.current
    if (asked !== undefined || before === null) return
    opener.current = null
    const place = before.isConnected ? before : document.getElementById('main')
    if (place instanceof HTMLElement) place.focus()
  }, [asked])
  const ask = (next: Asked) => {
    opener.current ??= document.activeElement
    setAsked(next)
  }
  return { asked, ask, close: () => setAsked(undefined) }
}

interface EveryoneProps {
  readonly me: Me
  readonly people: People
  readonly onAsk: (asked: Asked) => void
}

function Everyone({ me, people, onAsk }: EveryoneProps) {
  const [text, setText] = useState('')
  const { principals, more } = people
  const sought = text.trim().toLowerCase()
  const shown = principals.filter((one) => isSought(one, principals, sought))
  const isAlone = principals.length === 1
  return (
    <div className="flex flex-col gap-4">
      <search className="flex items-center gap-3">
        <label className="relative w-80">
          <span className="sr-only">Search by name, role, owner or id</span>
          <Icon name="search" className="absolute top-2.5 left-2.5 text-quiet" />
          <input
            type="search"
            value={text}
            onChange={(event) => setText(event.target.value)}
            placeholder="Name, role, owner or id"
            className="field w-full pl-8"
          />
        </label>
        <p role="status" className="tabular text-sm text-quiet">
          {shown.length === principals.length
            ? count(principals.length, 'principal')
            : `${shown.length} of ${count(principals.length, 'principal')}`}
          {more ? ' and tokens were read; there are more: see GET /api/v1/principals' : ''}
        </p>
      </search>
      {shown.length === 0 ? (
        <Empty icon="search" title="Nobody matches">
          Search for a part of a name, a role, an owner or an id.
        </Empty>
      ) : (
        <PeopleTable me={me} people={people} shown={shown} onAsk={onAsk} />
      )}
      {isAlone ? (
        <p className="max-w-prose text-sm text-quiet">
          You are the only one here. Somebody else has to approve what you bring in: add a reviewer, and for
          production a second one.
        </p>
      ) : null}
    </div>
  )
}
