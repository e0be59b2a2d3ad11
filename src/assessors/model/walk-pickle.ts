import { type PickleRun, readStoredText, runDropped, runPickle } from '../../formats/pickle/index.ts'
import { type ByteSource, sliceOfSource, sourceOfBytes } from '../../ground/lang/index.ts'
import { findHiddenStream } from './hidden-streams.ts'
import { noteSight } from './note-sight.ts'
import { PACKINGS } from './packings.ts'
import { FactGatherer, type InnerBytes, type PickleFacts } from './pickle-facts.ts'
import type { Trailing } from './rule.ts'
import { legacyTail } from './torch-legacy.ts'
import { BOMB_RATIO, openUnpacked } from './unpacked-source.ts'
import { applyRules, cover, type Place, type Walk } from './walk-report.ts'
import { walkSpans } from './walk-spans.ts'

/** Streams of one file. PyTorch's old format has five; more than a thousand are no model. */
const MAX_STREAMS = 1000
/** Streams that are found after padding or a break. One is enough to judge; more tell a person more. */
const MAX_HIDDEN = 8

export interface PickleLook {
  readonly facts: PickleFacts
  readonly trailing: Trailing | undefined
  readonly readBytes: number
  readonly format: string
  readonly reason: string | undefined
  /** Whether it makes sense to call these bytes a pickle at all. */
  readonly isPickle: boolean
  readonly hasActive: boolean
}

/** Runs all streams of a source, without judging. */
export async function lookAtPickle(walk: Walk, source: ByteSource): Promise<PickleLook> {
  const gatherer = new FactGatherer(walk.policy)
  const { at, format, readBytes } = await runStreams(walk, source, gatherer)
  const [first] = gatherer.runs
  const isLooked =
    first?.end === 'stop' || (await hasMagic(source)) || isPickle(gatherer.runs, source, gatherer.facts())
  if (isLooked && at < source.size) await lookBehind(walk, source, { gatherer, at })
  const facts = gatherer.facts()
  const isWhole = first?.end !== 'stop' || at === source.size
  const trailing = isWhole ? undefined : { offset: at, length: source.size - at }
  return {
    facts,
    trailing,
    readBytes,
    format,
    reason: reasonOf(facts, trailing),
    isPickle: isPickle(facts.runs, source, facts),
    hasActive: gatherer.hasActive(),
  }
}

/** Streams one after the other, as loaders read them; `at` is where nothing more is understood. */
async function runStreams(
  walk: Walk,
  source: ByteSource,
  gatherer: FactGatherer,
): Promise<{ at: number; format: string; readBytes: number }> {
  const { sink, onText } = gatherer
  const options = { sink, onText, steps: walk.budget.steps, signal: walk.signal }
  let at = 0
  let readBytes = 0
  let format = 'pickle'
  for (;;) {
    const run = await runPickle(source, { ...options, start: at })
    readBytes += run.readBytes
    if (run.crossing !== undefined) await runDropped(source, { ...options, start: at }, run.crossing)
    if (run.end !== 'stop' && gatherer.runs.length > 0) break
    gatherer.runs.push(run)
    at = run.endOffset
    if (run.end !== 'stop' || at >= source.size || gatherer.runs.length >= MAX_STREAMS) break
    const tail = await legacyTail(source, gatherer.runs, gatherer.facts().storages)
    if (tail === undefined) continue
    format = 'pytorch-legacy'
    at = tail.end
    break
  }
  if (gatherer.runs.some((run) => run.arrayCount > 0)) {
    format = 'joblib'
    await lookAsPlainPickle(walk, source, gatherer)
  }
  return { at, format, readBytes }
}

async function hasMagic(source: ByteSource): Promise<boolean> {
  const [first, second] = await source.read(0, 2)
  return first === 0x80 && second !== undefined && second <= 5
}

/** Runs the streams that stand where no loader of this format reads, and that do something. */
async function lookBehind(
  walk: Walk,
  source: ByteSource,
  { gatherer, at }: { readonly gatherer: FactGatherer; readonly at: number },
): Promise<void> {
  let from = at
  for (let i = 0; i < MAX_HIDDEN; i++) {
    const start = await findHiddenStream(walk, source, from)
    if (start === undefined) return
    const steps = walk.budget.steps
    const run = await runPickle(source, { sink: gatherer.sink, steps, start, signal: walk.signal })
    from = Math.max(run.endOffset, start + 1)
  }
}

/** pickle.load takes inline arrays for opcodes where joblib.load skips them; what is active there counts too. */
async function lookAsPlainPickle(walk: Walk, source: ByteSource, gatherer: FactGatherer): Promise<void> {
  await runPickle(source, {
    steps: walk.budget.steps,
    signal: walk.signal,
    arrays: 'opcodes',
    sink: (event, trail) => {
      if (event.kind !== 'global' && event.kind !== 'call') return
      const callee = event.kind === 'global' ? event : event.call.callee
      if (event.kind === 'call' && event.call.callee.kind !== 'global') return
      if (!('module' in callee) || !('name' in callee) || typeof callee.module !== 'string') return
      const role = walk.policy.roleOf(callee.module, String(callee.name))
      if (role === 'active' || role === 'reach') gatherer.sink(event, trail)
    },
  })
}

function reasonOf(facts: PickleFacts, trailing: Trailing | undefined): string | undefined {
  const broken = facts.runs.find((run) => run.end !== 'stop')
  if (broken !== undefined)
    return `the stream breaks at offset ${broken.endOffset}: ${broken.reason ?? 'unknown'}`
  if (trailing !== undefined)
    return `${trailing.length} bytes from offset ${trailing.offset} on are not understood`
  return facts.isCut ? 'it holds more than was kept' : undefined
}

function isPickle(runs: readonly PickleRun[], source: ByteSource, facts: PickleFacts): boolean {
  const [first] = runs
  if (first === undefined) return false
  const isNamed = facts.imports.some(
    ({ module, name }) => /^[A-Za-z_][\w.]*$/.test(module) && /^[A-Za-z_][\w.]*$/.test(name),
  )
  if (first.end === 'stop')
    return first.endOffset === source.size || isNamed || facts.sights.extensions.length > 0
  return isNamed
}

/** Judges a place that is a pickle, and looks into the bytes it hands to other loaders. */
export async function walkPickle(
  walk: Walk,
  place: Place,
  look: PickleLook,
  enter: (inner: Place) => Promise<void>,
): Promise<void> {
  applyRules(walk, place, { kind: 'pickle', facts: look.facts, trailing: look.trailing })
  const status = look.reason === undefined ? 'full' : 'partial'
  const base = { format: look.format, readBytes: look.readBytes, status } as const
  cover(walk, place, look.reason === undefined ? base : { ...base, reason: look.reason })
  await walkInner(walk, place, look, enter)
}

async function walkInner(
  walk: Walk,
  place: Place,
  look: PickleLook,
  enter: (inner: Place) => Promise<void>,
): Promise<void> {
  for (const [i, inner] of look.facts.inner.entries()) {
    const source = await sourceOfInner(walk, place, inner)
    const name = NAMES_OF_INNER[inner.kind]
    const innerPlace = { source, members: [...place.members, `${name}[${i}]`], depth: place.depth + 1 }
    if (inner.kind === 'loaded' || inner.kind === 'model') await enter(innerPlace)
    else if (inner.kind === 'unpacked') await walkUnpacked(walk, innerPlace, enter)
    else await walkNested(walk, innerPlace, enter)
    if (inner.kind === 'nested') await walkSpans(walk, innerPlace, [{ name, offset: 0, length: source.size }])
  }
}

const NAMES_OF_INNER: Readonly<Record<InnerBytes['kind'], string>> = {
  loaded: '_load_from_bytes',
  model: 'model',
  unpacked: 'bytes',
  nested: 'bytes',
}

/** Bytes that a call unpacks, which may be packed again: what they hold may be a bomb, or a pickle that acts. */
async function walkUnpacked(walk: Walk, place: Place, enter: (inner: Place) => Promise<void>): Promise<void> {
  let inner = place
  for (let level = 0; level < MAX_NESTED; level++) {
    const { source } = inner
    const head = await source.read(0, PACKING_HEAD, walk.signal)
    const packing = PACKINGS.find(({ recognizes }) => recognizes(head))
    if (packing === undefined) break
    const opened = await openUnpacked((packed) => packing.unpack(packed, walk.signal), {
      source,
      budget: walk.budget,
      pace: packing.pace,
    })
    // Packed twice, it is measured by what stands in the file.
    if (opened.isBomb || (opened.isCut && opened.sizeBytes > BOMB_RATIO * place.source.size)) {
      const message = `${place.source.size} bytes unpack to more than ${opened.sizeBytes}`
      return noteSight(walk, place, { kind: 'bomb', message })
    }
    inner = { ...inner, source: opened.source }
  }
  await walkNested(walk, inner, enter)
}

/** Bytes by which a packed stream is told. */
const PACKING_HEAD = 64

/** Bytes of a text that is decoded in memory. A storage in a pickle of protocol 2 is rarely larger; the rest is cut. */
const MAX_STORED = 64 * 1024 * 1024

async function sourceOfInner(walk: Walk, place: Place, inner: InnerBytes): Promise<ByteSource> {
  if (inner.stored !== undefined) {
    const { offset, length, isLine } = inner.stored
    const text = await place.source.read(offset, Math.min(length, MAX_STORED), walk.signal)
    return sourceOfBytes(readStoredText(text, isLine))
  }
  return inner.bytes === undefined
    ? sliceOfSource(place.source, inner.offset, inner.length)
    : sourceOfBytes(inner.bytes)
}

/** Bytes that begin like a pickle are data until something loads them; they are judged only when they would act. */
export async function walkNested(
  walk: Walk,
  place: Place,
  enter: (inner: Place) => Promise<void>,
): Promise<void> {
  if (walk.budget.membersLeft-- <= 0 || place.depth > MAX_NESTED) return
  const look = await lookAtPickle(walk, place.source)
  if (!look.isPickle) return
  if (look.hasActive) await walkPickle(walk, place, look, enter)
  else await walkInner(walk, place, look, enter)
}

/** Pickles in pickles in pickles that are tried. */
const MAX_NESTED = 8
