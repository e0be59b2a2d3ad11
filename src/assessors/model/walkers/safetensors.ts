import {
  looksLikeSafetensors,
  readSafetensors,
  type SafetensorsView,
} from '../../../formats/safetensors/index.ts'
import { sliceOfSource, sourceOfBytes, utf8 } from '../../../ground/lang/index.ts'
import { walkNested } from '../walk-pickle.ts'
import { applyRules, coverHeader, type Place, type Walk } from '../walk-report.ts'
import { walkSpans } from '../walk-spans.ts'
import type { Enter, FormatWalker } from '../walker.ts'

/** Values of the metadata that are looked at as texts of their own. Trainers write some dozen. */
const MAX_TEXTS = 200
/** Characters of a value that is more than a number or a name. */
const LEAST_TEXT = 32

export const safetensorsWalker: FormatWalker = {
  format: 'safetensors',
  recognizes: ({ head, sizeBytes }) => looksLikeSafetensors(head, sizeBytes),
  async walk(walk, place, enter) {
    const view = await readSafetensors(place.source, walk.signal)
    applyRules(walk, place, { kind: 'safetensors', view })
    coverHeader(walk, place, 'safetensors', view)
    const texts = Object.entries(view.metadata).filter(([, text]) => text.length >= LEAST_TEXT)
    for (const [key, text] of texts.slice(0, MAX_TEXTS)) {
      const ending = key.includes('chat_template') ? 'jinja' : 'txt'
      const members = [...place.members, `__metadata__.${key.slice(0, 200)}.${ending}`]
      await enter({ source: sourceOfBytes(utf8(text.toWellFormed())), members, depth: place.depth + 1 })
    }
    await walkBytes(walk, place, view, enter)
    const spans = view.tensors.map(({ name, begin, end }) => ({
      name,
      offset: LENGTH_BYTES + view.headerBytes + begin,
      length: end - begin,
    }))
    await walkSpans(walk, place, spans)
    return true
  },
}

/** Bytes of the length in front of the header. */
const LENGTH_BYTES = 8
/** Tensors of single bytes that are tried. Quantised models have thousands, of which none begins as a pickle does. */
const MAX_TRIED = 64

/** Looks for pickles that stand where tensors of bytes do: whoever reads them back loads them. */
async function walkBytes(
  walk: Walk,
  place: Place,
  { tensors, headerBytes }: SafetensorsView,
  enter: Enter,
): Promise<void> {
  const tried = tensors.filter(({ dtype, shape }) => /^[UI]8$/.test(dtype) && shape.length <= 1)
  for (const { name, begin, end } of tried.slice(0, MAX_TRIED)) {
    const source = sliceOfSource(place.source, LENGTH_BYTES + headerBytes + begin, end - begin)
    const [first, second = 9] = await source.read(0, 2, walk.signal)
    if (first !== 0x80 || second < 2 || second > 5) continue
    await walkNested(walk, { source, members: [...place.members, name], depth: place.depth + 1 }, enter)
  }
}
