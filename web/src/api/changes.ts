import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useToast } from '../parts/toast.tsx'
import type { GatedStage } from '../parts/words.ts'
import { askJson } from './client.ts'
import type { Decision, ModelDetail } from './contract.ts'
import { modelQuery, pathOfModel } from './queries.ts'

/** What a person may want of a model. */
export type Wish =
  | { readonly kind: 'assess' }
  | { readonly kind: 'approve'; readonly stage: GatedStage; readonly note: string }
  | { readonly kind: 'reject'; readonly note: string }
  | { readonly kind: 'revoke'; readonly note: string }
  | { readonly kind: 'waive'; readonly ruleId: string; readonly reason: string; readonly until: string }
  | { readonly kind: 'promote'; readonly stage: GatedStage }

interface Subject {
  readonly digest: string
  readonly name: string
}

/** Says a wish to the platform, then reads again whatever it may have changed. Nothing is shown before it is sealed. */
export function useWish({ digest, name }: Subject) {
  const client = useQueryClient()
  const toast = useToast()
  return useMutation({
    mutationFn: async ({ kind, ...body }: Wish) => {
      const answer = await askJson<ModelDetail | Decision>(`${pathOfModel(digest)}/${kind}`, {
        method: 'POST',
        body,
      })
      return { kind, answer }
    },
    onSuccess: ({ kind, answer }) => {
      if (kind === 'promote') toast(promotionToast(answer as Decision, name))
      else {
        client.setQueryData(modelQuery(digest).queryKey, answer as ModelDetail)
        toast({ tone: 'good', text: `${DONE[kind]} ${name}. The statement is sealed in the ledger.` })
      }
    },
    onError: (error) => toast({ tone: 'bad', text: error.message }),
    onSettled: () =>
      Promise.all(
        [['models'], ['queue'], ['case', digest], ['ledger'], ['entries'], ['model', digest]].map(
          (queryKey) => client.invalidateQueries({ queryKey }),
        ),
      ),
  })
}

const DONE = {
  assess: 'Assessed',
  approve: 'Approved',
  reject: 'Rejected',
  revoke: 'Revoked',
  waive: 'Waived a rule for',
}

function promotionToast(decision: Decision, name: string) {
  const { outcome, stage, reasons } = decision
  if (outcome === 'allow') return { tone: 'good' as const, text: `${name} passed the ${stage} gate.` }
  const why = reasons.find((reason) => reason.outcome === outcome)
  return {
    tone: outcome === 'review' ? ('warn' as const) : ('bad' as const),
    text: `The ${stage} gate says ${outcome}: ${why?.message ?? 'no reason was given'}`,
  }
}
