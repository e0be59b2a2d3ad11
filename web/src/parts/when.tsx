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

/** Whether it came after the last step of the time of day and is past all the same: it is not to be told as of the future. */
function isJustPast(at: string, current: number): boolean {
  const time = Date.parse(at)
  return time > current && time <= Date.now()
}

/** A time as a distance from now; the exact one is its title. */
export function When({ at }: { readonly at: string }) {
  const current = useNow()
  return (
    <time dateTime={at} title={showTime(at)} className="whitespace-nowrap">
      {showWhen(at, isJustPast(at, current) ? Date.parse(at) : current)}
    </time>
  )
}
