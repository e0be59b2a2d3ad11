import { looksLikeRdata, readRdata } from '../../../formats/rdata/index.ts'
import { applyRules, cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

export const rdataWalker: FormatWalker = {
  format: 'rdata',
  recognizes: ({ head }) => looksLikeRdata(head),
  async walk(walk, place) {
    const view = await readRdata(place.source, walk.signal)
    applyRules(walk, place, { kind: 'rdata', view })
    const [problem] = view.problems
    const base = { format: view.format === 'rds' ? 'r-rds' : 'r-rda', readBytes: view.readBytes } as const
    if (problem === undefined) cover(walk, place, { ...base, status: 'full' })
    else
      cover(walk, place, {
        ...base,
        status: 'partial',
        reason: `${problem.message} (offset ${problem.offset})`,
      })
    return true
  },
}
