import { standsAt } from '../../../ground/lang/index.ts'
import { cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

/** RAR 1.5 to 4 and RAR 5. No loader of models opens them, and their packing is not read here: they stay undecided. */
export const rarWalker: FormatWalker = {
  format: 'rar',
  recognizes: ({ head }) => standsAt(head, 'Rar!\x1a\x07'),
  async walk(walk, place) {
    const reason = 'RAR archives are not unpacked'
    cover(walk, place, { format: 'rar', readBytes: 8, status: 'none', reason })
    return true
  },
}
