import { looksLikeGguf, readGguf } from '../../../formats/gguf/index.ts'
import { applyRules, coverHeader } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

export const ggufWalker: FormatWalker = {
  format: 'gguf',
  recognizes: ({ head }) => looksLikeGguf(head),
  async walk(walk, place) {
    const view = await readGguf(place.source, walk.signal)
    applyRules(walk, place, { kind: 'gguf', view })
    coverHeader(walk, place, 'gguf', view)
    return true
  },
}
