import { looksLikeSafetensors, readSafetensors } from '../../../formats/safetensors/index.ts'
import { sourceOfBytes, utf8 } from '../../../ground/lang/index.ts'
import { applyRules, coverHeader } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

/** Values of the metadata that are looked at as texts of their own. Trainers write some dozen. */
const MAX_TEXTS = 200
/** Characters of a value that is more than a number or a name. */
const LEAST_TEXT = 32

export const safetensorsWalker: FormatWalker = {
  format: 'safetensors',
  recognizes: ({ head, sizeBytes }) => looksLikeSafetensors(head, sizeBytes),
  async walk(walk, place, enter) {
    const view = await readSafetensors(place.source, walk.signal)
    applyRules(walk, place, { kind: 'safetensors', view })
    coverHeader(walk, place, 'safetensors', view)
    const texts = Object.entries(view.metadata).filter(([, text]) => text.length >= LEAST_TEXT)
    for (const [key, text] of texts.slice(0, MAX_TEXTS)) {
      const ending = key.includes('chat_template') ? 'jinja' : 'txt'
      const members = [...place.members, `__metadata__.${key.slice(0, 200)}.${ending}`]
      await enter({ source: sourceOfBytes(utf8(text.toWellFormed())), members, depth: place.depth + 1 })
    }
    return true
  },
}
