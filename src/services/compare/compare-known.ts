import type { Digest } from '../../ground/domain/index.ts'
import { SallyportError } from '../../ground/lang/index.ts'
import type { Differences, ModelComparison } from './compare-port.ts'
import type { Comparer, PlacedModel } from './ports.ts'

/** Answers that are kept: digests never change what they mean, so an answer is good for ever. */
const KEPT = 32
/** Comparisons that may wait for the one under way; each may take minutes. */
const MAX_WAITING = 8

/** What a comparison of models that are here stands on. */
export interface CompareDeps {
  /** Undefined for a model that is not here. */
  readonly place: (model: Digest) => Promise<PlacedModel | undefined>
  readonly comparer: Comparer
}

/** Compares models that are here, one pair at a time; the same question is answered once. */
export function compareKnown({ place, comparer }: CompareDeps): ModelComparison {
  const answers = new Map<string, Promise<Differences>>()
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  const inTurn = (work: () => Promise<Differences>): Promise<Differences> => {
    if (waiting >= MAX_WAITING)
      throw new SallyportError(
        'RATE_LIMITED',
        `${MAX_WAITING} comparisons wait already; ask again in a minute`,
      )
    waiting += 1
    const mine = last.then(work)
    last = mine
      .catch(() => undefined) // The caller has the failure; the next in turn only waits.
      .finally(() => {
        waiting -= 1
      })
    return mine
  }
  return {
    async between(before, after) {
      const [old, fresh] = [await found(place, before), await found(place, after)]
      const key = `${before} ${after}`
      const known = answers.get(key)
      if (known !== undefined) return known
      const answer = inTurn(() => comparer.compare(old, fresh))
      answers.set(key, answer)
      const [oldest] = answers.keys()
      if (answers.size > KEPT && oldest !== undefined) answers.delete(oldest)
      answer.catch(() => answers.delete(key))
      return answer
    },
  }
}

async function found(place: CompareDeps['place'], digest: Digest): Promise<PlacedModel> {
  const model = await place(digest)
  if (model === undefined)
    throw new SallyportError('NOT_FOUND', `no model ${digest} here; \`sallyport models\` lists them`)
  return model
}
