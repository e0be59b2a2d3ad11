import type { Digest } from '../../ground/domain/index.ts'
import { approveModel, askForChanges, rejectModel, revokeModel, waiveRule } from './consent.ts'
import { type EvidenceDesk, evidenceDesk } from './evidence-desk.ts'
import { summaryOf } from './fold-model.ts'
import { decideNow, explainDecision, promoteModel } from './judge.ts'
import { projectLedger } from './project-ledger.ts'
import { readDetail } from './read-detail.ts'
import type { Actor, Registry } from './registry-port.ts'
import type { RegistryDeps, Room } from './room.ts'
import { assessModel, importModel, importStored, type StoredModel } from './search.ts'
import { verifyPath } from './verify-path.ts'

/** The registry with what other services of the house ask of it. */
export interface OpenRegistry extends Registry {
  readonly desk: EvidenceDesk
  /** Takes in a model whose bytes lie in the store already. @throws SallyportError `BAD_INPUT`, `STORE_FAILED` */
  importStored(request: StoredModel, actor: Actor): Promise<Digest>
}

/** The registry of one tenant. The view is brought up to date before it answers. */
export async function createRegistry(deps: RegistryDeps): Promise<OpenRegistry> {
  const room: Room = { ...deps, inTurn: turns(), record: recorder(deps) }
  await projectLedger(deps)
  const detail = (digest: Digest) => readDetail(room, digest)
  return {
    desk: evidenceDesk(room),
    list: async (query) => {
      const page = deps.view.models(query)
      return { ...page, items: page.items.map((model) => summaryOf(model)) }
    },
    get: detail,
    importStored: (request, actor) => importStored(room, request, actor),
    importModel: async (request, actor, onProgress) =>
      detail(await importModel(room, request, actor, onProgress)),
    assess: (digest, _actor, onProgress) =>
      room.inTurn(digest, async () => {
        await assessModel(room, digest, onProgress)
        return detail(digest)
      }),
    approve: (digest, request, actor) =>
      room.inTurn(digest, () => approveModel(room, digest, request, actor).then(() => detail(digest))),
    askChanges: (digest, request, actor) =>
      room.inTurn(digest, () => askForChanges(room, digest, request, actor).then(() => detail(digest))),
    reject: (digest, request, actor) =>
      room.inTurn(digest, () => rejectModel(room, digest, request, actor).then(() => detail(digest))),
    revoke: (digest, request, actor) =>
      room.inTurn(digest, () => revokeModel(room, digest, request, actor).then(() => detail(digest))),
    waive: (digest, request, actor) =>
      room.inTurn(digest, () => waiveRule(room, digest, request, actor).then(() => detail(digest))),
    promote: (digest, request, actor) =>
      room.inTurn(digest, () => promoteModel(room, digest, request.stage, actor)),
    decide: (digest, stage) => decideNow(room, digest, stage),
    explain: (id) => explainDecision(room, id),
    verify: (path, stage, onProgress) => verifyPath(room, path, stage, onProgress),
  }
}

function turns(): Room['inTurn'] {
  const last = new Map<Digest, Promise<unknown>>()
  return (subject, work) => {
    const before = last.get(subject) ?? Promise.resolve()
    const mine = before.then(work, work)
    const settled = mine.then(
      () => undefined,
      () => undefined, // The caller has the failure; the next in turn only waits.
    )
    last.set(subject, settled)
    void settled.then(() => {
      if (last.get(subject) === settled) last.delete(subject)
    })
    return mine
  }
}

function recorder(deps: RegistryDeps): Room['record'] {
  let folding: Promise<unknown> = Promise.resolve()
  return async (envelopes) => {
    const digests: Digest[] = []
    for (const envelope of envelopes.length === 0 ? [] : ((await deps.due?.()) ?? []))
      await deps.ledger.append(envelope)
    for (const envelope of envelopes) digests.push((await deps.ledger.append(envelope)).digest)
    // One fold at a time: two would write the same rows of the view.
    folding = folding.then(
      () => projectLedger(deps),
      () => projectLedger(deps),
    )
    await folding
    return digests
  }
}
