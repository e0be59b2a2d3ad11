import type { Static, TSchema } from 'typebox'
import type { Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Actor } from '../../services/registry/index.ts'
import type { Reader, ReviewDetail, ReviewQueue } from '../../services/review/index.ts'
import { PageOf, requests } from './contract.ts'
import { digestOf } from './import-model.ts'
import {
  PolicySentencesSchema,
  ReviewCaseSchema,
  ReviewDetailSchema,
  reviewRequests,
} from './review-schemas.ts'
import { type Call, type Route, route } from './route.ts'

const common = { tag: 'review' } as const
const DETAIL = { status: 200, schema: ReviewDetailSchema }

/** The queue of what gates could not let through, and the answers of people. */
export const REVIEW_ROUTES: readonly Route[] = [
  route(
    {
      ...common,
      id: 'listReview',
      method: 'GET',
      path: '/review',
      needs: 'read',
      summary: 'What waited or waits for a person, the last opened first; all states where none is named',
      query: reviewRequests.list,
      answers: { status: 200, schema: PageOf(ReviewCaseSchema) },
    },
    async ({ deps, query }) => ({
      status: 200,
      body: deps.review === undefined ? { items: [] } : await deps.review.list(query),
    }),
  ),
  route(
    {
      ...common,
      id: 'getReview',
      method: 'GET',
      path: '/review/{digest}',
      needs: 'read',
      summary: 'One case: reasons, answers, who asked, what is known of its publisher',
      params: requests.digest,
      answers: DETAIL,
    },
    async (call) => ({
      status: 200,
      body: await queueOf(call).get(digestOf(call.params.digest), readerOf(call)),
    }),
  ),
  answer(
    {
      id: 'takeReview',
      name: 'take',
      summary: 'Become the one who is to answer, or name somebody',
      body: reviewRequests.take,
    },
    (queue) => queue.take,
  ),
  answer(
    {
      id: 'setReviewDeadline',
      name: 'deadline',
      summary: 'Set until when an answer is due',
      body: reviewRequests.deadline,
    },
    (queue) => queue.setDeadline,
  ),
  answer(
    {
      id: 'approveReview',
      name: 'approve',
      summary: 'Approve for a stage, with a note and conditions',
      body: reviewRequests.approve,
    },
    (queue) => queue.approve,
  ),
  answer(
    { id: 'rejectReview', name: 'reject', summary: 'Reject, with a note', body: requests.note },
    (queue) => queue.reject,
  ),
  answer(
    {
      id: 'askChanges',
      name: 'ask-changes',
      summary: 'Ask for changes, with a note; the case stays open',
      body: requests.note,
    },
    (queue) => queue.askChanges,
  ),
  route(
    {
      ...common,
      id: 'readPolicy',
      method: 'GET',
      path: '/policy/sentences',
      needs: 'read',
      summary: 'The policy in force, in sentences',
      answers: { status: 200, schema: PolicySentencesSchema },
    },
    async ({ deps }) => {
      if (deps.policy === undefined)
        throw new SallyportError(
          'NOT_SUPPORTED',
          'this server does not show its policy; ask its administrator',
        )
      return { status: 200, body: deps.policy() }
    },
  ),
]

function queueOf({ deps }: { readonly deps: Call<unknown, unknown, unknown>['deps'] }): ReviewQueue {
  if (deps.review !== undefined) return deps.review
  throw new SallyportError('NOT_FOUND', 'this server keeps no review queue; ask the one that does')
}

function readerOf({ caller }: { readonly caller: Call<unknown, unknown, unknown>['caller'] }): Reader {
  const { id, owner } = caller.principal
  return { principalId: id, owner, mayReview: caller.capabilities.includes('review') }
}

type Deed<B> = (digest: Digest, body: B, actor: Actor, reader: Reader) => Promise<ReviewDetail>

function answer<B extends TSchema>(
  it: { readonly id: string; readonly name: string; readonly summary: string; readonly body: B },
  deedOf: (queue: ReviewQueue) => Deed<Static<B>>,
): Route {
  const { id, name, summary, body } = it
  const path = `/review/{digest}/${name}`
  const spec = { ...common, id, method: 'POST', path, needs: 'review', summary } as const
  return route({ ...spec, params: requests.digest, body, answers: DETAIL }, (call) => {
    const typed = call as Call<{ digest: string }, undefined, Static<B>>
    const digest = digestOf(typed.params.digest)
    return call.once(undefined, async (actor) => ({
      status: 200,
      body: await deedOf(queueOf(typed))(digest, typed.body, actor, readerOf(typed)),
    }))
  })
}
