import { looksLikeXml, readXml } from '../../../formats/xml/index.ts'
import { PmmlGatherer } from '../pmml-sights.ts'
import { applyRules, cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

export const pmmlWalker: FormatWalker = {
  format: 'pmml',
  recognizes: ({ head }) => {
    if (!looksLikeXml(head)) return false
    const start = Buffer.from(head).toString('latin1').replaceAll('\0', '')
    return /<(?:[\w-]+:)?PMML[\s>]|<!DOCTYPE\s+PMML/.test(start)
  },
  async walk(walk, place) {
    const gatherer = new PmmlGatherer()
    const view = await readXml(place.source, { signal: walk.signal, sink: (event) => gatherer.take(event) })
    if (view.root === undefined && view.doctype === undefined) return false
    applyRules(walk, place, { kind: 'xml', view })
    applyRules(walk, place, { kind: 'pmml', sights: gatherer.sights })
    const [problem] = view.problems
    const base = { format: 'pmml', readBytes: view.readBytes } as const
    if (problem === undefined) cover(walk, place, { ...base, status: 'full' })
    else cover(walk, place, { ...base, status: 'partial', reason: problem.message })
    return true
  },
}
