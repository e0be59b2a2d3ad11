import { MAX_DEPTH } from './budget.ts'
import { noteSpentBudget } from './note-hollow.ts'
import { noteSight } from './note-sight.ts'
import { UNKNOWN_FORMAT } from './supersede-coverage.ts'
import { walkAround } from './walk-around.ts'
import { lookAtPickle, walkPickle } from './walk-pickle.ts'
import { cover, type Place, type Walk } from './walk-report.ts'
import { walkText } from './walk-text.ts'
import { walkZip } from './walk-zip.ts'
import { type Enter, HEAD_BYTES } from './walker.ts'
import { safetensorsWalker } from './walkers/safetensors.ts'
import { WALKERS } from './walkers.ts'

/** Recognises a place by its content, judges it, and goes into what is inside; then looks at it from outside. */
export async function walkPlace(walk: Walk, place: Place): Promise<void> {
  const sizeBytes = place.source.size
  if (place.depth > MAX_DEPTH) {
    const message = `containers are nested deeper than ${MAX_DEPTH}`
    noteSight(walk, place, { kind: 'nesting', message })
    return unknown(walk, place, message)
  }
  if (sizeBytes === 0) return cover(walk, place, { format: 'empty', readBytes: 0, status: 'full' })
  const head = await place.source.read(0, HEAD_BYTES, walk.signal)
  const enter: Enter = (inner) => walkPlace(walk, inner)
  const before = walk.coverage.length
  await walkContent(walk, place, head, enter)
  const own = walk.coverage.slice(before).find(({ members = [] }) => members.length === place.members.length)
  await walkAround(walk, place, { format: own?.format ?? 'unknown', head }, enter)
  if (place.depth === 0) noteSpentBudget(walk, place)
}

async function walkContent(walk: Walk, place: Place, head: Uint8Array, enter: Enter): Promise<void> {
  const name = place.members.at(-1) ?? walk.path
  const sight = { head, name, sizeBytes: place.source.size }
  for (const walker of WALKERS)
    if (walker.recognizes(sight) && (await walker.walk(walk, place, enter))) return
  await walkRest(walk, place, head, enter)
}

const OPEN_BRACE = 0x7b

/** Pickles of protocol 0 have no magic: what could be one is run, and the outcome says whether it was. */
async function walkRest(walk: Walk, place: Place, head: Uint8Array, enter: Enter): Promise<void> {
  const hasMagic = head[0] === 0x80 && (head[1] ?? 9) <= 5
  const look = await lookAtPickle(walk, place.source)
  const wasBroken = look.facts.runs.some((run) => run.end !== 'stop')
  if (hasMagic || look.hasActive || (look.isPickle && !wasBroken)) return walkPickle(walk, place, look, enter)
  if (await walkText(walk, place, enter)) return
  if (look.isPickle) return walkPickle(walk, place, look, enter)
  // Loaders that search from the end find an archive behind any prefix.
  if (await walkZip(walk, place, enter)) return
  // A header that claims more than any reader takes, before what looks like one: refused as the reference refuses it.
  const isNamed = /\.safetensors$/i.test(place.members.at(-1) ?? walk.path)
  if (isNamed && head[8] === OPEN_BRACE && (await safetensorsWalker.walk(walk, place, enter))) return
  unknown(walk, place, UNKNOWN_FORMAT)
}

function unknown(walk: Walk, place: Place, reason: string): void {
  const readBytes = Math.min(HEAD_BYTES, place.source.size)
  cover(walk, place, { format: 'unknown', readBytes, status: 'none', reason })
}
