import { useSyncExternalStore } from 'react'
import { showTime, showWhen } from './show.ts'

/** Milliseconds; the words are no finer than a minute. */
const TICK_MS = 30_000
let now = Date.now()

function subscribe(changed: () => void): () => void {
  const timer = setInterval(() => {
    now = Date.now()
    changed()
  }, TICK_MS)
  return () => clearInterval(timer)
}

/** The time of day, in steps of half a minute. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now)
}

/** A time as a distance from now; the exact one is its title. */
export function When({ at }: { readonly at: string }) {
  const current = useNow()
  return (
    <time dateTime={at} title={showTime(at)} className="whitespace-nowrap">
      {showWhen(at, current)}
    </time>
  )
}
