import { buildCommand, buildRouteMap } from '@stricli/core'
import type { HeldRevision, Received } from '../../../services/firewall/index.ts'
import { type CliContext, type CommonFlags, JSON_FLAG, print } from '../context.ts'
import { dim, safe } from '../format-text.ts'
import { table } from '../table.ts'

/** Revisions that are listed. */
const MAX_LISTED = 500
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

/** `sallyport hub …`. */
export const hubCommands = buildRouteMap({
  routes: { list: listHub },
  docs: { brief: 'What came through the hub firewall' },
})

export const cachesCommand = buildCommand({
  async func(this: CliContext, flags: CommonFlags, of: string) {
    const door = await this.house.hub()
    try {
      const receivers = door.receivers(of)
      print(this, flags, { kind: 'receivers', receivers: receivers.map(receiverOf) }, () =>
        showReceivers(receivers),
      )
    } finally {
      door.close()
    }
  },
  parameters: {
    flags: { ...JSON_FLAG },
    positional: {
      kind: 'tuple',
      parameters: [{ parse: String, brief: 'Repository, digest, or its first digits', placeholder: 'model' }],
    },
  },
  docs: {
    brief: 'List who ever received a model through the hub',
    fullDescription:
      'After a revocation no server can reach the copies that clients keep. This says whose they are; `sallyport verify` where models are loaded refuses them.',
    customUsage: [
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

function showReceivers(receivers: readonly Received[]): readonly string[] {
  if (receivers.length === 0) return ['Nobody has received it through this hub.']
  return table(
    ['PRINCIPAL', 'REPOSITORY', 'COMMIT', 'FILES', 'FIRST', 'LAST'],
    receivers.map((one) => [
      one.principalId,
      safe(nameOf(one)),
      one.commit.slice(0, SHORT),
      String(one.files),
      one.firstAt,
      one.lastAt,
    ]),
  )
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
