import { looksLikeLightgbm, readLightgbm } from '../../../formats/lightgbm/index.ts'
import { applyRules, cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'
import { judgeMetadata } from '../words/walk-words.ts'

export const lightgbmWalker: FormatWalker = {
  format: 'lightgbm',
  recognizes: ({ head }) => looksLikeLightgbm(head),
  async walk(walk, place) {
    const view = await readLightgbm(place.source, walk.signal)
    applyRules(walk, place, { kind: 'lightgbm', view })
    await judgeMetadata(walk, place, view.words)
    const base = { format: 'lightgbm', readBytes: view.readBytes } as const
    if (view.reason === undefined) cover(walk, place, { ...base, status: 'full' })
    else cover(walk, place, { ...base, status: 'partial', reason: view.reason })
    return true
  },
}
