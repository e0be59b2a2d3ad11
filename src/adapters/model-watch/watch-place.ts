import { type FSWatcher, watch } from 'node:fs'
import { dirname } from 'node:path'
import type { Place, PlaceWatch } from '../../services/guard-load/index.ts'

/** Milliseconds between two looks where nothing was heard: events of network file systems may never come. */
const LOOK_MS = 5_000
/** Milliseconds that a burst of events is gathered: a download writes thousands of times. */
const SETTLE_MS = 100
/** Folders that are listened to; the others wait for the next look. */
const MAX_FOLDERS = 512

/** Listens to the folders of a model's files, and of what they are links to. */
export function watchPlace(place: Place): PlaceWatch {
  const watchers: FSWatcher[] = []
  let moved = false
  let go: (() => void) | undefined
  let settle: NodeJS.Timeout | undefined
  const wake = () => {
    moved = true
    settle ??= setTimeout(() => {
      settle = undefined
      go?.()
    }, SETTLE_MS)
  }
  for (const folder of foldersOf(place).slice(0, MAX_FOLDERS)) {
    try {
      // Where the system has no more watches to give, the look every few seconds stands in.
      watchers.push(watch(folder, { persistent: false }, wake).on('error', wake))
    } catch {
      moved = true
    }
  }
  let closed = false
  const timer = setInterval(() => go?.(), LOOK_MS)
  return {
    next: () =>
      new Promise((done) => {
        if (closed) return done()
        go = () => {
          go = undefined
          moved = false
          done()
        }
        if (moved) wake()
      }),
    close: () => {
      closed = true
      clearInterval(timer)
      clearTimeout(settle)
      for (const one of watchers) one.close()
      go?.()
    },
  }
}

function foldersOf(place: Place): readonly string[] {
  const folders = new Set<string>(place.kind === 'file' ? [] : [place.path])
  for (const { name, path } of place.files) {
    folders.add(dirname(path))
    if (place.kind === 'snapshot' && name.includes('/')) folders.add(dirname(`${place.path}/${name}`))
  }
  return [...folders]
}
