import { findSuperblock, type Hdf5Value, type Hdf5View, readHdf5 } from '../../../formats/hdf5/index.ts'
import { sourceOfBytes, utf8Text } from '../../../ground/lang/index.ts'
import { lookAtPickle, walkPickle } from '../walk-pickle.ts'
import { applyRules, cover, type Place, type Walk } from '../walk-report.ts'
import { type TensorSpan, walkSpans } from '../walk-spans.ts'
import { walkTrailer } from '../walk-trailer.ts'
import type { Enter, FirstSight, FormatWalker } from '../walker.ts'
import { judgeMetadata } from '../words/walk-words.ts'

/** Values of one file that are looked into: configurations, and what PyTables pickles. Real files have some hundred. */
const MAX_VALUES = 5000
/** Bytes of the shortest text that could hold a configuration. */
const MIN_CONFIG_BYTES = 20

const NAMES = /\.(h5|hdf5|hdf|he5|keras|nc|mat|h5ad|loom)$/i

export const hdf5Walker: FormatWalker = {
  format: 'hdf5',
  recognizes: (sight) => looksLikeHdf5(sight),
  async walk(walk, place, enter) {
    const { source } = place
    if ((await findSuperblock(source, walk.signal)) === undefined) return false
    const view = await readHdf5(source, walk.signal)
    if (view === undefined) return false
    applyRules(walk, place, { kind: 'hdf5', view })
    const reason = reasonOf(view)
    const base = { format: 'hdf5', readBytes: view.readBytes }
    if (reason === undefined) cover(walk, place, { ...base, status: 'full' })
    else cover(walk, place, { ...base, status: 'partial', reason })
    await walkValues(walk, place, view, enter)
    await walkSpans(walk, place, [...spansOf(view)])
    if (view.endOffset !== undefined) await walkTrailer(walk, place, view.endOffset, enter)
    await judgeMetadata(walk, place, wordsOf(view))
    return true
  },
}

/** At 0, or behind a user block; then the name says that it is worth a look. */
function looksLikeHdf5({ head, name, sizeBytes }: FirstSight): boolean {
  const starts = [0, 512, 1024, 2048]
  return starts.some((at) => hasMagic(head, at)) || (NAMES.test(name) && sizeBytes > 4096)
}

function hasMagic(head: Uint8Array, at: number): boolean {
  return head[at] === 0x89 && head[at + 1] === 0x48 && head[at + 2] === 0x44 && head[at + 3] === 0x46
}

function reasonOf(view: Hdf5View): string | undefined {
  const [problem] = view.problems
  if (problem !== undefined) return problem.message
  return view.driver === undefined ? undefined : `the driver ${view.driver} spreads it over several files`
}

interface Found {
  readonly name: string
  readonly value: Hdf5Value
}

async function walkValues(walk: Walk, place: Place, view: Hdf5View, enter: Enter): Promise<void> {
  let left = MAX_VALUES
  for (const { name, value } of valuesOf(view))
    for (const bytes of value.parts) {
      if (bytes.length < 3 || !isWorthALook(bytes)) continue
      const inner = {
        source: sourceOfBytes(bytes),
        members: [...place.members, name],
        depth: place.depth + 1,
      }
      if (left-- <= 0) return skip(walk, inner, `more than ${MAX_VALUES} values could hold something`)
      if (isConfig(bytes)) await enter(inner)
      else await enterPickle(walk, inner, enter)
    }
}

function* spansOf({ objects }: Hdf5View): Generator<TensorSpan> {
  for (const { path, dataset } of objects)
    if (dataset?.startOffset !== undefined)
      yield { name: path, offset: dataset.startOffset, length: dataset.storedBytes ?? 0 }
}

function* valuesOf(view: Hdf5View): Generator<Found> {
  for (const { path, attributes, dataset } of view.objects) {
    for (const { name, value } of attributes)
      if (value !== undefined) yield { name: `${path === '/' ? '' : path}@${name}`, value }
    if (dataset?.value !== undefined) yield { name: path, value: dataset.value }
  }
}

/** Attributes in words. Configurations are entered as members; texts of data sets are data, whatever they speak of. */
function* wordsOf(view: Hdf5View): Generator<readonly [string, string]> {
  for (const { name, value } of valuesOf(view)) {
    if (!name.includes('@')) continue
    for (const bytes of value.parts.filter((part) => part.length > MIN_CONFIG_BYTES && !isConfig(part)))
      yield [name, utf8Text(bytes) ?? '']
  }
}

function isWorthALook(bytes: Uint8Array): boolean {
  return isConfig(bytes) || bytes.at(-1) === 0x2e
}

/** JSON behind any white space. */
function isConfig(bytes: Uint8Array): boolean {
  let at = 0
  while (at < bytes.length && [0x20, 0x09, 0x0a, 0x0d].includes(bytes[at] ?? 0)) at++
  return bytes.length >= MIN_CONFIG_BYTES && (bytes[at] === 0x7b || bytes[at] === 0x5b)
}

/** PyTables unpickles values that end with a STOP when it opens them (tables/attributeset.py); prose ends with a full stop too. */
async function enterPickle(walk: Walk, inner: Place, enter: Enter): Promise<void> {
  const look = await lookAtPickle(walk, inner.source)
  const isWhole = look.isPickle && look.facts.runs.every(({ end }) => end === 'stop')
  if (isWhole || look.hasActive) await walkPickle(walk, inner, look, enter)
}

function skip(walk: Walk, inner: Place, reason: string): void {
  cover(walk, inner, { format: 'unknown', readBytes: 0, status: 'none', reason })
}
