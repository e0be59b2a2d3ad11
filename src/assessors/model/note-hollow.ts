import { noteSight } from './note-sight.ts'
import type { Place, Walk } from './walk-report.ts'

/** Bytes from which on filler hurts whoever unpacks it. */
const MIN_BYTES = 64 * 1024 * 1024
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
 * understood as arrays.
 */
export function noteHollow(walk: Walk, place: Place, { inner, packedBytes, before }: Hollow): void {
  const { size } = inner.source
  if (size < MIN_BYTES || size < HOLLOW_RATIO * packedBytes) return
  const own = walk.coverage.slice(before).find(({ members = [] }) => members.length === inner.members.length)
  if (own?.format !== 'unknown') return
  const message = `${packedBytes} bytes unpack to ${size} bytes of nothing that is known`
  const member = inner.members.at(-1)
  noteSight(walk, place, { kind: 'bomb', message, ...(member === undefined ? {} : { member }) })
}
