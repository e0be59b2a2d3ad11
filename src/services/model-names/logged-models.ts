import { SallyportError } from '../../ground/lang/index.ts'
import type { NamesCaller } from './gates.ts'
import type { LoggedModel, NamesDeps, Tags } from './ports.ts'
import { type NamePage, type NameQuery, searchLogged } from './search.ts'
import { words } from './tracking.ts'

/** Experiments of one search. */
const MAX_EXPERIMENTS = 100
/** Characters of a name or kind. */
const MAX_WORD = 500
const STATUSES = ['LOGGED_MODEL_PENDING', 'LOGGED_MODEL_READY', 'LOGGED_MODEL_UPLOAD_FAILED']

/** A new logged model as a client asks for it. */
export interface NewLogged {
  readonly experimentId: string
  readonly name: string
  readonly modelType: string
  readonly runId?: string
  readonly params: Tags
  readonly tags: Tags
}

/** Models as MLflow 3 logs them, before any has a name in the registry. */
export interface LoggedModels {
  create(draft: NewLogged, caller: NamesCaller): LoggedModel
  get(id: string): LoggedModel
  finish(id: string, status: string): LoggedModel
  setTags(id: string, tags: Tags): LoggedModel
  addParams(id: string, params: Tags): LoggedModel
  search(experimentIds: readonly string[], query: NameQuery): NamePage<LoggedModel>
  /** Where its artifacts stand, as a path of the artifact store. */
  placeOf(model: LoggedModel): string
}

/** The logged models of a registry that stands alone. */
export function createLoggedModels(deps: Pick<NamesDeps, 'book' | 'now' | 'newId'>): LoggedModels {
  const { book } = deps
  const get = (id: string) => {
    const found = book.logged(id)
    if (found !== undefined) return found
    throw new SallyportError('NOT_FOUND', `Logged model with ID '${id.slice(0, 80)}' not found.`)
  }
  const change = (id: string, with_: (row: LoggedModel) => Partial<LoggedModel>) =>
    book.together(() => {
      const row = get(id)
      const next = { ...row, ...with_(row), updatedMs: deps.now().getTime() }
      book.saveLogged(next)
      return next
    })
  return {
    get,
    create: ({ name, modelType, runId, ...draft }, { actor }) => {
      if ([name, modelType, runId ?? '', draft.experimentId].some((word) => word.length > MAX_WORD))
        throw new SallyportError('BAD_INPUT', `names and kinds have at most ${MAX_WORD} characters`)
      const id = `m-${deps.newId().replaceAll('-', '')}`
      const at = deps.now().getTime()
      const row: LoggedModel = {
        ...{ id, name: name || id, modelType, experimentId: draft.experimentId || '0' },
        ...{ createdMs: at, updatedMs: at, userId: actor.principalId, status: 'LOGGED_MODEL_PENDING' },
        ...{ params: words(draft.params), tags: words(draft.tags) },
        ...(runId === undefined ? {} : { runId }),
      }
      book.saveLogged(row)
      return row
    },
    finish: (id, status) => {
      if (!STATUSES.includes(status))
        throw new SallyportError('BAD_INPUT', `"${status.slice(0, 40)}" is no status of a logged model`)
      return change(id, () => ({ status }))
    },
    setTags: (id, tags) => change(id, (row) => ({ tags: { ...row.tags, ...words(tags) } })),
    addParams: (id, params) => change(id, (row) => ({ params: { ...row.params, ...words(params) } })),
    search: (experimentIds, query) => {
      if (experimentIds.length > MAX_EXPERIMENTS)
        throw new SallyportError('BAD_INPUT', `at most ${MAX_EXPERIMENTS} experiments are searched at a time`)
      return searchLogged(
        [...new Set(experimentIds)].flatMap((id) => book.loggedOf(id)),
        query,
      )
    },
    placeOf: ({ experimentId, id }) => `${experimentId}/models/${id}/artifacts`,
  }
}
