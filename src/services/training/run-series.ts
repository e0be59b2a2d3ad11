import type { RunJournalFacts } from './run-journal.ts'

/** Points of a chart: more than any screen shows apart, few enough to be sent whole. */
const MAX_POINTS = 512

/** One point of a run's resource chart. Times in milliseconds since the run began, shares of whole processors and GPUs. */
export interface RunPoint {
  readonly atMs: number
  /** Processors busy on average since the point before. */
  readonly cpus: number
  /** Processor time used up to here, milliseconds. */
  readonly cpuMs: number
  /** Largest of the interval. */
  readonly memoryBytes: number
  /** GPUs held on average since the point before. */
  readonly gpus: number
  readonly gpuMs: number
  readonly readBytes: number
  readonly writtenBytes: number
}

/** A run's resources over time, with no more than {@link MAX_POINTS} points whatever its length. */
export function runSeries(facts: RunJournalFacts): readonly RunPoint[] {
  const startedAt = facts.begun?.at ?? facts.samples[0]?.at ?? 0
  const every = Math.max(1, Math.ceil(facts.samples.length / MAX_POINTS))
  const points: RunPoint[] = []
  let before = { atMs: 0, cpuMs: 0, gpuMs: 0 }
  for (let i = 0; i < facts.samples.length; i += every) {
    const group = facts.samples.slice(i, i + every)
    const last = group.at(-1)
    if (last === undefined) break
    const { cpuUserMs, cpuSystemMs, gpuMs, readBytes, writtenBytes } = last.resources
    const now = { atMs: Math.max(0, last.at - startedAt), cpuMs: cpuUserMs + cpuSystemMs, gpuMs }
    const span = Math.max(1, now.atMs - before.atMs)
    points.push({
      ...now,
      cpus: round((now.cpuMs - before.cpuMs) / span),
      gpus: round((now.gpuMs - before.gpuMs) / span),
      memoryBytes: Math.max(...group.map(({ memoryBytes }) => memoryBytes)),
      readBytes,
      writtenBytes,
    })
    before = now
  }
  return points
}

function round(share: number): number {
  return Math.max(0, Math.round(share * 1000) / 1000)
}
