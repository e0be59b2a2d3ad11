import { SallyportError } from '../../ground/lang/index.ts'
import type { NamesCaller } from './gates.ts'
import type { GuardRoom } from './guard-room.ts'
import { sayWhyNot } from './judge.ts'
import { parseSource } from './parse-source.ts'
import type { Fields, NamedVersion } from './ports.ts'

/** A version as it stands here, and in the words of the server behind. */
export interface PeerVersion {
  readonly row: NamedVersion
  readonly wire: Fields
}

/** Versions of the server behind, each with the digest of its bytes as they were brought in here. */
export interface PeerVersions {
  /** A version that a request names; one that was never seen, or was made anew, is brought in first. */
  find(fields: Fields, caller: NamesCaller): Promise<PeerVersion>
  /** The same for a version that an answer holds. */
  take(wire: unknown, caller: NamesCaller): Promise<PeerVersion>
  create(fields: Fields, caller: NamesCaller): Promise<Fields>
  /** Guarded names that stand for a version, and for any of a model. */
  guardsOf(wire: Fields): readonly string[]
  guardsOfModel(model: unknown): readonly string[]
  /** The version with its state as the policy sees its bytes now. */
  judged(row: NamedVersion, wire: Fields): Promise<Fields>
  /** An answer with the state that each of its versions has here. */
  overlay(answer: Fields): Fields
}

const STATUS = {
  pending: 'PENDING_REGISTRATION',
  registered: 'READY',
  failed: 'FAILED_REGISTRATION',
} as const

/** @param room the guard's */
export function createPeerVersions(room: GuardRoom): PeerVersions {
  const { deps, gates, registrar, peer } = room
  const isGuarded = (name: string) => gates.stageOf(name) !== undefined
  const guardsOf = (wire: Fields) =>
    [...textsOf(wire.aliases), String(wire.current_stage ?? 'None')].filter(isGuarded)
  const take: PeerVersions['take'] = async (value, caller) => {
    const wire = recordOf(value)
    const fresh = rowOf(wire, caller, deps.now())
    const known = deps.book.version(fresh.name, fresh.version)
    // A number may be given again there, and a source changed beside us: those are other bytes.
    const isSame = known?.createdMs === fresh.createdMs && known.source === fresh.source
    const row = isSame && known !== undefined ? known : fresh
    if (row === fresh) deps.book.saveVersion(fresh)
    const settled = await registrar.on(row)
    if (settled.digest !== undefined && digestTag(wire) !== settled.digest) await mark(room, settled)
    return { row: settled, wire }
  }
  return {
    take,
    guardsOf,
    find: async ({ name, version }, caller) =>
      take((await peer.call('GET', 'model-versions/get', { name, version })).model_version, caller),
    create: async (fields, caller) => {
      const source = parseSource(String(fields.source ?? ''))
      if (!source.ok) throw new SallyportError('BAD_INPUT', `Invalid model version source: ${source.error}`)
      if (source.value.kind === 'folder')
        throw new SallyportError(
          'FORBIDDEN',
          "sources on a server's own disk are refused; log the model to its artifact store",
        )
      const answer = await peer.call('POST', 'model-versions/create', fields)
      const { row, wire } = await take(answer.model_version, caller)
      return { model_version: withState(row, wire) }
    },
    guardsOfModel: (value) => {
      const model = recordOf(value)
      const aliases = listOf(model.aliases).map((one) => String(recordOf(one).alias))
      const stages = listOf(model.latest_versions).map((one) => String(recordOf(one).current_stage))
      return [...aliases, ...stages].filter(isGuarded)
    },
    judged: async (row, wire) => {
      if (row.digest === undefined || row.state === 'pending') return withState(row, wire)
      const decision = await gates.judge(row.digest, 'development')
      const { problem: _old, ...rest } = row
      if (decision.outcome === 'allow') return withState({ ...rest, state: 'registered' }, wire)
      const state = decision.outcome === 'deny' ? 'failed' : 'registered'
      return withState({ ...rest, state, problem: sayWhyNot(decision, deps.reviewUrl(row.digest)) }, wire)
    },
    overlay: (answer) => overlaid(room, answer),
  }
}

/** The digest stands with the version there too; one that cannot be written is written with the next question. */
async function mark({ peer, deps }: GuardRoom, { name, version, digest }: NamedVersion): Promise<void> {
  const tag = { name, version: String(version), key: 'sallyport.digest', value: digest }
  await peer.call('POST', 'model-versions/set-tag', tag).catch((cause: unknown) => deps.report(cause))
}

function overlaid({ deps }: GuardRoom, answer: Fields): Fields {
  const one = (value: unknown): unknown => {
    const wire = recordOf(value)
    const row = deps.book.version(String(wire.name), Number(wire.version))
    return row === undefined ? wire : withState(row, wire)
  }
  const model = (value: unknown) => {
    const wire = recordOf(value)
    return { ...wire, latest_versions: listOf(wire.latest_versions).map(one) }
  }
  return {
    ...answer,
    ...(answer.model_version === undefined ? {} : { model_version: one(answer.model_version) }),
    ...(answer.model_versions === undefined
      ? {}
      : { model_versions: listOf(answer.model_versions).map(one) }),
    ...(answer.registered_model === undefined ? {} : { registered_model: model(answer.registered_model) }),
    ...(answer.registered_models === undefined
      ? {}
      : { registered_models: listOf(answer.registered_models).map(model) }),
  }
}

function withState(row: NamedVersion, wire: Fields): Fields {
  const tags = listOf(wire.tags).filter((tag) => recordOf(tag).key !== 'sallyport.digest')
  return {
    ...wire,
    status: STATUS[row.state],
    ...(row.problem === undefined ? {} : { status_message: row.problem }),
    tags: row.digest === undefined ? tags : [...tags, { key: 'sallyport.digest', value: row.digest }],
  }
}

function rowOf(wire: Fields, { actor }: NamesCaller, now: Date): NamedVersion {
  const version = Number(wire.version)
  const createdMs = Number(wire.creation_timestamp)
  if (typeof wire.name !== 'string' || !Number.isSafeInteger(version) || !Number.isFinite(createdMs))
    throw new SallyportError('PEER_FAILED', 'the MLflow server behind answered with no version')
  return {
    ...{ name: wire.name, version, createdMs, updatedMs: now.getTime(), userId: String(wire.user_id ?? '') },
    ...{ stage: 'None', source: String(wire.source ?? ''), state: 'pending', tags: {}, asker: actor },
  }
}

function digestTag(wire: Fields): unknown {
  return listOf(wire.tags)
    .map(recordOf)
    .find(({ key }) => key === 'sallyport.digest')?.value
}

function recordOf(value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new SallyportError(
    'PEER_FAILED',
    'the MLflow server behind answered in another shape than its protos',
  )
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).map(String)
}
