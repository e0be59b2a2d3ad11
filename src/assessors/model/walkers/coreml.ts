import { type CoreMlItem, looksLikeCoreMl, readCoreMl } from '../../../formats/coreml/index.ts'
import { utf8Text } from '../../../ground/lang/index.ts'
import { coverGraph } from '../cover-graph.ts'
import { pathEscape } from '../path-escape.ts'
import type { GraphOperator, GraphReference } from '../subjects/graph-subject.ts'
import { applyRules } from '../walk-report.ts'
import { walkText } from '../walk-text.ts'
import type { FormatWalker } from '../walker.ts'
import { judgeMetadata } from '../words/walk-words.ts'

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
    await judgeMetadata(walk, place, view.words)
    return true
  },
}

/** Bytes of a manifest; coremltools writes some hundred. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024

/** `Manifest.json` of an .mlpackage is text, and judged as text; here it is only seen that it is whole. */
export const manifestWalker: FormatWalker = {
  format: 'coreml-manifest',
  recognizes: ({ name, sizeBytes }) => /(^|\/)Manifest\.json$/.test(name) && sizeBytes <= MAX_MANIFEST_BYTES,
  async walk(walk, place) {
    const text = utf8Text(await place.source.read(0, MAX_MANIFEST_BYTES, walk.signal))
    if (text === undefined || isJson(text)) return false
    await walkText(walk, place)
    const problem = { message: 'the manifest is no whole JSON' }
    coverGraph(walk, place, 'coreml-manifest', { problem, readBytes: place.source.size })
    return true
  },
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false // Information: the caller says what it means.
  }
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
