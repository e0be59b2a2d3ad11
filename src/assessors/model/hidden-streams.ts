import { runPickle } from '../../formats/pickle/index.ts'
import type { ByteSource } from '../../ground/lang/index.ts'
import type { ImportPolicy } from './import-policy.ts'
import { FactGatherer } from './pickle-facts.ts'
import type { Walk } from './walk-report.ts'

/** Bytes that are searched for a stream after those that loaders read. */
const MAX_SEARCHED = 64 * 1024 * 1024
const CHUNK = 1024 * 1024
/** Bytes that chunks share, so that no start is cut in two. */
const OVERLAP = 256
/** Places that look like the start of a stream and are tried. */
const MAX_TRIED = 20_000
/** Opcodes run of one that is tried, and of all: starts may stand inside one another. */
const MAX_STEPS = 100_000
const MAX_ALL_STEPS = 1_000_000

/** Import lines of protocols 0 and 1. */
const IMPORT = /[ci]([A-Za-z_][\w.]{0,63})\n([A-Za-z_][\w.]{0,63})\n/g

/**
 * The first stream after `from` that does something: what stands after padding, or after a break, is found by loaders that
 * read on, and by nobody who stops at the end of the first stream. Undefined when there is none.
 */
export async function findHiddenStream(
  walk: Walk,
  source: ByteSource,
  from: number,
): Promise<number | undefined> {
  let tried = 0
  const left = { steps: MAX_ALL_STEPS }
  const end = Math.min(source.size, from + MAX_SEARCHED)
  for (let at = from; at < end; at += CHUNK - OVERLAP) {
    const bytes = await source.read(at, CHUNK, walk.signal)
    for (const start of startsIn(walk.policy, bytes)) {
      if (tried++ > MAX_TRIED) return undefined
      if (left.steps <= 0) return undefined
      if (await acts(walk, source, { start: at + start, left })) return at + start
    }
    if (bytes.length < CHUNK) break
  }
  return undefined
}

function startsIn(policy: ImportPolicy, bytes: Uint8Array): number[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const starts: number[] = []
  for (let at = buffer.indexOf(0x80); at >= 0; at = buffer.indexOf(0x80, at + 1)) {
    const version = buffer[at + 1] ?? 0
    if (version >= 2 && version <= 5) starts.push(at)
  }
  for (const found of buffer.toString('latin1').matchAll(IMPORT)) {
    const role = policy.roleOf(found[1] ?? '', found[2] ?? '')
    if (role === 'active' || role === 'reach') starts.push(found.index)
  }
  return starts
}

async function acts(
  walk: Walk,
  source: ByteSource,
  { start, left }: { readonly start: number; readonly left: { steps: number } },
): Promise<boolean> {
  const probe = new FactGatherer(walk.policy)
  const steps = { left: Math.min(MAX_STEPS, left.steps, walk.budget.steps.left) }
  const before = steps.left
  const run = await runPickle(source, { sink: probe.sink, steps, start, signal: walk.signal })
  walk.budget.steps.left -= before - steps.left
  left.steps -= before - steps.left
  // Chance makes an import line, hardly ever a whole stream with one.
  const isCalled = probe.facts().imports.some(({ role, call }) => role !== 'callable' && call !== undefined)
  return probe.hasActive() && (run.end === 'stop' || isCalled)
}
