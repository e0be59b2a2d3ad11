import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useToast } from '../parts/toast.tsx'
import { askJson } from './client.ts'
import type { Conditions, ReviewDetail } from './contract.ts'
import { pathOfModel } from './queries.ts'
import { caseQuery, pathOfCase } from './review-queries.ts'

/** What a person may do with a case. */
export type Deed =
  | { readonly kind: 'take' }
  | { readonly kind: 'deadline'; readonly deadline: string }
  | {
      readonly kind: 'approve'
      readonly stage: ReviewDetail['stage']
      readonly note: string
      readonly conditions?: Conditions
    }
  | { readonly kind: 'reject'; readonly note: string }
  | { readonly kind: 'ask-changes'; readonly note: string }

interface Subject {
  readonly digest: string
  readonly name: string
}

/** Everything that a deed on a case may have changed. */
const TOUCHED = ['queue', 'case', 'models', 'model', 'ledger', 'entries', 'hub'] as const

/** Does something with a case, then reads again whatever it may have changed. Nothing is shown before it is done. */
export function useDeed({ digest, name }: Subject) {
  const client = useQueryClient()
  const toast = useToast()
  return useMutation({
    mutationFn: ({ kind, ...body }: Deed) =>
      askJson<ReviewDetail>(`${pathOfCase(digest)}/${kind}`, { method: 'POST', body }),
    onSuccess: (answer, { kind }) => {
      client.setQueryData(caseQuery(digest).queryKey, answer)
      toast({ tone: 'good', text: DONE[kind](name) })
    },
    onError: (error) => toast({ tone: 'bad', text: error.message }),
    onSettled: () => Promise.all(TOUCHED.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  })
}

const SEALED = 'The statement is sealed in the ledger.'
const DONE: Readonly<Record<Deed['kind'], (name: string) => string>> = {
  take: (name) => `${name} is yours to answer.`,
  deadline: (name) => `The deadline of ${name} was moved.`,
  approve: (name) => `Approved ${name}. ${SEALED}`,
  reject: (name) => `Rejected ${name}. ${SEALED}`,
  'ask-changes': (name) => `Asked for changes to ${name}. ${SEALED}`,
}

/** Has a model rebuilt as safetensors, without running anything in it; what comes out is a model of its own. */
export function useConversion({ digest, name }: Subject) {
  const client = useQueryClient()
  const toast = useToast()
  return useMutation({
    mutationFn: () =>
      askJson<{ readonly digest: string }>(`${pathOfModel(digest)}/conversions`, {
        method: 'POST',
        body: { to: 'safetensors' },
      }),
    onSuccess: () =>
      toast({ tone: 'good', text: `${name} was rebuilt as safetensors. Nothing in it was run.` }),
    onError: (error) => toast({ tone: 'bad', text: error.message }),
    onSettled: () => Promise.all(TOUCHED.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  })
}
