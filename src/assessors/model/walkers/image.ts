import { imageKindOf, readImage } from '../../../formats/image/index.ts'
import { cover } from '../walk-report.ts'
import { walkTrailer } from '../walk-trailer.ts'
import type { FormatWalker } from '../walker.ts'

/** Pictures and pages lie beside models; no loader of models acts on them, so that only what follows them matters. */
export const imageWalker: FormatWalker = {
  format: 'image',
  recognizes: ({ head }) => imageKindOf(head) !== undefined,
  async walk(walk, place, enter) {
    const view = await readImage(place.source, walk.signal)
    if (view === undefined) return false
    const { kind, endOffset, readBytes } = view
    const isCut = endOffset === undefined && (kind === 'png' || kind === 'gif' || kind === 'webp')
    if (isCut)
      cover(walk, place, { format: kind, readBytes, status: 'partial', reason: 'the picture ends too early' })
    else cover(walk, place, { format: kind, readBytes, status: 'full' })
    if (endOffset === undefined || (await walkTrailer(walk, place, endOffset, enter)) !== 'unknown')
      return true
    const reason = `${place.source.size - endOffset} bytes from offset ${endOffset} on follow the picture`
    cover(walk, place, { format: 'unknown', readBytes: 0, status: 'partial', reason })
    return true
  },
}
