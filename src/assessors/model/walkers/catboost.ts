import { looksLikeCatboost, readCatboost } from '../../../formats/catboost/index.ts'
import { applyRules, cover } from '../walk-report.ts'
import { lookForProgram } from '../walk-spans.ts'
import type { FormatWalker } from '../walker.ts'
import { judgeMetadata } from '../words/walk-words.ts'

export const catboostWalker: FormatWalker = {
  format: 'catboost',
  recognizes: ({ head }) => looksLikeCatboost(head),
  async walk(walk, place) {
    const view = await readCatboost(place.source, walk.signal)
    applyRules(walk, place, { kind: 'catboost', view })
    await judgeMetadata(walk, place, view.info)
    await lookForProgram(walk, place, view.endOffset)
    const base = { format: 'catboost', readBytes: view.readBytes } as const
    if (view.problem === undefined) cover(walk, place, { ...base, status: 'full' })
    else cover(walk, place, { ...base, status: 'partial', reason: view.problem.message })
    return true
  },
}
