import { looksLikeExecutable, readExecutable } from '../../formats/executable/index.ts'
import { sliceOfSource } from '../../ground/lang/index.ts'
import { noteSight } from './note-sight.ts'
import type { Place, Walk } from './walk-report.ts'

/** Bytes that a format hands to arithmetic and to nothing else: a tensor, a buffer, a storage. */
export interface TensorSpan {
  readonly name: string
  readonly offset: number
  readonly length: number
}

/** Tensors of one file that are looked at, one small read each. The largest models have some thousand in a file. */
const MAX_SPANS = 4096
/** Bytes that a magic and the smallest header of a program need. */
const LEAST_BYTES = 52
const MAGIC_BYTES = 8

/**
 * Notes programs that stand where the numbers of a tensor should: what a stager beside the model writes to disk and starts.
 * Only the start of each tensor is read.
 */
export async function walkSpans(walk: Walk, place: Place, spans: readonly TensorSpan[]): Promise<void> {
  const looked = spans.filter(({ length }) => length >= LEAST_BYTES).slice(0, MAX_SPANS)
  for (const span of looked) {
    const head = await place.source.read(span.offset, MAGIC_BYTES, walk.signal)
    if (looksLikeExecutable(head)) await noteProgram(walk, place, span)
  }
}

/** Bytes behind the data of a format that are searched. What a payload is hidden behind are a few tables, not megabytes. */
const MAX_REST_BYTES = 1024 * 1024

/** Notes the first program that stands behind `offset`, at the start of the rest or at the end of the file, for formats whose own end is known only about. */
export async function lookForProgram(walk: Walk, place: Place, offset: number): Promise<void> {
  const { size } = place.source
  if (await findProgram(walk, place, offset)) return
  if (size - offset > MAX_REST_BYTES)
    await findProgram(walk, place, Math.max(offset + MAX_REST_BYTES - LEAST_BYTES, size - MAX_REST_BYTES))
}

async function findProgram(walk: Walk, place: Place, offset: number): Promise<boolean> {
  const { size } = place.source
  if (offset >= size) return false
  const rest = await place.source.read(offset, Math.min(MAX_REST_BYTES, size - offset), walk.signal)
  for (let at = 0; at + LEAST_BYTES <= rest.length; at++) {
    if (!looksLikeExecutable(rest.subarray(at, at + MAGIC_BYTES))) continue
    const source = sliceOfSource(place.source, offset + at, size - offset - at)
    const program = await readExecutable(source, walk.signal)
    if (program === undefined || program.kind === 'dos') continue
    const message = `${program.title} stands at offset ${offset + at}, after the data that the file declares`
    noteSight(walk, place, { kind: 'trailing', message, offset: offset + at })
    return true
  }
  return false
}

async function noteProgram(walk: Walk, place: Place, { name, offset, length }: TensorSpan): Promise<void> {
  const program = await readExecutable(sliceOfSource(place.source, offset, length), walk.signal)
  // Two letters and a few small numbers make a DOS program: among many tensors one begins so by chance.
  if (program === undefined || program.kind === 'dos') return
  const message = `${program.title} stands where the numbers of the tensor should`
  noteSight(walk, place, { kind: 'carried', message, member: name, offset })
}
