import { looksLikeSafetensors, readSafetensors } from '../../../formats/safetensors/index.ts'
import { applyRules, coverHeader } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

export const safetensorsWalker: FormatWalker = {
  format: 'safetensors',
  recognizes: ({ head, sizeBytes }) => looksLikeSafetensors(head, sizeBytes),
  async walk(walk, place) {
    const view = await readSafetensors(place.source, walk.signal)
    applyRules(walk, place, { kind: 'safetensors', view })
    coverHeader(walk, place, 'safetensors', view)
    return true
  },
}
