import type { Digest, GatedStage, Statement } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import {
  type ApprovalConditions,
  attestApproval,
  attestChangesRequested,
  attestRejection,
  attestRevocation,
  attestWaiver,
  type Consent,
  sealStatement,
  subjectOf,
} from '../../trust/evidence/index.ts'
import type { Actor } from './registry-port.ts'
import type { Room } from './room.ts'
import { manifestOf } from './search.ts'

/** Characters of a note; the predicates' schema allows as many. */
const MAX_NOTE = 4000

/** Seals that a person wants the model at a stage. @throws SallyportError `NOT_FOUND`, `CONFLICT` when it was revoked or not assessed */
export async function approveModel(
  room: Room,
  digest: Digest,
  request: { readonly stage: GatedStage; readonly note: string; readonly conditions?: ApprovalConditions },
  actor: Actor,
): Promise<void> {
  const model = notRevoked(room, digest)
  if (model.stage === 'quarantined')
    throw new SallyportError(
      'CONFLICT',
      `${model.name} was not assessed yet; \`sallyport assess ${digest}\` looks at it first`,
    )
  const conditions = conditionsOf(room, request.conditions)
  await seal(room, digest, (subject) =>
    attestApproval(subject, { ...consent(room, actor, request.note), stage: request.stage, ...conditions }),
  )
}

/** Conditions as a statement writes them; those that are none are left out. @throws SallyportError `BAD_INPUT` */
function conditionsOf(
  room: Room,
  given: ApprovalConditions = {},
): { readonly conditions?: ApprovalConditions } {
  const { safetensorsOnly, commit, until } = given
  if (commit !== undefined && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit))
    throw new SallyportError(
      'BAD_INPUT',
      `"${commit.slice(0, 80)}" is no whole commit or version: 40 or 64 hex digits`,
    )
  const end = until === undefined ? undefined : laterThanNow(room, until, 'an approval')
  const conditions = {
    ...(safetensorsOnly === true ? { safetensorsOnly } : {}),
    ...(commit === undefined ? {} : { commit }),
    ...(end === undefined ? {} : { until: end }),
  }
  return Object.keys(conditions).length === 0 ? {} : { conditions }
}

function laterThanNow(room: Room, text: string, what: string): string {
  const until = new Date(text)
  if (Number.isNaN(until.getTime()))
    throw new SallyportError(
      'BAD_INPUT',
      `"${text.slice(0, 80)}" is not a date; write it as 2027-01-31 or RFC 3339`,
    )
  if (until <= room.now())
    throw new SallyportError('BAD_INPUT', `${what} must end later than now; ${until.toISOString()} is past`)
  return until.toISOString()
}

/** Seals that a person wants something changed first. @throws SallyportError `NOT_FOUND`, `CONFLICT`, `BAD_INPUT` without a note */
export async function askForChanges(
  room: Room,
  digest: Digest,
  request: { readonly note: string },
  actor: Actor,
): Promise<void> {
  notRevoked(room, digest)
  await seal(room, digest, (subject) =>
    attestChangesRequested(subject, consent(room, actor, reasonOf(request.note))),
  )
}

/** Seals that a person does not want the model. @throws SallyportError `NOT_FOUND`, `CONFLICT`, `BAD_INPUT` without a note */
export async function rejectModel(
  room: Room,
  digest: Digest,
  request: { readonly note: string },
  actor: Actor,
): Promise<void> {
  notRevoked(room, digest)
  await seal(room, digest, (subject) =>
    attestRejection(subject, consent(room, actor, reasonOf(request.note))),
  )
}

/** Seals that the model is taken out of force for good. @throws SallyportError `NOT_FOUND`, `CONFLICT`, `BAD_INPUT` */
export async function revokeModel(
  room: Room,
  digest: Digest,
  request: { readonly note: string },
  actor: Actor,
): Promise<void> {
  notRevoked(room, digest)
  await seal(room, digest, (subject) =>
    attestRevocation(subject, consent(room, actor, reasonOf(request.note))),
  )
}

/** Seals that a person answers for a rule's findings until a date. @throws SallyportError `BAD_INPUT` for a date that is past or no date */
export async function waiveRule(
  room: Room,
  digest: Digest,
  request: { readonly ruleId: string; readonly reason: string; readonly until: string },
  actor: Actor,
): Promise<void> {
  notRevoked(room, digest)
  const until = laterThanNow(room, request.until, 'a waiver')
  await seal(room, digest, (subject) =>
    attestWaiver(subject, {
      ...consent(room, actor, reasonOf(request.reason)),
      ruleId: request.ruleId,
      until,
    }),
  )
}

function notRevoked(room: Room, digest: Digest) {
  const model = room.view.model(digest)
  if (model === undefined)
    throw new SallyportError('NOT_FOUND', `no model ${digest} here; \`sallyport import\` takes one in`)
  if (model.stage === 'revoked')
    throw new SallyportError('CONFLICT', `${model.name} was revoked, which is for good`)
  return model
}

function reasonOf(note: string): string {
  if (note.trim() === '') throw new SallyportError('BAD_INPUT', 'say why: the note may not be empty')
  return note
}

function consent(room: Room, actor: Actor, note: string): Consent {
  if (note.length > MAX_NOTE)
    throw new SallyportError('BAD_INPUT', `the note has ${note.length} characters; the limit is ${MAX_NOTE}`)
  const { principalId, owner, authentication, requestDigest } = actor
  return { principalId, owner, authentication, requestDigest, note, at: room.now().toISOString() }
}

async function seal(
  room: Room,
  digest: Digest,
  attest: (subject: ReturnType<typeof subjectOf>) => Statement,
): Promise<void> {
  const { manifest, name } = await manifestOf(room, digest)
  await room.record([await sealStatement(attest(subjectOf(manifest, name, room.tenant)), room.keys.consent)])
}
