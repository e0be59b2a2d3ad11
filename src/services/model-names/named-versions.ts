import { SallyportError } from '../../ground/lang/index.ts'
import { checkDescription, checkTags, withTag } from './check-words.ts'
import { type Gates, mlflowStage } from './gates.ts'
import { sayWhyNot } from './judge.ts'
import { findModel } from './named-models.ts'
import type { ModelNames, NewVersion, VersionAt } from './names-port.ts'
import { parseSource } from './parse-source.ts'
import type { NamedVersion, NamesDeps } from './ports.ts'
import type { Registrar } from './registrar.ts'
import { searchVersions } from './search.ts'
import type { Emit } from './webhooks.ts'

/** Characters of a run's link and of ids that clients hand along. */
const MAX_WORD = 2000

type Part = Pick<
  ModelNames,
  | 'latestVersions'
  | 'createVersion'
  | 'version'
  | 'updateVersion'
  | 'deleteVersion'
  | 'searchVersions'
  | 'setVersionTag'
  | 'deleteVersionTag'
>

/** What versions stand on. */
export interface VersionsRoom {
  readonly deps: NamesDeps
  readonly gates: Gates
  readonly registrar: Registrar
  readonly emit: Emit
}

/** The versions of names. */
export function namedVersions({ deps, gates, registrar, emit }: VersionsRoom): Part {
  const { book } = deps
  return {
    createVersion: async (draft, { actor }) => {
      const source = parseSource(draft.source)
      if (!source.ok) throw new SallyportError('BAD_INPUT', `Invalid model version source: ${source.error}`)
      checkWords(draft)
      const row = book.together(() => {
        const model = findModel(deps, draft.name)
        const at = deps.now().getTime()
        const { name, description, tags = {}, ...words } = draft
        const version: NamedVersion = {
          ...{ name, version: model.nextVersion, createdMs: at, updatedMs: at, userId: actor.principalId },
          ...{ stage: 'None', state: 'pending', tags: checkTags(tags), asker: actor, ...words },
          ...(description === undefined ? {} : { description: checkDescription(description) }),
        }
        book.saveVersion(version)
        book.saveModel({ ...model, nextVersion: model.nextVersion + 1, updatedMs: at })
        emit('model_version.created', {
          ...{ name, version: String(version.version), source: draft.source, run_id: draft.runId ?? null },
          ...{ tags, description: description ?? null },
        })
        return version
      })
      return registrar.on(row)
    },
    version: async (name, number) => {
      const row = findVersion(deps, { name, version: number })
      return judged(deps, gates, row.state === 'pending' ? await registrar.on(row) : row)
    },
    updateVersion: (name, version, description) =>
      changeVersion(deps, { name, version }, () => ({ description: checkDescription(description) })),
    deleteVersion: (name, version) =>
      book.together(() => {
        const model = findModel(deps, name)
        const row = findVersion(deps, { name, version })
        const [guard] = gates.guardsOf(model, row)
        if (guard !== undefined)
          throw new SallyportError(
            'FORBIDDEN',
            `Sallyport refuses to delete version ${version} of ${name}: "${guard}" stands for it. Next: move that name to another version first`,
          )
        const aliases = Object.fromEntries(Object.entries(model.aliases).filter(([, at]) => at !== version))
        book.deleteVersion(name, version)
        book.saveModel({ ...model, aliases, updatedMs: deps.now().getTime() })
      }),
    latestVersions: (name, stages) => {
      findModel(deps, name)
      const wanted = stages.map(mlflowStage)
      const found = new Map<string, NamedVersion>()
      for (const row of book.versions(name))
        if (row.state === 'registered' && !found.has(row.stage)) found.set(row.stage, row)
      return [...found.values()].filter(({ stage }) => (wanted.length === 0 ? true : wanted.includes(stage)))
    },
    searchVersions: (query) => searchVersions(book.versions(), query),
    setVersionTag: (at, [key, value], caller) =>
      book.together(() => {
        gates.mayTag(key, caller)
        changeVersion(deps, at, ({ tags }) => ({ tags: withTag(tags, key, value) }))
        emit('model_version_tag.set', { name: at.name, version: String(at.version), key, value })
      }),
    deleteVersionTag: (at, key, caller) =>
      book.together(() => {
        gates.mayTag(key, caller)
        changeVersion(deps, at, ({ tags }) => ({ tags: withTag(tags, key, undefined) }))
        emit('model_version_tag.deleted', { name: at.name, version: String(at.version), key })
      }),
  }
}

function checkWords({ runId = '', runLink = '', modelId = '' }: NewVersion): void {
  if ([runId, runLink, modelId].some((word) => word.length > MAX_WORD))
    throw new SallyportError('BAD_INPUT', `run_id, run_link and model_id have at most ${MAX_WORD} characters`)
}

/** @throws SallyportError `NOT_FOUND` in MLflow's words */
export function findVersion({ book }: Pick<NamesDeps, 'book'>, { name, version }: VersionAt): NamedVersion {
  const row = book.version(name, version)
  if (row === undefined)
    throw new SallyportError(
      'NOT_FOUND',
      `Model Version (name=${name.slice(0, 256)}, version=${version}) not found`,
    )
  return row
}

/** Changes a row and the time of its name, whole or not at all. */
export function changeVersion(
  deps: Pick<NamesDeps, 'book' | 'now'>,
  at: VersionAt,
  with_: (row: NamedVersion) => Partial<NamedVersion>,
): NamedVersion {
  return deps.book.together(() => {
    const row = findVersion(deps, at)
    const updatedMs = deps.now().getTime()
    const next = { ...row, ...with_(row), updatedMs }
    deps.book.saveVersion(next)
    const model = deps.book.model(at.name)
    if (model !== undefined) deps.book.saveModel({ ...model, updatedMs })
    return next
  })
}

/** A version's state as the policy sees its bytes now: a revocation shows, and so does a waiver. */
async function judged(deps: NamesDeps, gates: Gates, row: NamedVersion): Promise<NamedVersion> {
  if (row.digest === undefined || row.state === 'pending') return row
  const decision = await gates.judge(row.digest, 'development')
  const { problem: _old, ...rest } = row
  if (decision.outcome === 'allow') return { ...rest, state: 'registered' }
  const state = decision.outcome === 'deny' ? 'failed' : 'registered'
  return { ...rest, state, problem: sayWhyNot(decision, deps.reviewUrl(row.digest)) }
}
