import { type ByteSource, utf8Text } from '../../ground/lang/index.ts'
import type { DatafileView } from './datafile-view.ts'

/** Words of which the place of each is checked; with millions of words the rest is counted by its length. */
const MAX_CHECKED = 2000
/** Bytes of one word. The longest phrases of the vectors of Google News have 98. */
const MAX_WORD_BYTES = 500
/** Numbers of one vector. */
const MAX_WIDTH = 100_000

/** Vectors as word2vec writes them in binary: `COUNT WIDTH\n`, then each word, a blank, its numbers, and with some writers a line end. */
export async function readWordVectors(
  source: ByteSource,
  head: Uint8Array,
  signal?: AbortSignal,
): Promise<DatafileView | undefined> {
  const start = /^(\d{1,10}) (\d{1,6})\n/.exec(Buffer.from(head.subarray(0, 24)).toString('latin1'))
  if (start === null) return undefined
  const count = Number(start[1])
  const vectorBytes = 4 * Number(start[2])
  if (count === 0 || vectorBytes === 0 || vectorBytes > 4 * MAX_WIDTH) return undefined
  let at = start[0].length
  let readBytes = at
  for (let i = 0; i < Math.min(count, MAX_CHECKED); i++) {
    const word = await source.read(at, MAX_WORD_BYTES, signal)
    const length = word.indexOf(0x20)
    if (length < 1 || utf8Text(word.subarray(0, length)) === undefined) return undefined
    at += length + 1 + vectorBytes
    readBytes += length + 1
    if (at > source.size) return undefined
    const [next] = await source.read(at, 1, signal)
    if (next === 0x0a) at += 1
  }
  const rest = Math.max(0, count - MAX_CHECKED)
  const view = { kind: 'word-vectors', readBytes }
  if (rest === 0) return { ...view, endOffset: at }
  const fits =
    source.size >= at + rest * (vectorBytes + 2) && source.size <= at + rest * (vectorBytes + MAX_WORD_BYTES)
  return fits ? view : { ...view, problem: 'its size does not fit the number of its words' }
}
