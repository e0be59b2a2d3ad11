import { type Digest, digestOfJson } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Identity } from './identity.ts'
import type { Principal } from './identity-store.ts'
import { type Capability, ROLES, type Role } from './roles.ts'

/** The owner behind the one principal who owns this home: whoever may read its keys. */
const HOME_OWNER = 'home-owner'
/** Principals read at a time. */
const PAGE = 200
/** Where a token on the command line comes from, for the limit on failures. */
const FROM = 'command-line'

/** What each verb of the command line needs, for those who act by a token. */
const NEEDS: Readonly<Record<string, Capability>> = {
  import: 'import',
  derive: 'import',
  assess: 'assess',
  approve: 'review',
  reject: 'review',
  'ask-changes': 'review',
  'review take': 'review',
  'review deadline': 'review',
  waive: 'review',
  revoke: 'revoke',
  promote: 'promote',
  'people add': 'principals',
}

/** Who acts, as the registry wants to know it. */
interface LocalActor {
  readonly principalId: string
  readonly owner: string
  readonly authentication: 'token' | 'local'
  readonly requestDigest: Digest
}

/** People as the command line knows them: the owner of this home, and those who hold a token. */
export interface LocalPeople {
  /** @throws SallyportError `UNAUTHENTICATED` for a token that is none, `FORBIDDEN` for one that may not do this */
  actor(token: string | undefined, request: unknown): Promise<LocalActor>
  list(): Promise<readonly Principal[]>
  /** @throws SallyportError `BAD_INPUT` for an unknown role, `FORBIDDEN` for a token that may not add people */
  add(
    token: string | undefined,
    person: {
      readonly name: string
      readonly role: string
      readonly owner?: string
    },
  ): Promise<{ readonly person: Principal; readonly token: string }>
  /** A principal of the example, found again by its owner. */
  demonstration(person: {
    readonly name: string
    readonly role: string
    readonly owner: string
  }): Promise<Principal>
  /** A one-time login link for the owner of this home, at the first start only. */
  firstLoginLink(): Promise<{ readonly secret: string; readonly expiresAt: string } | undefined>
}

/** @param deps `userName` is kept in the erasable table of names only */
export function localPeople(deps: { readonly identity: Identity; readonly userName: string }): LocalPeople {
  const { identity } = deps
  const list = () => allPrincipals(identity)
  const findOwner = async (owner: string) => (await list()).find((principal) => principal.owner === owner)
  const homeOwner = async () =>
    (await findOwner(HOME_OWNER)) ??
    (await identity.createPrincipal({ role: 'admin', owner: HOME_OWNER, name: deps.userName }))
  return {
    list,
    actor: async (token, request) => {
      if (token !== undefined) return actorOfToken(identity, token, request)
      const { id, owner } = await homeOwner()
      return {
        principalId: id,
        owner,
        authentication: 'local',
        requestDigest: digestOfJson({ principal: id, request }),
      }
    },
    add: async (token, { name, role, owner }) => {
      if (token !== undefined) await actorOfToken(identity, token, { verb: 'people add' })
      const person = await identity.createPrincipal({
        role: roleOf(role),
        name,
        ...(owner === undefined ? {} : { owner }),
      })
      const { secret } = await identity.createToken({ principalId: person.id, label: 'command line' })
      return { person, token: secret }
    },
    demonstration: async ({ name, role, owner }) =>
      (await findOwner(owner)) ?? (await identity.createPrincipal({ role: roleOf(role), owner, name })),
    firstLoginLink: async () => {
      if ((await findOwner(HOME_OWNER)) !== undefined) return undefined
      return identity.createLoginLink((await homeOwner()).id)
    },
  }
}

async function actorOfToken(identity: Identity, token: string, request: unknown): Promise<LocalActor> {
  const caller = await identity.callerOfToken(token, FROM)
  const verb =
    typeof request === 'object' && request !== null && 'verb' in request ? String(request.verb) : ''
  const need = NEEDS[verb]
  if (need === undefined || !caller.capabilities.includes(need))
    throw new SallyportError(
      'FORBIDDEN',
      `the role ${caller.role} may not ${verb || 'do this'}; someone with "${need ?? 'that'}" may`,
    )
  const { id, owner } = caller.principal
  return {
    principalId: id,
    owner,
    authentication: 'token',
    requestDigest: digestOfJson({ principal: id, request }),
  }
}

async function allPrincipals(identity: Identity): Promise<readonly Principal[]> {
  const all: Principal[] = []
  let after: string | undefined
  do {
    const page = await identity.principals(after, PAGE)
    all.push(...page.items)
    after = page.next
  } while (after !== undefined)
  return all
}

function roleOf(text: string): Role {
  const role = ROLES.find((candidate) => candidate === text)
  if (role === undefined)
    throw new SallyportError('BAD_INPUT', `"${text}" is no role; the roles are ${ROLES.join(', ')}`)
  return role
}
