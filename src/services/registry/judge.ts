import type { Decision, Digest, GatedStage } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import {
  attestDecision,
  attestDeploymentReceipt,
  exportVsa,
  predicateOf,
  sealStatement,
  subjectOf,
} from '../../trust/evidence/index.ts'
import { decide } from '../../trust/policy/index.ts'
import { collectAncestry } from './collect-ancestry.ts'
import { timelineOf } from './read-detail.ts'
import { openRow, openRows } from './read-statements.ts'
import type { Actor, Explanation } from './registry-port.ts'
import type { Room } from './room.ts'
import { manifestOf } from './search.ts'

/**
 * Decides now, from evidence and consent that were verified anew. Nothing is sealed.
 * @throws SallyportError `NOT_FOUND` for a model that is not here; `SIGNATURE_INVALID` and others when a statement of
 * it no longer verifies: could not check is never allow
 */
export async function decideNow(room: Room, digest: Digest, stage: GatedStage): Promise<Decision> {
  if (room.view.model(digest) === undefined)
    throw new SallyportError('NOT_FOUND', `no model ${digest} here; \`sallyport import\` takes one in`)
  const opened = await openRows(room, digest)
  const statements = opened.map(({ verified }) => verified).filter(({ kind }) => kind !== 'decision')
  return decide(room.policy, {
    id: room.newId(),
    tenant: room.tenant,
    subject: digest,
    stage,
    statements,
    ancestry: await collectAncestry(room, digest),
    at: room.now(),
  })
}

/** Decides anew and seals the decision, with a receipt when it is `allow`, and in SLSA's words where it has some. */
export async function promoteModel(
  room: Room,
  digest: Digest,
  stage: GatedStage,
  actor: Actor,
): Promise<Decision> {
  const decision = await decideNow(room, digest, stage)
  const { manifest, name } = await manifestOf(room, digest)
  const subject = subjectOf(manifest, name, room.tenant)
  const [sealed] = await room.record([
    await sealStatement(attestDecision(subject, decision), room.keys.policy),
  ])
  const rest: Uint8Array[] = []
  const vsa = exportVsa(subject, decision)
  if (vsa !== undefined) rest.push(await sealStatement(vsa, room.keys.policy))
  if (decision.outcome === 'allow' && sealed !== undefined) {
    const { principalId, owner, authentication, requestDigest } = actor
    const at = room.now().toISOString()
    const receipt = { principalId, owner, authentication, requestDigest, at, stage, decision: sealed }
    rest.push(await sealStatement(attestDeploymentReceipt(subject, receipt), room.keys.assessor))
  }
  await room.record(rest)
  return decision
}

/** A sealed decision with every statement that it read. @throws SallyportError `NOT_FOUND`, `LOG_CORRUPT` */
export async function explainDecision(room: Room, id: string): Promise<Explanation> {
  const found = room.view.decision(id)
  const row = found === undefined ? undefined : room.view.statement(found.statement)
  if (row === undefined) throw new SallyportError('NOT_FOUND', `no sealed decision ${id}`)
  const decision = predicateOf((await openRow(room, row)).verified, 'decision')
  if (decision === undefined)
    throw new SallyportError('LOG_CORRUPT', `the statement of decision ${id} is not a decision`)
  const statements: Explanation['statements'][number][] = []
  for (const digest of decision.inputs) {
    const input = room.view.statement(digest)
    if (input === undefined)
      throw new SallyportError('LOG_CORRUPT', `decision ${id} read ${digest}, which is not in the log`)
    const { verified } = await openRow(room, input)
    statements.push({ ...timelineOf(input), predicate: verified.statement.predicate })
  }
  return { decision, statements }
}
