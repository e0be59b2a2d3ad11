import { looksLikeSkops, readSkops } from '../../../formats/skops/index.ts'
import { applyRules, cover } from '../walk-report.ts'
import { walkText } from '../walk-text.ts'
import type { FormatWalker } from '../walker.ts'

export const skopsWalker: FormatWalker = {
  format: 'skops',
  recognizes: ({ head, name }) => /(^|\/)schema\.json$/.test(name) && looksLikeSkops(head),
  async walk(walk, place) {
    const view = await readSkops(place.source, walk.signal)
    if (view === undefined) return false
    const nodes = view.nodes.map((node) => ({ ...node, role: walk.policy.roleOf(node.module, node.name) }))
    applyRules(walk, place, { kind: 'skops', nodes })
    if (!view.isWhole) {
      const reason = 'the schema has more nodes than are looked at'
      cover(walk, place, { format: 'skops', readBytes: place.source.size, status: 'partial', reason })
      return true
    }
    return walkText(walk, place)
  },
}
