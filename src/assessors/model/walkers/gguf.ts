import {
  type GgufView,
  ggufDataOffset,
  ggufTensorBytes,
  looksLikeGguf,
  readGguf,
} from '../../../formats/gguf/index.ts'
import { sliceOfSource } from '../../../ground/lang/index.ts'
import { applyRules, coverHeader } from '../walk-report.ts'
import { type TensorSpan, walkSpans } from '../walk-spans.ts'
import { walkTrailer } from '../walk-trailer.ts'
import type { FormatWalker } from '../walker.ts'
import { judgeMetadata } from '../words/walk-words.ts'

/** Templates that are entered as texts of their own. A model has one to five. */
const MAX_ENTERED = 100

export const ggufWalker: FormatWalker = {
  format: 'gguf',
  recognizes: ({ head }) => looksLikeGguf(head),
  async walk(walk, place, enter) {
    const view = await readGguf(place.source, walk.signal)
    applyRules(walk, place, { kind: 'gguf', view })
    coverHeader(walk, place, 'gguf', view)
    // Templates are entered below, as texts of their own.
    const isTemplate = ([key]: readonly [string, unknown]): boolean => key.includes('chat_template')
    await judgeMetadata(
      walk,
      place,
      [...view.metadata].filter((entry) => !isTemplate(entry)),
    )
    if (view.problems.length === 0 && view.endOffset !== undefined)
      await walkTrailer(walk, place, view.endOffset, enter)
    await walkSpans(walk, place, spansOf(view))
    for (const { key, offset, sizeBytes } of view.templates.slice(0, MAX_ENTERED)) {
      const source = sliceOfSource(place.source, offset, sizeBytes)
      await enter({ source, members: [...place.members, `${key}.jinja`], depth: place.depth + 1 })
    }
    return true
  },
}

/** Where the tensors stand; none when the layout has a fault, of which a rule speaks. */
function spansOf(view: GgufView): readonly TensorSpan[] {
  if (view.problems.length > 0) return []
  const start = ggufDataOffset(view)
  return view.tensors.map((tensor) => ({
    name: tensor.name,
    offset: start + tensor.offset,
    // Types of unknown size are looked at as well.
    length: ggufTensorBytes(tensor) ?? Number.MAX_SAFE_INTEGER,
  }))
}
