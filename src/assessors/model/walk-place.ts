import { createGunzip, createInflate } from 'node:zlib'
import { looksLikeGguf, readGguf } from '../../formats/gguf/index.ts'
import { looksLikeNpy, readNpy } from '../../formats/npy/index.ts'
import { looksLikeSafetensors, readSafetensors } from '../../formats/safetensors/index.ts'
import { inflate, looksLikeZip } from '../../formats/zip/index.ts'
import { sliceOfSource } from '../../ground/lang/index.ts'
import { MAX_DEPTH, MAX_INFLATED_BYTES } from './budget.ts'
import { lookAtPickle, walkPickle } from './walk-pickle.ts'
import { applyRules, cover, type Place, type Walk } from './walk-report.ts'
import { walkText } from './walk-text.ts'
import { walkZip } from './walk-zip.ts'

const HEAD_BYTES = 64

/** Recognises a place by its content, judges it, and goes into what is inside. */
export async function walkPlace(walk: Walk, place: Place): Promise<void> {
  const size = place.source.size
  if (place.depth > MAX_DEPTH) return unknown(walk, place, `containers are nested deeper than ${MAX_DEPTH}`)
  if (size === 0) return cover(walk, place, { format: 'empty', readBytes: 0, status: 'full' })
  const head = await place.source.read(0, HEAD_BYTES, walk.signal)
  const enter = (inner: Place): Promise<void> => walkPlace(walk, inner)
  if (looksLikeZip(head) && (await walkZip(walk, place, enter))) return
  if (looksLikeGguf(head)) return walkGguf(walk, place)
  if (looksLikeNpy(head)) return walkNpy(walk, place)
  if (looksLikeSafetensors(head, size)) return walkSafetensors(walk, place)
  const packed = packingOf(head)
  if (packed !== undefined && (await walkPacked(walk, place, packed))) return
  await walkRest(walk, place, head)
}

/** Pickles of protocol 0 have no magic: what could be one is run, and the outcome says whether it was. */
async function walkRest(walk: Walk, place: Place, head: Uint8Array): Promise<void> {
  const hasMagic = head[0] === 0x80 && (head[1] ?? 9) <= 5
  const enter = (inner: Place): Promise<void> => walkPlace(walk, inner)
  const look = await lookAtPickle(walk, place.source)
  const wasBroken = look.facts.runs.some((run) => run.end !== 'stop')
  if (hasMagic || look.hasActive || (look.isPickle && !wasBroken)) return walkPickle(walk, place, look, enter)
  if (await walkText(walk, place)) return
  if (look.isPickle) return walkPickle(walk, place, look, enter)
  // Loaders that search from the end find an archive behind any prefix.
  if (await walkZip(walk, place, enter)) return
  unknown(walk, place, 'the format is not known')
}

function unknown(walk: Walk, place: Place, reason: string): void {
  cover(walk, place, {
    format: 'unknown',
    readBytes: Math.min(HEAD_BYTES, place.source.size),
    status: 'none',
    reason,
  })
}

async function walkGguf(walk: Walk, place: Place): Promise<void> {
  const view = await readGguf(place.source, walk.signal)
  applyRules(walk, place, { kind: 'gguf', view })
  coverHeader(walk, place, 'gguf', view)
}

async function walkSafetensors(walk: Walk, place: Place): Promise<void> {
  const view = await readSafetensors(place.source, walk.signal)
  applyRules(walk, place, { kind: 'safetensors', view })
  coverHeader(walk, place, 'safetensors', view)
}

interface HeaderView {
  readonly problems: readonly { readonly kind: string; readonly message: string }[]
  readonly readBytes: number
}

function coverHeader(walk: Walk, place: Place, format: string, view: HeaderView): void {
  const cut = view.problems.find(({ kind }) => kind === 'cut')
  const base = { format, readBytes: view.readBytes }
  if (cut === undefined) cover(walk, place, { ...base, status: 'full' })
  else cover(walk, place, { ...base, status: 'partial', reason: cut.message })
}

async function walkNpy(walk: Walk, place: Place): Promise<void> {
  const view = await readNpy(place.source, walk.signal)
  if (!view.ok)
    return cover(walk, place, { format: 'npy', readBytes: HEAD_BYTES, status: 'none', reason: view.error })
  const { dataOffset, dataBytes, hasObjects } = view.value
  const rest = place.source.size - dataOffset
  if (hasObjects) {
    cover(walk, place, { format: 'npy', readBytes: dataOffset, status: 'full' })
    const source = sliceOfSource(place.source, dataOffset, rest)
    return walkPlace(walk, { source, members: [...place.members, 'objects'], depth: place.depth + 1 })
  }
  if (dataBytes === rest) return cover(walk, place, { format: 'npy', readBytes: dataOffset, status: 'full' })
  const reason =
    dataBytes === undefined
      ? 'the size of its items is not known'
      : `${rest} bytes of data where ${dataBytes} are expected`
  cover(walk, place, { format: 'npy', readBytes: dataOffset, status: 'partial', reason })
}

/** zlib (RFC 1950) by its checksum of the first two bytes, gzip (RFC 1952) by its magic. */
function packingOf(head: Uint8Array): 'zlib' | 'gzip' | undefined {
  const [first = 0, second = 0] = head
  if (first === 0x1f && second === 0x8b) return 'gzip'
  if ((first & 0x0f) === 8 && first >> 4 <= 7 && (first * 256 + second) % 31 === 0) return 'zlib'
  return undefined
}

async function walkPacked(walk: Walk, place: Place, packing: 'zlib' | 'gzip'): Promise<boolean> {
  const maxBytes = Math.min(walk.budget.inflateLeft, MAX_INFLATED_BYTES)
  const through = packing === 'gzip' ? createGunzip() : createInflate()
  const opened = await inflate(place.source, through, { maxBytes, signal: walk.signal })
  walk.budget.inflateLeft -= opened.inflatedBytes
  if (opened.inflatedBytes === 0 && packing === 'zlib') return false
  const base = { format: packing, readBytes: opened.readBytes }
  if (opened.reason === undefined) cover(walk, place, { ...base, status: 'full' })
  else cover(walk, place, { ...base, status: 'partial', reason: opened.reason })
  await walkPlace(walk, {
    source: opened.source,
    members: [...place.members, packing],
    depth: place.depth + 1,
  })
  return true
}
