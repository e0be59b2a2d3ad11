import type { Digest } from '../../ground/domain/index.ts'
import type { Verified } from '../../trust/evidence/index.ts'
import { openRows } from './read-statements.ts'
import type { Room } from './room.ts'

/** Models whose statements are read; one more than policy looks at, so that it sees when there are too many. */
const MAX_MODELS = 257
/** Points of any kind on the way. */
const MAX_POINTS = 5_000

/**
 * Everything known about the models that a model was made from, over any number of steps and through runs, verified anew.
 * @throws SallyportError `SIGNATURE_INVALID` and others when a statement no longer verifies: could not check is never allow
 */
export async function collectAncestry(room: Room, digest: Digest): Promise<readonly Verified[]> {
  const statements = new Map<Digest, Verified>()
  for (const model of modelsBefore(room.view, digest))
    for (const { verified } of await openRows(room, model)) statements.set(verified.digest, verified)
  return [...statements.values()]
}

function modelsBefore(view: Room['view'], digest: Digest): readonly Digest[] {
  const seen = new Set<Digest>([digest])
  const todo = [digest]
  const models: Digest[] = []
  for (let at = todo.shift(); at !== undefined && seen.size < MAX_POINTS; at = todo.shift()) {
    for (const { from } of view.links(at, 'up').filter(({ claimed }) => !claimed)) {
      if (seen.has(from)) continue
      seen.add(from)
      todo.push(from)
      const kind = view.model(from) === undefined ? view.node(from)?.kind : 'model'
      if (kind === 'model' || kind === 'hub-model') models.push(from)
    }
  }
  return models.slice(0, MAX_MODELS)
}
