import { SallyportError } from '../../ground/lang/index.ts'
import { checkAlias } from './check-words.ts'
import { mlflowStage, type NamesCaller } from './gates.ts'
import { findModel } from './named-models.ts'
import { changeVersion, findVersion, type VersionsRoom } from './named-versions.ts'
import type { ModelNames } from './names-port.ts'
import { placeOfDigest } from './served-place.ts'

/** Aliases of one name. */
const MAX_ALIASES = 200

type Part = Pick<
  ModelNames,
  'transition' | 'setAlias' | 'deleteAlias' | 'versionByAlias' | 'downloadUri' | 'aliasesOf'
>

/** Aliases and stages, and what is handed out under them. */
export function namedAliases({ deps, gates, registrar, emit }: VersionsRoom): Part {
  const { book } = deps
  /** The row, waited for when its bytes are still on their way. */
  const settled = async (at: { readonly name: string; readonly version: number }) => {
    const row = findVersion(deps, at)
    return row.state === 'pending' ? registrar.on(row) : row
  }
  return {
    transition: async (at, stageText, archive, caller) => {
      const stage = mlflowStage(stageText)
      if (archive && stage !== 'Staging' && stage !== 'Production')
        throw new SallyportError(
          'BAD_INPUT',
          `Model version transition cannot archive existing model versions because '${stage}' is not an Active stage.`,
        )
      const row = await settled(at)
      if (row.stage !== stage && gates.stageOf(row.stage) !== undefined)
        gates.mayTouch(`the stage ${row.stage} of ${at.name}`, caller)
      await gates.move({ ...at, digest: row.digest, to: stage }, caller)
      return book.together(() => {
        // The bytes that were judged, or none: a version that was deleted and made again is another.
        if (findVersion(deps, at).digest !== row.digest) throw changed(at.name)
        for (const other of archive ? book.versions(at.name) : [])
          if (other.version !== at.version && other.stage === stage)
            changeVersion(deps, other, () => ({ stage: 'Archived' }))
        return changeVersion(deps, at, () => ({ stage }))
      })
    },
    setAlias: async (at, alias, caller) => {
      checkAlias(alias)
      const row = await settled(at)
      await gates.move({ ...at, digest: row.digest, to: alias }, caller)
      book.together(() => {
        if (findVersion(deps, at).digest !== row.digest) throw changed(at.name)
        const model = findModel(deps, at.name)
        const aliases = { ...model.aliases, [alias]: at.version }
        if (Object.keys(aliases).length > MAX_ALIASES)
          throw new SallyportError('BAD_INPUT', `a name has at most ${MAX_ALIASES} aliases`)
        book.saveModel({ ...model, aliases, updatedMs: deps.now().getTime() })
        emit('model_version_alias.created', { name: at.name, alias, version: String(at.version) })
      })
    },
    deleteAlias: (name, alias, caller) =>
      deleteAlias({ deps, gates, registrar, emit }, [name, alias], caller),
    versionByAlias: async (name, alias, caller) => {
      const model = findModel(deps, name)
      const version = Object.hasOwn(model.aliases, alias) ? model.aliases[alias] : undefined
      if (version === undefined)
        throw new SallyportError('BAD_INPUT', `Registered model alias ${alias.slice(0, 80)} not found.`)
      const row = await settled({ name, version })
      if (gates.stageOf(alias) !== undefined)
        await gates.serve({ name, version, digest: row.digest }, [alias], caller)
      return row
    },
    downloadUri: async (at, caller) => {
      const row = await settled(at)
      const guards = gates.guardsOf(findModel(deps, at.name), row)
      const stage = await gates.serve({ ...at, digest: row.digest }, guards, caller)
      if (row.digest === undefined) throw changed(at.name)
      return `mlflow-artifacts:/${placeOfDigest(row.digest, stage)}`
    },
    aliasesOf: ({ name, version }) => {
      const aliases = book.model(name)?.aliases ?? {}
      return Object.keys(aliases).filter((alias) => aliases[alias] === version)
    },
  }
}

function deleteAlias(
  { deps, gates, emit }: VersionsRoom,
  [name, alias]: readonly [string, string],
  caller: NamesCaller,
): void {
  if (gates.stageOf(alias) !== undefined) gates.mayTouch(`"${alias}" of ${name}`, caller)
  deps.book.together(() => {
    const model = findModel(deps, name)
    if (!Object.hasOwn(model.aliases, alias)) return
    const { [alias]: _gone, ...aliases } = model.aliases
    deps.book.saveModel({ ...model, aliases, updatedMs: deps.now().getTime() })
    emit('model_version_alias.deleted', { name, alias })
  })
}

function changed(name: string): SallyportError {
  return new SallyportError('CONFLICT', `a version of ${name} changed while it was being judged; ask again`)
}
