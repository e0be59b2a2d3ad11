import { noteSight } from './note-sight.ts'
import { BOMB_RATIO } from './unpacked-source.ts'
import type { Place, Walk } from './walk-report.ts'

/** Bytes from which on filler hurts whoever unpacks it. */
const MIN_BYTES = 64 * 1024 * 1024
/** Bytes of one member from which on filler is added up: small ones may be anything. */
const LEAST_ADDED = 64 * 1024
/** Times its packed size. Only filler comes so near to the 1032 that deflate can do. */
const HOLLOW_RATIO = 500

/** Bytes that may still be unpacked of a file once a bomb was found in it: it is judged, and the rest would be more of the same. */
const BYTES_AFTER_BOMB = 64 * 1024 * 1024

/** What was unpacked, and from how much. */
export interface Hollow {
  readonly inner: Place
  readonly packedBytes: number
  /** How much coverage there was before the inner place was walked. */
  readonly before: number
}

/**
 * Notes a bomb within the budget: filler that no format explains. Arrays of zeros of a model pack as well, but they are
 * understood as arrays. Gives the bytes of filler that were too few to be noted, for who adds them up.
 */
export function noteHollow(walk: Walk, place: Place, { inner, packedBytes, before }: Hollow): number {
  const { size } = inner.source
  if (size < LEAST_ADDED || size < HOLLOW_RATIO * packedBytes) return 0
  const own = walk.coverage.slice(before).find(({ members = [] }) => members.length === inner.members.length)
  if (own?.format !== 'unknown') return 0
  if (size < MIN_BYTES) return size
  const message = `${packedBytes} bytes unpack to ${size} bytes of nothing that is known`
  const member = inner.members.at(-1)
  noteBomb(walk, place, { message, ...(member === undefined ? {} : { member }) })
  return 0
}

function noteBomb(walk: Walk, place: Place, sight: { message: string; member?: string }): void {
  noteSight(walk, place, { kind: 'bomb', ...sight })
  walk.budget.inflateLeft = Math.min(walk.budget.inflateLeft, BYTES_AFTER_BOMB)
}

/** Notes a bomb that is spread over many members. */
export function noteSpreadHollow(walk: Walk, place: Place, hollowBytes: number): void {
  if (hollowBytes < MIN_BYTES) return
  const message = `${place.source.size} bytes unpack to ${hollowBytes} bytes of nothing that is known, over many members`
  noteBomb(walk, place, { message })
}

/** Notes a bomb of archives in archives, none of which is one for itself: the budget ended, and the file is far too small for that. */
export function noteSpentBudget(walk: Walk, place: Place): void {
  const { inflateLeft, unpackedBytes } = walk.budget
  const { size } = place.source
  const isKnown = walk.findings.some(({ ruleId }) => ruleId === 'container/bomb')
  if (isKnown || inflateLeft >= 0 || unpackedBytes <= BOMB_RATIO * size) return
  const message = `${size} bytes unpack to more than ${unpackedBytes}, over many containers`
  noteSight(walk, place, { kind: 'bomb', message })
}
