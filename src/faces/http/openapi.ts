import type { TSchema } from 'typebox'
import { ProblemSchema } from './contract.ts'
import type { Route } from './route.ts'
import { API_BASE, ROUTES } from './routes.ts'

/** The OpenAPI 3.1 document of the route list. @param version of the product */
export function openApiDocument(version: string): Readonly<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of ROUTES) {
    const path = `${API_BASE}${route.path}`
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sallyport',
      version,
      description: 'Models from quarantine to production, every step a signed statement. Additive within v1.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, { session: [] }],
    tags: ['models', 'decisions', 'training', 'hub', 'review', 'ledger', 'accounts'].map((name) => ({
      name,
    })),
    paths,
    components: {
      schemas: { Problem: ProblemSchema },
      responses: {
        Problem: {
          description: 'RFC 9457 problem details',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', bearerFormat: 'spt_…' },
        session: { type: 'apiKey', in: 'cookie', name: 'sallyport' },
      },
    },
  }
}

function operationOf(route: Route): Readonly<Record<string, unknown>> {
  const { status } = route.answers
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    'x-capability': route.needs,
    parameters: [
      ...parametersOf('path', route.params),
      ...parametersOf('query', route.query),
      ...headersOf(route),
    ],
    ...bodyOf(route),
    responses: {
      [status]: { description: status === 204 ? 'Done' : 'Success', ...contentOf(route) },
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

function contentOf({ answers: { schema, mediaType } }: Route): Readonly<Record<string, unknown>> {
  if (mediaType !== undefined) return { content: { [mediaType]: { schema: {} } } }
  return schema === undefined ? {} : { content: { 'application/json': { schema } } }
}

function bodyOf({ body, takesStream }: Route): Readonly<Record<string, unknown>> {
  if (body === undefined) return {}
  const stream = takesStream === true ? { 'application/octet-stream': { schema: {} } } : {}
  const isNeeded = !('anyOf' in body)
  return { requestBody: { required: isNeeded, content: { 'application/json': { schema: body }, ...stream } } }
}

function headersOf({ method, path }: Route): readonly unknown[] {
  if (method !== 'POST') return []
  const header = (name: string, description: string) => ({
    in: 'header',
    name,
    required: false,
    description,
    schema: { type: 'string', maxLength: 255 },
  })
  const key = header('Idempotency-Key', 'The same key with the same request gets the first answer again')
  return path.startsWith('/models/{digest}/')
    ? [key, header('If-Match', 'ETag of the model as you saw it; 412 when it has changed')]
    : [key]
}

function parametersOf(place: 'path' | 'query', schema: TSchema | undefined): readonly unknown[] {
  const { properties, required } = (schema ?? {}) as {
    properties?: Readonly<Record<string, TSchema>>
    required?: readonly string[]
  }
  return Object.entries(properties ?? {}).map(([name, member]) => ({
    in: place,
    name,
    required: place === 'path' || (required?.includes(name) === true && !('default' in member)),
    schema: member,
  }))
}
