import { cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

/** Trees of a MOJO, compressed by H2O's own code: numbers without a magic (hex.genmodel.algos.tree.SharedTreeMojoReader). */
const TREE_NAME = /(?:^|\/)trees\/t\d{2,}_\d{3,}(?:_aux)?\.bin$/

export const h2oWalker: FormatWalker = {
  format: 'h2o-tree',
  recognizes: ({ head, name }) => TREE_NAME.test(name) && !isOther(head),
  async walk(walk, place) {
    cover(walk, place, { format: 'h2o-tree', readBytes: 4, status: 'full' })
    return true
  },
}

/** What another program might make of such a file all the same: pickles, archives, programs, scripts. */
function isOther(head: Uint8Array): boolean {
  const [first = 0, second = 0] = head
  const start = Buffer.from(head.subarray(0, 4)).toString('latin1')
  return (first === 0x80 && second >= 2 && second <= 5) || /^(?:PK|MZ|#!|.ELF)/s.test(start)
}
