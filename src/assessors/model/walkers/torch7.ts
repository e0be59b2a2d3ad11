import { looksLikeTorch7, readTorch7 } from '../../../formats/torch7/index.ts'
import { applyRules, cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'
import { judgeMetadata } from '../words/walk-words.ts'

export const torch7Walker: FormatWalker = {
  format: 'torch7',
  recognizes: ({ head }) => looksLikeTorch7(head),
  async walk(walk, place) {
    const view = await readTorch7(place.source, walk.signal)
    const { problem } = view
    // The magic is weak: what holds no class and no function, and breaks, is something else.
    const isNamed = /\.(?:t7|th|net)$/i.test(place.members.at(-1) ?? walk.path)
    if (problem !== undefined && view.classes.length + view.functions.length === 0 && !isNamed) return false
    applyRules(walk, place, { kind: 'torch7', view })
    await judgeMetadata(walk, place, view.words)
    const base = { format: 'torch7', readBytes: view.readBytes } as const
    if (problem === undefined) cover(walk, place, { ...base, status: 'full' })
    else cover(walk, place, { ...base, status: 'partial', reason: problem.message })
    return true
  },
}
