import { Type } from 'typebox'
import { SallyportError } from '../../ground/lang/index.ts'
import { LoginLinkSchema, PageOf, PrincipalSchema, requests } from './contract.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { type Route, route } from './route.ts'

const common = { needs: 'principals', tag: 'accounts' } as const
const one = { status: 200, schema: PrincipalSchema }
const nothing = Type.Union([Type.Null(), requests.empty])

/** Principals: for admins alone. */
export const PRINCIPAL_ROUTES: readonly Route[] = [
  route(
    {
      ...common,
      id: 'listPrincipals',
      method: 'GET',
      path: '/principals',
      summary: 'All principals',
      query: requests.page,
      answers: { status: 200, schema: PageOf(PrincipalSchema) },
    },
    async ({ deps, query }) => {
      const page = await deps.identity.principals(readCursor(query.cursor), query.limit)
      return { status: 200, body: { ...page, ...writeCursor(page.next) } }
    },
  ),
  route(
    {
      ...common,
      id: 'createPrincipal',
      method: 'POST',
      path: '/principals',
      summary: 'A new principal; `owner` is the person behind it, who counts once in approvals',
      body: requests.newPrincipal,
      answers: { status: 201, schema: PrincipalSchema },
    },
    (call) =>
      call.once(undefined, async () => ({
        status: 201,
        body: await call.deps.identity.createPrincipal(call.body),
      })),
  ),
  route(
    {
      ...common,
      id: 'createLoginLink',
      method: 'POST',
      path: '/principals/{id}/login-links',
      summary: 'A link with which this principal logs in, once',
      params: requests.id,
      body: nothing,
      secretAnswer: true,
      answers: { status: 201, schema: LoginLinkSchema },
    },
    (call) =>
      call.once(undefined, async () => {
        const { secret, expiresAt } = await call.deps.identity.createLoginLink(call.params.id)
        return { status: 201, body: { url: `${call.origin}/login?token=${secret}`, expiresAt } }
      }),
  ),
  route(
    {
      ...common,
      id: 'disablePrincipal',
      method: 'POST',
      path: '/principals/{id}/disable',
      summary: 'Shut a principal out for good; its statements stand',
      params: requests.id,
      body: nothing,
      answers: one,
    },
    (call) =>
      call.once(undefined, async () => {
        if (call.params.id === call.caller.principal.id)
          throw new SallyportError('CONFLICT', 'you cannot disable yourself; another admin can')
        return { status: 200, body: await call.deps.identity.disablePrincipal(call.params.id) }
      }),
  ),
  route(
    {
      ...common,
      id: 'eraseName',
      method: 'DELETE',
      path: '/principals/{id}/name',
      summary: 'Erase the name of a principal; the pseudonymous id stays',
      params: requests.id,
      answers: { status: 204 },
    },
    async ({ deps, params }) => {
      await deps.identity.eraseName(params.id)
      return { status: 204 }
    },
  ),
]
