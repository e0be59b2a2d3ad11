import { type CoreMlItem, looksLikeCoreMl, readCoreMl } from '../../../formats/coreml/index.ts'
import { coverGraph } from '../cover-graph.ts'
import { pathEscape } from '../path-escape.ts'
import type { GraphOperator, GraphReference } from '../subjects/graph-subject.ts'
import { applyRules } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

/** Models of Core ML, alone or inside an .mlpackage: a protobuf without a magic. */
export const coreMlWalker: FormatWalker = {
  format: 'coreml',
  recognizes: ({ head, name }) => /\.mlmodel$/i.test(name) || looksLikeCoreMl(head),
  async walk(walk, place) {
    const view = await readCoreMl(place.source, walk.signal)
    const isNamed = /\.mlmodel$/i.test(place.members.at(-1) ?? walk.path)
    const isWhole = view.problem === undefined && view.specificationVersion !== undefined
    if (!view.hasModel || !(isWhole || (isNamed && view.problem?.kind !== 'wire'))) return false
    applyRules(walk, place, {
      kind: 'graph',
      format: 'coreml',
      operators: view.items.flatMap((item) => operatorOf(item) ?? []),
      references: view.items.flatMap((item) => referenceOf(item) ?? []),
      faults: [],
    })
    coverGraph(walk, place, 'coreml', view)
    return true
  },
}

function operatorOf({ kind, text, offset }: CoreMlItem): GraphOperator | undefined {
  if (kind !== 'custom-model' && kind !== 'custom-layer') return undefined
  const what = kind === 'custom-model' ? 'model' : 'layer'
  return { role: 'custom', operator: text, detail: `is a ${what} made by a class of the application`, offset }
}

function referenceOf({ kind, text, offset }: CoreMlItem): GraphReference | undefined {
  // Weights stand at @model_path, the folder of the model.
  if (kind === 'blob') {
    const target = text.replace(/^@model_path\//, '')
    return { role: 'data', target: text, escape: pathEscape(target), detail: 'a file with weights', offset }
  }
  if (kind === 'linked-file')
    return { role: 'model', target: text, escape: pathEscape(text), detail: 'a linked model', offset }
  if (kind !== 'linked-search') return undefined
  // Folders are parted by colons; an empty one and a dot are where the model stands.
  const folder = text.split(':').find((part) => pathEscape(part) !== undefined)
  const reason = folder === undefined ? undefined : pathEscape(folder)
  return { role: 'model', target: text, escape: reason, detail: 'where linked models are searched', offset }
}
