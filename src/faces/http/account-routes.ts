import { Type } from 'typebox'
import { SallyportError } from '../../ground/lang/index.ts'
import { capabilitiesOf, type Principal, type Role } from '../../services/identity/index.ts'
import { MeSchema, NewTokenSchema, PageOf, requests, TokenSchema } from './contract.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { type Call, type Route, route } from './route.ts'

const tag = 'accounts'
const nothing = Type.Union([Type.Null(), requests.empty])

/** Who one is, tokens, and (admin) the principals. */
export const ACCOUNT_ROUTES: readonly Route[] = [
  route(
    {
      id: 'getMe',
      method: 'GET',
      path: '/me',
      needs: 'own-tokens',
      tag,
      summary: 'Who you are here, and what you may do',
      answers: { status: 200, schema: MeSchema },
    },
    async ({ caller, deps }) => ({ status: 200, body: { ...caller, version: deps.config.version } }),
  ),
  route(
    {
      id: 'logout',
      method: 'POST',
      path: '/logout',
      needs: 'own-tokens',
      tag,
      summary: 'End this session',
      body: nothing,
      answers: { status: 204 },
    },
    async ({ deps, session }) => {
      if (session === undefined)
        throw new SallyportError('BAD_INPUT', 'there is no session to end; revoke an API token instead')
      await deps.identity.logout(session)
      return { status: 204, headers: { 'clear-site-data': '"cache", "storage"' } }
    },
  ),
  route(
    {
      id: 'listTokens',
      method: 'GET',
      path: '/tokens',
      needs: 'own-tokens',
      tag,
      summary: 'Your API tokens; for an admin, all of them',
      query: requests.page,
      answers: { status: 200, schema: PageOf(TokenSchema) },
    },
    async ({ deps, caller, query }) => {
      const of = isAdmin(caller) ? undefined : caller.principal.id
      const page = await deps.identity.tokens(of, readCursor(query.cursor), query.limit)
      return { status: 200, body: { ...page, ...writeCursor(page.next) } }
    },
  ),
  route(
    {
      id: 'createToken',
      method: 'POST',
      path: '/tokens',
      needs: 'own-tokens',
      tag,
      summary: 'A new API token; its secret is in this answer and nowhere else',
      body: requests.newToken,
      secretAnswer: true,
      answers: { status: 201, schema: NewTokenSchema },
    },
    (call) =>
      call.once(undefined, async () => {
        const principalId = call.body.principalId ?? call.caller.principal.id
        if (principalId !== call.caller.principal.id && !isAdmin(call.caller))
          throw new SallyportError('FORBIDDEN', 'only an admin makes tokens for other principals')
        const request = {
          ...call.body,
          principalId,
          role: call.body.role ?? (await usualRole(call, principalId)),
        }
        checkNotWider(call, request.role)
        return { status: 201, body: await call.deps.identity.createToken(request) }
      }),
  ),
  route(
    {
      id: 'revokeToken',
      method: 'DELETE',
      path: '/tokens/{id}',
      needs: 'own-tokens',
      tag,
      summary: 'Revoke an API token',
      params: requests.id,
      answers: { status: 200, schema: TokenSchema },
    },
    async ({ deps, caller, params }) => {
      const token = await deps.identity.token(params.id)
      // Another's token is "not found" for who may not see it, so that ids tell nothing.
      if (token === undefined || !(token.principalId === caller.principal.id || isAdmin(caller)))
        throw new SallyportError('NOT_FOUND', `there is no token ${params.id}`)
      return { status: 200, body: await deps.identity.revokeToken(params.id) }
    },
  ),
]

function isAdmin(caller: { readonly capabilities: readonly string[] }): boolean {
  return caller.capabilities.includes('principals')
}

async function usualRole(
  call: Pick<Call<unknown, unknown, unknown>, 'deps' | 'caller'>,
  id: string,
): Promise<Role> {
  if (id === call.caller.principal.id) return call.caller.role
  const principal: Principal | undefined = await call.deps.identity.principal(id)
  if (principal === undefined) throw new SallyportError('NOT_FOUND', `there is no principal ${id}`)
  return principal.role
}

// A narrow token must not be able to make itself a wider one.
function checkNotWider({ caller }: Pick<Call<unknown, unknown, unknown>, 'caller'>, role: Role): void {
  if (capabilitiesOf(role).every((capability) => caller.capabilities.includes(capability))) return
  throw new SallyportError(
    'FORBIDDEN',
    `you may not make a token with the role ${role}: it could do more than you`,
  )
}
