import { looksLikeXml, readXml } from '../../../formats/xml/index.ts'
import { coverGraph } from '../cover-graph.ts'
import { applyRules } from '../walk-report.ts'
import { walkText } from '../walk-text.ts'
import type { FormatWalker } from '../walker.ts'

/** Any other XML: what reaches out of it is judged, the text as text. Comes after the formats that are written in XML. */
export const xmlWalker: FormatWalker = {
  format: 'xml',
  recognizes: ({ head, name }) => {
    const isNamed = /\.(xml|svg|plist|xslt?)$/i.test(name)
    if (!isNamed && !looksLikeXml(head)) return false
    const start = Buffer.from(head.subarray(0, 1024)).toString('latin1').replaceAll('\0', '')
    if (isNamed) return start.trimStart().startsWith('<')
    return /<\?xml\s/.test(start) || /<!DOCTYPE(?!\s+html)\s/i.test(start)
  },
  async walk(walk, place) {
    const view = await readXml(place.source, { signal: walk.signal })
    applyRules(walk, place, { kind: 'xml', view })
    const isText = await walkText(walk, place)
    const [problem] = view.problems
    if (!isText || problem !== undefined)
      coverGraph(walk, place, 'xml', { problem, readBytes: view.readBytes })
    return true
  },
}
