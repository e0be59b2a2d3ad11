import { createGunzip, createInflate } from 'node:zlib'
import { inflate } from '../../../formats/zip/index.ts'
import { MAX_INFLATED_BYTES } from '../budget.ts'
import { cover } from '../walk-report.ts'
import type { FormatWalker } from '../walker.ts'

export const packedWalker: FormatWalker = {
  format: 'packed',
  recognizes: ({ head }) => packingOf(head) !== undefined,
  async walk(walk, place, enter) {
    const packing = packingOf(await place.source.read(0, 2, walk.signal)) ?? 'zlib'
    const maxBytes = Math.min(walk.budget.inflateLeft, MAX_INFLATED_BYTES)
    const through = packing === 'gzip' ? createGunzip() : createInflate()
    const opened = await inflate(place.source, through, { maxBytes, signal: walk.signal })
    walk.budget.inflateLeft -= opened.inflatedBytes
    if (opened.inflatedBytes === 0 && packing === 'zlib') return false
    const base = { format: packing, readBytes: opened.readBytes }
    if (opened.reason === undefined) cover(walk, place, { ...base, status: 'full' })
    else cover(walk, place, { ...base, status: 'partial', reason: opened.reason })
    await enter({ source: opened.source, members: [...place.members, packing], depth: place.depth + 1 })
    return true
  },
}

/** zlib (RFC 1950) by its checksum of the first two bytes, gzip (RFC 1952) by its magic. */
function packingOf(head: Uint8Array): 'zlib' | 'gzip' | undefined {
  const [first = 0, second = 0] = head
  if (first === 0x1f && second === 0x8b) return 'gzip'
  if ((first & 0x0f) === 8 && first >> 4 <= 7 && (first * 256 + second) % 31 === 0) return 'zlib'
  return undefined
}
