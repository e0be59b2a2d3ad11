import { Type } from 'typebox'
import { digestOfJson } from '../../ground/domain/index.ts'
import type { RegisteredSubject, Subjects } from '../../services/subjects/index.ts'
import { requests } from './contract.ts'
import { digestOf } from './import-model.ts'
import { HttpProblem } from './problem.ts'
import { type Route, route } from './route.ts'
import {
  NewSubjectSchema,
  RegistrationSchema,
  type Subject,
  SubjectChangesSchema,
  SubjectFromSchema,
  SubjectQuerySchema,
  SubjectSchema,
} from './subject-schemas.ts'

/** Bytes: the longest prompt, every character of it escaped. */
const MAX_BODY_BYTES = 24 * 2 ** 20

/** Data sets, prompts, tool lists and endpoints. Approve, promote and revoke are the routes of models: a digest is a digest. */
export const SUBJECT_ROUTES: readonly Route[] = [
  route(
    {
      id: 'registerSubject',
      method: 'POST',
      path: '/subjects',
      needs: 'import',
      tag: 'models',
      summary: 'Take in a version of a prompt, tool list or endpoint, and have it assessed',
      body: NewSubjectSchema,
      maxBodyBytes: MAX_BODY_BYTES,
      answers: { status: 201, schema: RegistrationSchema },
    },
    ({ deps, body, once }) =>
      once(digestOfJson(body), async (actor) => {
        const { subject, ...rest } = await subjectsOf(deps).register(body, actor)
        const { kind, name } = body
        return { status: 201, body: { subject: asSubject({ kind, name, model: subject }), ...rest } }
      }),
  ),
  route(
    {
      id: 'listSubjects',
      method: 'GET',
      path: '/subjects',
      needs: 'read',
      tag: 'models',
      summary: 'Versions of data sets, prompts, tool lists and endpoints, the newest first',
      query: SubjectQuerySchema,
      answers: { status: 200, schema: Type.Object({ items: Type.Array(SubjectSchema) }) },
    },
    async ({ deps, query }) => ({
      status: 200,
      body: { items: (await subjectsOf(deps).list(query)).map(asSubject) },
    }),
  ),
  route(
    {
      id: 'getSubjectChanges',
      method: 'GET',
      path: '/subjects/{digest}/changes',
      needs: 'read',
      tag: 'models',
      summary: 'What differs from another version, and which of it has been used to attack',
      params: requests.digest,
      query: SubjectFromSchema,
      answers: { status: 200, schema: SubjectChangesSchema },
    },
    async ({ deps, params, query }) => ({
      status: 200,
      body: await subjectsOf(deps).changes(digestOf(query.from), digestOf(params.digest)),
    }),
  ),
]

function subjectsOf({ subjects }: { readonly subjects?: Subjects }): Subjects {
  if (subjects === undefined) throw new HttpProblem(404, 'NOT_FOUND', 'This system registers models only.')
  return subjects
}

function asSubject({ kind, name, model }: RegisteredSubject): Subject {
  const { digest, stage, verdict, approvals, importedAt } = model
  return { kind, name, digest, stage, verdict, approvals, registeredAt: importedAt }
}
