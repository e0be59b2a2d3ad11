import { looksLikeBlobStorage, readBlobStorage } from '../../../formats/coreml/index.ts'
import { cover } from '../walk-report.ts'
import { walkSpans } from '../walk-spans.ts'
import { walkTrailer } from '../walk-trailer.ts'
import type { FormatWalker } from '../walker.ts'

/** `weight.bin` of an .mlpackage: raw numbers, which Core ML maps and never parses. */
export const milBlobsWalker: FormatWalker = {
  format: 'mil-blobs',
  recognizes: ({ head }) => looksLikeBlobStorage(head),
  async walk(walk, place, enter) {
    const { blobs, endOffset, problem, readBytes } = await readBlobStorage(place.source, walk.signal)
    const spans = blobs.map((blob, i) => ({ name: `blob ${i}`, ...blob }))
    if (problem !== undefined)
      cover(walk, place, { format: 'mil-blobs', readBytes, status: 'partial', reason: problem })
    else cover(walk, place, { format: 'mil-blobs', readBytes, status: 'full' })
    await walkSpans(walk, place, spans)
    if (problem !== undefined) return true
    const outcome = await walkTrailer(walk, place, endOffset, enter)
    const reason = `${place.source.size - endOffset} bytes from offset ${endOffset} on follow the tensors`
    if (outcome === 'unknown')
      cover(walk, place, { format: 'unknown', readBytes: 0, status: 'partial', reason })
    return true
  },
}
