import type { Parts } from './home-parts.ts'
import { openTrainingKeeper } from './home-training.ts'
import type { Settings } from './services/settings/index.ts'
import type { RunReader } from './services/training/index.ts'

/** Milliseconds between two looks at what others left for whoever holds the home. */
const EVERY_MS = 3000

/** What a server does beside answering: it takes in what waits in the outbox, and seals runs whose wrapper was killed. */
export interface Keeping {
  /** Absent on a system where runs are not watched. */
  readonly runs?: RunReader
  /** Resolves when the look that is under way has ended. */
  close(): Promise<void>
}

/** Looks after a home until it is closed. @param report hears of what cannot be done; the next look tries again */
export async function keepHouse(
  settings: Settings,
  parts: Pick<Parts, 'drain'>,
  report: (what: string, cause: unknown) => void,
): Promise<Keeping> {
  const keeper = await openTrainingKeeper(settings)
  const told = new Set<string>()
  const tellOnce = (what: string, message: string, cause: unknown) => {
    if (told.has(message)) return
    told.add(message)
    report(what, cause)
  }
  const look = async (): Promise<void> => {
    try {
      const settled = await keeper?.settle()
      for (const { id, message } of settled?.problems ?? [])
        tellOnce(`run ${id} cannot be sealed`, `${id} ${message}`, new Error(message))
      for (const { name, reason } of (await parts.drain()).refused)
        report(`${name} was left in the outbox and refused`, new Error(reason))
    } catch (cause) {
      tellOnce('the outbox or the runs cannot be looked at', String(cause), cause)
    }
  }
  let looking = Promise.resolve()
  const timer = setInterval(() => {
    // One look at a time; a slow one is not overtaken.
    if (busy) return
    busy = true
    looking = look().finally(() => {
      busy = false
    })
  }, EVERY_MS)
  let busy = false
  return {
    ...(keeper === undefined ? {} : { runs: keeper.reader }),
    close: () => {
      clearInterval(timer)
      return looking
    },
  }
}
