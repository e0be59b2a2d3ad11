import { type PickleRun, runPickle } from '../../formats/pickle/index.ts'
import { type ByteSource, sliceOfSource, sourceOfBytes } from '../../ground/lang/index.ts'
import { FactGatherer, type PickleFacts } from './pickle-facts.ts'
import type { Trailing } from './rule.ts'
import { legacyTail } from './torch-legacy.ts'
import { applyRules, cover, type Place, type Walk } from './walk-report.ts'

/** Streams of one file. PyTorch's old format has five; more than a thousand are no model. */
const MAX_STREAMS = 1000

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
  const common = { sink: gatherer.sink, steps: walk.budget.steps, signal: walk.signal }
  const first = await runPickle(source, { ...common, start: 0 })
  gatherer.runs.push(first)
  let readBytes = first.readBytes
  let at = first.endOffset
  let format = 'pickle'
  while (gatherer.runs.at(-1)?.end === 'stop' && at < source.size && gatherer.runs.length < MAX_STREAMS) {
    const tail = await legacyTail(source, gatherer.runs, gatherer.facts().storages)
    if (tail !== undefined) {
      format = 'pytorch-legacy'
      at = tail.end
      break
    }
    const run = await runPickle(source, { ...common, start: at })
    readBytes += run.readBytes
    if (run.end !== 'stop') break
    gatherer.runs.push(run)
    at = run.endOffset
  }
  const isWhole = first.end !== 'stop' || at === source.size
  const trailing = isWhole ? undefined : { offset: at, length: source.size - at }
  if (gatherer.runs.some((run) => run.arrayCount > 0)) {
    format = 'joblib'
    await lookAsPlainPickle(walk, source, gatherer)
  }
  const facts = gatherer.facts()
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
  if (first.end === 'stop') return first.endOffset === source.size || isNamed || facts.extensions.length > 0
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
  for (const [i, inner] of look.facts.inner.entries()) {
    const source =
      inner.bytes === undefined
        ? sliceOfSource(place.source, inner.offset, inner.length)
        : sourceOfBytes(inner.bytes)
    await enter({ source, members: [...place.members, `_load_from_bytes[${i}]`], depth: place.depth + 1 })
  }
}
