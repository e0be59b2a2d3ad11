import { looksLikeNpy, readNpy } from '../../../formats/npy/index.ts'
import { sliceOfSource } from '../../../ground/lang/index.ts'
import { cover, type Place, type Walk } from '../walk-report.ts'
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
  if (!view.ok)
    return cover(walk, place, { format: 'npy', readBytes: 12, status: 'none', reason: view.error })
  const { dataOffset, dataBytes, hasObjects } = view.value
  const rest = place.source.size - dataOffset
  if (hasObjects) {
    cover(walk, place, { format: 'npy', readBytes: dataOffset, status: 'full' })
    const source = sliceOfSource(place.source, dataOffset, rest)
    return enter({ source, members: [...place.members, 'objects'], depth: place.depth + 1 })
  }
  if (dataBytes === rest) return cover(walk, place, { format: 'npy', readBytes: dataOffset, status: 'full' })
  const reason =
    dataBytes === undefined
      ? 'the size of its items is not known'
      : `${rest} bytes of data where ${dataBytes} are expected`
  cover(walk, place, { format: 'npy', readBytes: dataOffset, status: 'partial', reason })
}
