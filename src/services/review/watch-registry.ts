import type { GatedStage } from '../../ground/domain/index.ts'
import type { Policy } from '../../trust/policy/index.ts'
import type { Actor, ModelDetail, Registry } from '../registry/index.ts'
import type { OpenReviewQueue } from './create-review-queue.ts'

/** What a registry that is watched tells. */
export interface RegistryWatch {
  /** Opened when there is something to tell: most commands have nothing. */
  readonly queue: () => Promise<Pick<OpenReviewQueue, 'noteRequest' | 'keepUp'>>
  readonly policy: Pick<Policy, 'stages'>
  readonly report: (cause: unknown) => void
}

/**
 * A registry whose refusals land in the queue: a promotion that was not allowed, and a model that came in and waits for a
 * person before the first stage of its way. What people say of a model settles its case. The registry's answer stands,
 * whatever becomes of the queue.
 */
export function watchRegistry<R extends Registry>(registry: R, watch: RegistryWatch): R {
  const told = async (tell: (queue: Awaited<ReturnType<RegistryWatch['queue']>>) => unknown) => {
    try {
      const queue = await watch.queue()
      await tell(queue)
      await queue.keepUp()
    } catch (cause) {
      watch.report(cause)
    }
  }
  const said = async (answer: Promise<ModelDetail>): Promise<ModelDetail> => {
    const model = await answer
    await told(() => undefined)
    return model
  }
  return {
    ...registry,
    assess: async (digest, actor, onProgress) => {
      const model = await registry.assess(digest, actor, onProgress)
      await told((queue) => noteArrival(registry, queue, { model, policy: watch.policy }))
      return model
    },
    promote: async (digest, request, actor) => {
      const decision = await registry.promote(digest, request, actor)
      await told((queue) =>
        queue.noteRequest({ ...asked(actor), digest, ...request, door: 'promote', decision }),
      )
      return decision
    },
    approve: (digest, request, actor) => said(registry.approve(digest, request, actor)),
    reject: (digest, request, actor) => said(registry.reject(digest, request, actor)),
    askChanges: (digest, request, actor) => said(registry.askChanges(digest, request, actor)),
    revoke: (digest, request, actor) => said(registry.revoke(digest, request, actor)),
    waive: (digest, request, actor) => said(registry.waive(digest, request, actor)),
  }
}

function asked({ principalId, owner }: Actor) {
  return { principalId, owner }
}

/** The stages of a model's way, the first first: where the policy lets nothing stand, nothing waits for it. */
const WAY: readonly GatedStage[] = ['staging', 'production', 'development']

async function noteArrival(
  registry: Pick<Registry, 'decide'>,
  queue: Pick<OpenReviewQueue, 'noteRequest'>,
  { model, policy }: { readonly model: ModelDetail; readonly policy: Pick<Policy, 'stages'> },
): Promise<void> {
  const stage = WAY.find((name) => policy.stages[name] !== undefined)
  if (model.stage !== 'assessed' || model.rejected || stage === undefined) return
  const decision = await registry.decide(model.digest, stage)
  const principalId = model.requestedBy
  queue.noteRequest({
    digest: model.digest,
    stage,
    door: 'import',
    principalId,
    owner: principalId,
    decision,
  })
}
