import { looksLikeNpy, readNpy } from '../../../formats/npy/index.ts'
import { sliceOfSource } from '../../../ground/lang/index.ts'
import { applyRules, coverHeader, type Place, type Walk } from '../walk-report.ts'
import { walkSpans } from '../walk-spans.ts'
import type { Enter, FormatWalker } from '../walker.ts'

export const npyWalker: FormatWalker = {
  format: 'npy',
  recognizes: ({ head }) => looksLikeNpy(head),
  async walk(walk, place, enter) {
    await walkNpy(walk, place, enter)
    return true
  },
}

async function walkNpy(walk: Walk, place: Place, enter: Enter): Promise<void> {
  const view = await readNpy(place.source, walk.signal)
  applyRules(walk, place, { kind: 'npy', view })
  coverHeader(walk, place, 'npy', view)
  const { dataOffset, dataBytes, hasObjects } = view
  const inside = async (name: string, start: number): Promise<void> => {
    const source = sliceOfSource(place.source, start, place.source.size - start)
    await enter({ source, members: [...place.members, name], depth: place.depth + 1 })
  }
  if (hasObjects && dataOffset < place.source.size) return inside('objects', dataOffset)
  await walkSpans(walk, place, [{ name: 'array', offset: dataOffset, length: dataBytes ?? 0 }])
  // NumPy reads only the array; what follows is another array saved to the same file, or something hidden.
  const end = dataOffset + (dataBytes ?? 0)
  if (dataBytes !== undefined && end < place.source.size) await inside('trailer', end)
}
