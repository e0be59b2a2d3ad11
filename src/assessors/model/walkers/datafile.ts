import { looksLikeDatafile, readDatafile } from '../../../formats/datafile/index.ts'
import { cover } from '../walk-report.ts'
import { walkTrailer } from '../walk-trailer.ts'
import { type FormatWalker, HEAD_BYTES } from '../walker.ts'

/** Tables, sound, film, fonts, vocabularies and logs lie beside models; no loader of models runs them, so that their frame is enough. */
export const datafileWalker: FormatWalker = {
  format: 'datafile',
  recognizes: ({ head }) => looksLikeDatafile(head),
  async walk(walk, place, enter) {
    const head = await place.source.read(0, HEAD_BYTES, walk.signal)
    const view = await readDatafile(place.source, head, walk.signal)
    if (view === undefined) return false
    const { kind, problem, endOffset, readBytes } = view
    const base = { format: kind, readBytes }
    if (problem === undefined) cover(walk, place, { ...base, status: 'full' })
    else cover(walk, place, { ...base, status: 'partial', reason: problem })
    if (endOffset !== undefined) await walkTrailer(walk, place, endOffset, enter)
    return true
  },
}
