import { buildCommand, buildRouteMap } from '@stricli/core'
import type { Asked, HeldRevision, Received } from '../../../services/firewall/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { dim, safe } from '../format-text.ts'
import { table } from '../table.ts'

/** Revisions that are listed. */
const MAX_LISTED = 500
/** Questions in one answer. */
const MAX_ASKED = 10_000
/** Hex digits of a commit that people compare. */
const SHORT = 12

const listHub = buildCommand({
  async func(this: CliContext, flags: CommonFlags) {
    const door = await this.house.hub()
    try {
      const revisions = door.held(MAX_LISTED)
      print(this, flags, { kind: 'hub-revisions', revisions: revisions.map(outputOf) }, () =>
        showHeld(revisions),
      )
    } finally {
      door.close()
    }
  },
  parameters: { flags: { ...JSON_FLAG } },
  docs: {
    brief: 'List what is held behind the hub firewall',
    fullDescription:
      'Every revision that somebody asked for through HF_ENDPOINT, the last changed first. It may run beside a server.',
  },
})

interface AuditFlags extends CommonFlags {
  readonly principal?: string
  readonly repo?: string
  readonly limit: number
}

const auditHub = buildCommand({
  async func(this: CliContext, { principal, repo, limit, ...flags }: AuditFlags) {
    const door = await this.house.hub()
    try {
      const which = {
        ...(principal === undefined ? {} : { principalId: principal }),
        ...(repo === undefined ? {} : { repo }),
      }
      const questions = door.asked(which, limit)
      print(this, flags, { kind: 'hub-questions', questions: questions.map(askedOf) }, () =>
        showAsked(questions),
      )
    } finally {
      door.close()
    }
  },
  parameters: {
    flags: {
      ...JSON_FLAG,
      principal: { kind: 'parsed', parse: String, optional: true, brief: 'of this principal only' },
      repo: {
        kind: 'parsed',
        parse: String,
        optional: true,
        brief: 'for this repository only: org/model, datasets/org/data',
      },
      limit: { kind: 'parsed', parse: parseLimit, default: '50', brief: 'so many, the newest first' },
    },
  },
  docs: {
    brief: 'List who asked the hub for what, and what they got',
    fullDescription:
      'The newest questions of clients first. The last million are kept; who received bytes is kept for good (`sallyport caches`). It may run beside a server.',
    customUsage: [{ input: '--repo org/model', brief: 'everybody who wanted it' }],
  },
})

/** `sallyport hub …`. */
export const hubCommands = buildRouteMap({
  routes: { list: listHub, audit: auditHub },
  docs: { brief: 'What came through the hub firewall' },
})

export const cachesCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags, of?: string) {
    const wanted = of === undefined ? await this.house.revokedModels() : [of]
    const door = await this.house.hub()
    try {
      const receivers = wanted.flatMap((one) => door.receivers(one))
      print(this, flags, { kind: 'receivers', receivers: receivers.map(receiverOf) }, () =>
        showReceivers(receivers, of),
      )
    } finally {
      door.close()
    }
  },
  parameters: {
    flags: { ...JSON_FLAG },
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: String,
          brief: 'Repository, digest, or its first digits; every revoked model where none is named',
          placeholder: 'model',
          optional: true,
        },
      ],
    },
  },
  docs: {
    brief: 'List who ever received a model through the hub; without a name, any revoked one',
    fullDescription:
      'After a revocation no server can reach the copies that clients keep. This says whose they are; `sallyport guard-load` where models are loaded refuses them.',
    customUsage: [
      { input: '', brief: 'who holds what was revoked' },
      { input: 'org/model', brief: 'every revision of it' },
      { input: 'sha256:5121a909', brief: 'these very bytes' },
    ],
  },
})

function showHeld(revisions: readonly HeldRevision[]): readonly string[] {
  if (revisions.length === 0)
    return [
      'Nothing has come through the hub yet.',
      dim('  → sallyport up, then HF_ENDPOINT=http://127.0.0.1:7450'),
    ]
  return table(
    ['REPOSITORY', 'COMMIT', 'STATE', 'FILES', 'MODEL', 'NOTE'],
    revisions.map((held) => [
      safe(nameOf(held)),
      held.commit.slice(0, SHORT),
      held.state,
      String(held.files.length),
      held.digest?.slice(0, 'sha256:'.length + SHORT) ?? '',
      safe(held.problem ?? ''),
    ]),
  )
}

function showReceivers(receivers: readonly Received[], of: string | undefined): readonly string[] {
  if (receivers.length === 0)
    return [`Nobody has received ${of === undefined ? 'a revoked model' : 'it'} through this hub.`]
  return table(
    ['PRINCIPAL', 'REPOSITORY', 'COMMIT', 'MODEL', 'FILES', 'FIRST', 'LAST'],
    receivers.map((one) => [
      one.principalId,
      safe(nameOf(one)),
      one.commit.slice(0, SHORT),
      one.digest.slice(0, 'sha256:'.length + SHORT),
      String(one.files),
      one.firstAt,
      one.lastAt,
    ]),
  )
}

function showAsked(questions: readonly Asked[]): readonly string[] {
  if (questions.length === 0) return ['Nobody has asked for it.']
  return table(
    ['AT', 'PRINCIPAL', 'REPOSITORY', 'REVISION', 'FILE', 'OUTCOME'],
    questions.map((one) => [
      one.at,
      one.principalId,
      safe(nameOf(one)),
      safe(one.revision.slice(0, 40)),
      safe(one.path ?? ''),
      one.outcome,
    ]),
  )
}

function askedOf(one: Asked): unknown {
  const { at, principalId, revision, outcome, commit, path } = one
  return {
    ...{ at, principalId, repository: nameOf(one), revision, outcome },
    ...(commit === undefined ? {} : { commit }),
    ...(path === undefined ? {} : { path }),
  }
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_ASKED)
    throw new SyntaxError(`--limit is a whole number from 1 to ${MAX_ASKED}`)
  return limit
}

function nameOf({ repo }: Pick<HeldRevision, 'repo'>): string {
  return repo.kind === 'model' ? repo.id : `${repo.kind}s/${repo.id}`
}

function outputOf(held: HeldRevision): unknown {
  const { commit, state, digest, problem, askedAt, changedAt, askedBy, files } = held
  return {
    ...{ repository: nameOf(held), commit, state, files: files.length, askedBy, askedAt, changedAt },
    ...(digest === undefined ? {} : { digest }),
    ...(problem === undefined ? {} : { problem }),
  }
}

function receiverOf(one: Received): unknown {
  const { principalId, commit, digest, files, firstAt, lastAt } = one
  return { principalId, repository: nameOf(one), commit, digest, files, firstAt, lastAt }
}
