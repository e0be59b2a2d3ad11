import { createLoggedModels } from './logged-models.ts'
import type { NameBook, SourceReader } from './ports.ts'
import { createTracking } from './tracking.ts'

/** Sources of a registry that stands alone: what clients uploaded to it. */
export function ownSources(deps: {
  readonly book: NameBook
  readonly now: () => Date
  readonly newId: () => string
  readonly web: SourceReader['web']
}): SourceReader {
  const { book } = deps
  const tracking = createTracking(deps)
  const logged = createLoggedModels(deps)
  return {
    web: deps.web,
    artifacts: async (path) => {
      const one = book.artifact(path)
      const files = one === undefined ? book.artifactsUnder(path) : [one]
      const from = one === undefined ? path.length + 1 : path.lastIndexOf('/') + 1
      return files.map(({ path: at, size, sha256 }) => ({ name: at.slice(from), size, sha256 }))
    },
    placeOfRun: async (id) => tracking.placeOfRun(tracking.run(id)),
    placeOfLoggedModel: async (id) => logged.placeOf(logged.get(id)),
  }
}
