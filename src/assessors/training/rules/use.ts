import { exampleCase, exampleRun, type RunView, type TrainingRule } from '../run-case.ts'

/** Earlier runs that ended by themselves, of which one is no habit. */
const MIN_HISTORY = 3
/** How many times the usual is unusual. */
const FACTOR = 3
/** Milliseconds. Seconds become minutes for many innocent reasons. */
const MIN_MS = 60_000
const HOUR_MS = 3_600_000

const MEASURES = [
  ['processor', ({ resources }: RunView) => resources.cpuUserMs + resources.cpuSystemMs],
  ['GPU', ({ resources }: RunView) => resources.gpuMs],
  ['wall-clock', ({ resources }: RunView) => resources.wallMs],
] as const

const LONG = { wallMs: 2 * HOUR_MS, cpuUserMs: 6.5 * HOUR_MS, cpuSystemMs: 0, gpuMs: HOUR_MS }

export const unusualHours: TrainingRule = {
  id: 'training/unusual-hours',
  severity: 'high',
  verdict: 'suspicious',
  title: 'The run used three times what its earlier runs used',
  source: 'https://atlas.mitre.org/techniques/AML.T0034',
  taxonomy: ['AML.T0034', 'ATT&CK T1496', 'CWE-400'],
  remedy:
    'Look at the chart of the run and at what ran in it. Where more work was wanted, say so by another --name; else treat the host as misused.',
  examples: {
    fires: [
      exampleCase({ run: exampleRun({ resources: LONG }) }),
      exampleCase({
        run: exampleRun({ resources: { wallMs: HOUR_MS, cpuUserMs: 0, cpuSystemMs: 0, gpuMs: 4 * HOUR_MS } }),
      }),
    ],
    silent: [
      exampleCase(),
      exampleCase({ run: exampleRun({ resources: LONG }), history: [exampleRun()] }),
      exampleCase({
        run: exampleRun({ resources: { wallMs: 50_000, cpuUserMs: 50_000, cpuSystemMs: 0, gpuMs: 0 } }),
        history: [1, 2, 3].map(() =>
          exampleRun({ resources: { wallMs: 1000, cpuUserMs: 1000, cpuSystemMs: 0, gpuMs: 0 } }),
        ),
      }),
    ],
  },
  check: ({ run, history }) => {
    const ended = history.filter(({ outcome }) => outcome === 'finished')
    if (ended.length < MIN_HISTORY) return []
    return MEASURES.flatMap(([name, of]) => {
      const [used, usual] = [of(run), median(ended.map(of))]
      if (used < MIN_MS || used <= FACTOR * usual) return []
      return [
        `${hours(used)} ${name} hours, where ${ended.length} earlier runs used ${hours(usual)} as a rule`,
      ]
    })
  },
}

export const overBudget: TrainingRule = {
  id: 'training/over-budget',
  severity: 'medium',
  verdict: 'suspicious',
  title: 'The run was stopped at its budget',
  source: 'https://atlas.mitre.org/techniques/AML.T0034',
  taxonomy: ['AML.T0034', 'CWE-770'],
  remedy:
    'Find out what used it up. Raise the budget where the work needs more; what was written until then is recorded.',
  examples: {
    fires: [exampleCase({ exceeded: 'cpu' })],
    silent: [exampleCase()],
  },
  check: ({ exceeded }) => (exceeded === undefined ? [] : [`stopped at the hard limit of ${exceeded}`]),
}

export const leftBehind: TrainingRule = {
  id: 'training/left-behind',
  severity: 'low',
  verdict: 'suspicious',
  title: 'Processes outlived the command that started them',
  source: 'https://attack.mitre.org/techniques/T1543/',
  taxonomy: ['ATT&CK T1496'],
  remedy: 'Find out why they stayed. They were stopped; --wait-all waits for them where they are wanted.',
  examples: {
    fires: [exampleCase({ leftBehind: ['xmrig (4242)'] })],
    silent: [exampleCase()],
  },
  check: ({ leftBehind: names }) =>
    names.length === 0 ? [] : [`${names.length} left and stopped: ${names.slice(0, 5).join(', ')}`],
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low, high] = [sorted[middle - 1] ?? 0, sorted[middle] ?? 0]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

function hours(ms: number): string {
  return (ms / HOUR_MS).toFixed(2)
}
