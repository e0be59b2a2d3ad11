import { useQuery } from '@tanstack/react-query'
import type { Me } from '../api/contract.ts'
import { meQuery } from '../api/queries.ts'
import { principalsQuery } from '../api/review-queries.ts'
import { shortId } from './show.ts'

/** Who it is, in the words this reader may see: `you`, a name, or the pseudonym that the statements hold. */
export function Principal({ id }: { readonly id: string }) {
  const me = useQuery(meQuery).data
  if (me?.principal.id === id) return <span title={id}>you</span>
  return me ? <Named id={id} me={me} /> : <Pseudonym id={id} />
}

function Named({ id, me }: { readonly id: string; readonly me: Me }) {
  const all = useQuery(principalsQuery(me)).data
  const name = all?.find((one) => one.id === id)?.name
  return name === undefined ? <Pseudonym id={id} /> : <span title={id}>{name}</span>
}

function Pseudonym({ id }: { readonly id: string }) {
  return <code title={id}>{shortId(id)}</code>
}
