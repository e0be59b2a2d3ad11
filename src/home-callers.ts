import { digestOfJson } from './ground/domain/index.ts'
import { SallyportError } from './ground/lang/index.ts'
import {
  type Capability,
  capabilitiesOf,
  type Identity,
  type LocalPeople,
} from './services/identity/index.ts'
import type { Actor } from './services/registry/index.ts'

/** A request at a door of this server that speaks a protocol of others. */
export interface Knock {
  /** Whatever the client's library puts where a token stands. */
  readonly secret: string | undefined
  readonly from: string
  readonly request: unknown
  /** Whether whoever comes without a token acts as the owner of this home. */
  readonly anonymous: boolean
  /** What to set, for whoever must bring a token. */
  readonly hint: string
}

/** Who knocked, and what they may do. @throws SallyportError `UNAUTHENTICATED`, `RATE_LIMITED` */
export async function callerOf(
  { identity, people }: { readonly identity: Identity; readonly people: LocalPeople },
  { secret, from, request, anonymous, hint }: Knock,
): Promise<{ readonly actor: Actor; readonly capabilities: readonly Capability[] }> {
  const isOurs = secret?.startsWith('spt_') === true
  // Without a token it is the owner of this home where that is allowed: then an address is all that a user changes.
  if (!isOurs && anonymous)
    return { actor: await people.actor(undefined, request), capabilities: capabilitiesOf('admin') }
  if (secret === undefined || !isOurs) throw new SallyportError('UNAUTHENTICATED', hint)
  const { principal, capabilities } = await identity.callerOfToken(secret, from)
  const requestDigest = digestOfJson({ principal: principal.id, request })
  const { id, owner } = principal
  return { actor: { principalId: id, owner, authentication: 'token', requestDigest }, capabilities }
}
