import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { useToast } from '../parts/toast.tsx'
import { askJson } from './client.ts'
import type { LoginLink, NewToken, Page, Principal, Role, Token } from './contract.ts'

const API = '/api/v1'
/** The most that the API gives at once. */
const PAGE = 200
/** Pages of each. A thousand principals are more than a person reads; the page says that there are more. */
const MAX_PAGES = 5
/** Milliseconds. Another administrator may have done something meanwhile. */
const REFRESH_MS = 15_000

export interface People {
  readonly principals: readonly Principal[]
  readonly tokens: readonly Token[]
  /** True when there are more of either than were read. */
  readonly more: boolean
}

/** Everyone who may knock, and what they knock with; for administrators. */
export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: async ({ signal }): Promise<People> => {
    const [principals, tokens] = await Promise.all([
      readAll<Principal>('principals', signal),
      readAll<Token>('tokens', signal),
    ])
    return { principals: principals.items, tokens: tokens.items, more: principals.more || tokens.more }
  },
  refetchInterval: REFRESH_MS,
})

async function readAll<T>(what: 'principals' | 'tokens', signal: AbortSignal) {
  const items: T[] = []
  let cursor: string | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const from = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const answer = await askJson<Page<T>>(`${API}/${what}?limit=${PAGE}${from}`, { signal })
    items.push(...answer.items)
    cursor = answer.next
    if (cursor === undefined) break
  }
  return { items, more: cursor !== undefined }
}

/** Someone new, and the label of their first token. */
export interface NewPerson {
  readonly name: string
  readonly role: Role
  /** The person behind a program; absent for who stands for themselves. */
  readonly owner?: string
}

/** A token to be made; `expiresAt` is RFC 3339. */
export interface WantedToken {
  readonly principalId: string
  readonly label: string
  readonly role: Role
  readonly expiresAt?: string
}

/** What an administrator may do with people. Each resolves to the server's answer; what may have changed is read again. */
export function usePeopleDeeds() {
  const client = useQueryClient()
  const toast = useToast()
  const onSettled = () =>
    Promise.all(
      [['people'], ['principals'], ['me']].map((queryKey) => client.invalidateQueries({ queryKey })),
    )
  const onError = (error: Error) => toast({ tone: 'bad' as const, text: error.message })
  return {
    add: useMutation({ mutationFn: addPerson, onSettled, onError }),
    // Their answers hold secrets: the page shows them once, and nothing else keeps them.
    makeToken: useMutation({ mutationFn: makeToken, onSettled, onError, gcTime: 0 }),
    makeLink: useMutation({
      mutationFn: (id: string) =>
        askJson<LoginLink>(`${pathOf(id)}/login-links`, { method: 'POST', body: {} }),
      onError,
      gcTime: 0,
    }),
    revoke: useMutation({
      mutationFn: (token: Token) =>
        askJson<Token>(`${API}/tokens/${encodeURIComponent(token.id)}`, { method: 'DELETE' }),
      onSettled,
      onError,
    }),
    shutOut: useMutation({
      mutationFn: (id: string) => askJson<Principal>(`${pathOf(id)}/disable`, { method: 'POST', body: {} }),
      onSettled,
      onError,
    }),
  }
}

function pathOf(id: string): string {
  return `${API}/principals/${encodeURIComponent(id)}`
}

function addPerson(person: NewPerson): Promise<Principal> {
  return askJson<Principal>(`${API}/principals`, { method: 'POST', body: person })
}

function makeToken(wanted: WantedToken): Promise<NewToken> {
  return askJson<NewToken>(`${API}/tokens`, { method: 'POST', body: wanted })
}
