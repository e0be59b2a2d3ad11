import { noteSight } from './note-sight.ts'
import type { Place, Walk } from './walk-report.ts'

/** Bytes from which on filler hurts whoever unpacks it. */
const MIN_BYTES = 64 * 1024 * 1024
/** Bytes of one member from which on filler is added up: small ones may be anything. */
const LEAST_ADDED = 64 * 1024
/** Times its packed size. Only filler comes so near to the 1032 that deflate can do. */
const HOLLOW_RATIO = 500

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
  noteSight(walk, place, { kind: 'bomb', message, ...(member === undefined ? {} : { member }) })
  return 0
}

/** Notes a bomb that is spread over many members. */
export function noteSpreadHollow(walk: Walk, place: Place, hollowBytes: number): void {
  if (hollowBytes < MIN_BYTES) return
  const message = `${place.source.size} bytes unpack to ${hollowBytes} bytes of nothing that is known, over many members`
  noteSight(walk, place, { kind: 'bomb', message })
}
