import type { RunSummary } from '../../api/contract.ts'
import type { IconName } from '../../parts/icon.tsx'
import type { Tone, Word } from '../../parts/words.ts'

const word = (icon: IconName, tone: Tone, help: string): Word => ({ icon, tone, help })

/** How a run ended, or that it goes on. */
export const RUN_WORDS: Readonly<Record<RunSummary['state'], Word>> = {
  running: word('clock', 'accent', 'The command runs.'),
  finished: word('check', 'good', 'The command ended by itself, without a failure.'),
  failed: word('alert', 'warn', 'The command ended with a failure of its own.'),
  'stopped-by-budget': word('pause', 'bad', 'The whole process tree was stopped at a hard limit.'),
  interrupted: word('question', 'unknown', 'The wrapper was killed; what its journal held is sealed.'),
  denied: word('cross', 'bad', 'The policy did not let it start.'),
  unreadable: word('question', 'unknown', 'Its journal cannot be read.'),
}

/** Milliseconds as people say them: `1.5 h`, `12 min`, `8.2 s`. */
export function showDuration(ms: number): string {
  if (ms >= 3_600_000) return `${trim(ms / 3_600_000)} h`
  if (ms >= 60_000) return `${trim(ms / 60_000)} min`
  return `${trim(ms / 1000)} s`
}

function trim(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3).replace(/\.?0+$/, '')
}
