import { SallyportError } from '../../ground/lang/index.ts'
import { checkDescription, checkName, checkTags, withTag } from './check-words.ts'
import type { Gates } from './gates.ts'
import type { ModelNames } from './names-port.ts'
import type { NamedModel, NamesDeps } from './ports.ts'
import { searchModels } from './search.ts'
import type { Emit } from './webhooks.ts'

/** Models under names; more would be searched row by row too slowly. */
const MAX_MODELS = 100_000

type Part = Pick<
  ModelNames,
  | 'createModel'
  | 'model'
  | 'renameModel'
  | 'updateModel'
  | 'deleteModel'
  | 'searchModels'
  | 'setModelTag'
  | 'deleteModelTag'
>

/** The names themselves. */
export function namedModels(deps: NamesDeps, gates: Gates, emit: Emit): Part {
  const { book } = deps
  const change = (name: string, with_: (row: NamedModel) => Partial<NamedModel>): NamedModel =>
    book.together(() => {
      const row = findModel(deps, name)
      const next = { ...row, ...with_(row), updatedMs: deps.now().getTime() }
      book.saveModel(next)
      return next
    })
  return {
    createModel: ({ name, description, tags = {} }, { actor }) =>
      book.together(() => {
        checkName(name)
        if (book.model(name) !== undefined)
          throw new SallyportError('CONFLICT', `Registered Model (name=${name}) already exists.`)
        if (book.models().length >= MAX_MODELS)
          throw new SallyportError('BAD_INPUT', `more than ${MAX_MODELS} names are not kept`)
        const at = deps.now().getTime()
        const row: NamedModel = {
          ...{ name, createdMs: at, updatedMs: at, userId: actor.principalId },
          ...{ tags: checkTags(tags), aliases: {}, nextVersion: 1 },
          ...(description === undefined ? {} : { description: checkDescription(description) }),
        }
        book.saveModel(row)
        emit('registered_model.created', { name, tags, description: description ?? null })
        return row
      }),
    model: (name) => findModel(deps, name),
    renameModel: (from, to, caller) => {
      const guarded = guardedOf(deps, gates, from)
      if (guarded !== undefined) gates.mayTouch(`"${guarded}" of ${from}`, caller)
      return book.together(() => {
        const row = findModel(deps, from)
        checkName(to)
        if (book.model(to) !== undefined)
          throw new SallyportError('CONFLICT', `Registered Model (name=${to}) already exists.`)
        book.renameModel(from, to)
        const next = { ...row, name: to, updatedMs: deps.now().getTime() }
        book.saveModel(next)
        return next
      })
    },
    updateModel: (name, description) => change(name, () => ({ description: checkDescription(description) })),
    deleteModel: (name) => {
      findModel(deps, name)
      const guarded = guardedOf(deps, gates, name)
      if (guarded !== undefined)
        throw new SallyportError(
          'FORBIDDEN',
          `Sallyport refuses to delete ${name}: "${guarded}" stands for one of its versions. Next: delete that alias, or archive the version, first`,
        )
      book.deleteModel(name)
    },
    searchModels: (query) => searchModels(book.models(), query),
    setModelTag: (name, key, value) => {
      change(name, ({ tags }) => ({ tags: withTag(tags, key, value) }))
    },
    deleteModelTag: (name, key) => {
      change(name, ({ tags }) => ({ tags: withTag(tags, key, undefined) }))
    },
  }
}

/** @throws SallyportError `NOT_FOUND` in MLflow's words */
export function findModel({ book }: Pick<NamesDeps, 'book'>, name: string): NamedModel {
  const row = book.model(name)
  if (row === undefined)
    throw new SallyportError('NOT_FOUND', `Registered Model with name=${name.slice(0, 256)} not found`)
  return row
}

function guardedOf({ book }: NamesDeps, gates: Gates, name: string): string | undefined {
  const model = book.model(name)
  if (model === undefined) return undefined
  for (const version of book.versions(name)) {
    const [guard] = gates.guardsOf(model, version)
    if (guard !== undefined) return guard
  }
  return undefined
}
