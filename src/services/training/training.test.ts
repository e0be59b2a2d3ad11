import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { budgetStates, parseBudget, readTime } from './budget.ts'
import { compareRuns } from './compare-runs.ts'
import { MASK, maskCommand, maskEnvironment, maskText } from './mask-secrets.ts'
import { foldRunJournal, type RunLine, type RunPlan, writeRunLine } from './run-journal.ts'
import { runSeries } from './run-series.ts'

const HOUR = 3_600_000

describe('a budget', () => {
  test.for([
    ['wall=2h', { wallMs: 2 * HOUR }],
    ['gpu-hours=4,cpu-hours=8', { gpuMs: 4 * HOUR, cpuMs: 8 * HOUR }],
    ['cpu-hours=0.5, memory=16GiB', { cpuMs: HOUR / 2, memoryBytes: 16 * 2 ** 30 }],
    ['memory=2GB', { memoryBytes: 2e9 }],
    ['wall=90m', { wallMs: 1.5 * HOUR }],
  ] as const)('%s is read', ([text, limits]) => {
    expect(parseBudget(text, 0.8)).toEqual({ ok: true, value: { ...limits, warnAt: 0.8 } })
  })
  test.for([
    '',
    'wall',
    'wall=',
    'wall=2',
    'wall=0s',
    'wall=-1h',
    'wall=1e9h',
    'wall=2h=3',
    'wall=1h,wall=2h',
    'cpu-hours=NaN',
    'cpu-hours=1h',
    'memory=1XB',
    'memory=-1',
    'gpus=3',
    'wall=2h,',
    'cpu-hours=Infinity',
  ])('"%s" is refused with what to write', (text) => {
    const budget = parseBudget(text, 0.8)
    expect(budget.ok ? '' : budget.error).toMatch(/gpu-hours=4,cpu-hours=8|twice/)
  })
  test.for([0, -1, 1.01, Number.NaN])('a warning at %s of a limit is refused', (share) => {
    expect(parseBudget('wall=1h', share).ok).toBe(false)
  })
  test('says how far each limit is used up, worst first', () => {
    const budget = { wallMs: 100, cpuMs: 100, warnAt: 0.8 }
    expect(budgetStates(budget, { wallMs: 50, cpuMs: 90, gpuMs: 9, memoryBytes: 9 })).toEqual([
      { limit: 'cpu', share: 0.9 },
      { limit: 'wall', share: 0.5 },
    ])
  })
  test('whatever is read is a whole number above 0', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const time = readTime(text)
        return time === undefined || (Number.isSafeInteger(time) && time > 0)
      }),
    )
  })
})

describe('secrets', () => {
  test.for([
    [
      ['train', '--api-key', 'abcdef'],
      ['train', '--api-key', MASK],
    ],
    [
      ['train', '--token=abc', '--lr=0.1'],
      ['train', `--token=${MASK}`, '--lr=0.1'],
    ],
    [
      ['train', 'WANDB_API_KEY=abc'],
      ['train', `WANDB_API_KEY=${MASK}`],
    ],
    [
      ['curl', 'https://me:pw@example.org/x?sig=abc&y=1'],
      ['curl', `https://${MASK}@example.org/x?sig=${MASK}&y=1`],
    ],
    [
      ['x', `ghp_${'a'.repeat(36)}`],
      ['x', MASK],
    ],
    [
      ['x', '--tokenizer', 'bert', '--max-tokens', '12', '--key-frames'],
      ['x', '--tokenizer', 'bert', '--max-tokens', '12', '--key-frames'],
    ],
  ] as const)('%j', ([command, masked]) => {
    expect(maskCommand(command)).toEqual(masked)
  })
  test('of the environment only what changes a computation is kept', () => {
    const kept = maskEnvironment(
      {
        OMP_NUM_THREADS: '4',
        AWS_SECRET_ACCESS_KEY: 'x',
        HOME: '/root',
        HTTPS_PROXY: 'http://u:p@proxy:3128',
        MY_SEED: '7',
        MY_TOKEN: 'x',
        PYTHONHASHSEED: '0',
      },
      ['MY_SEED', 'MY_TOKEN'],
    )
    expect(kept).toEqual({
      HTTPS_PROXY: `http://${MASK}@proxy:3128`,
      MY_SEED: '7',
      MY_TOKEN: MASK,
      OMP_NUM_THREADS: '4',
      PYTHONHASHSEED: '0',
    })
  })
  test('masking twice masks nothing more', () => {
    fc.assert(fc.property(fc.string(), (text) => maskText(maskText(text)) === maskText(text)))
  })
})

const PLAN: RunPlan = {
  ...{ id: '019feca0-0000-7000-8000-000000000001', name: 'n', command: ['x'], isMasked: false, folder: '/w' },
  ...{
    host: 'h',
    user: 'local:1',
    plannedAt: '2026-11-20T02:00:00.000Z',
    budget: { warnAt: 0.8 },
    graceMs: 1,
  },
  inputs: { datasets: [], locks: [], versions: {}, environment: {} },
  ...{ outputs: [], dataStamps: {}, coverage: [] },
}
const RESOURCES = {
  ...{ wallMs: 1, cpuUserMs: 1000, cpuSystemMs: 0, gpuMs: 0, peakMemoryBytes: 5 },
  ...{ readBytes: 0, writtenBytes: 0, peakProcesses: 1, tracking: 'processes' as const },
}
const sample = (at: number, cpuUserMs: number): RunLine => ({
  ...{ kind: 'sample', at, memoryBytes: at, members: [{ pid: 2, start: 3 }] },
  resources: { ...RESOURCES, cpuUserMs },
})
const LINES: readonly RunLine[] = [
  { kind: 'plan', plan: PLAN },
  { kind: 'begun', at: 1000, root: { pid: 2, start: 3 }, boot: 'b' },
  sample(2000, 1000),
  { kind: 'egress', at: 2100, to: ['192.0.2.1:443/tcp'] },
  sample(3000, 2500),
  { kind: 'warned', at: 3100, limit: 'wall', share: 0.8 },
  { kind: 'stopping', at: 3200, why: { kind: 'budget', limit: 'wall' } },
  { kind: 'left-behind', at: 3300, processes: ['x (3)'] },
  { kind: 'end', at: 4000, code: 0, resources: RESOURCES, coverage: [] },
]
const TEXT = LINES.map(writeRunLine).join('')

describe('the journal of a run', () => {
  test('reads back what was written', () => {
    const facts = foldRunJournal(TEXT)
    expect(facts).toMatchObject({ brokenLines: 0, egress: ['192.0.2.1:443/tcp'], leftBehind: ['x (3)'] })
    expect(facts?.end?.code).toBe(0)
    expect(facts?.stopping?.why).toEqual({ kind: 'budget', limit: 'wall' })
  })
  test('cut anywhere: what stood before the cut stays, and at most one line is broken', () => {
    const planned = writeRunLine(LINES[0] as RunLine).length
    for (let cut = 0; cut <= TEXT.length; cut++) {
      const facts = foldRunJournal(TEXT.slice(0, cut))
      if (cut < planned - 1) expect(facts).toBeUndefined()
      else {
        expect(facts?.plan).toEqual(PLAN)
        expect(facts?.brokenLines).toBeLessThanOrEqual(1)
        expect(facts?.end === undefined).toBe(cut < TEXT.length - 1)
      }
    }
  })
  test('never throws, whatever it holds', () => {
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom(...LINES.map((one) => JSON.stringify(one))),
      fc
        .constantFrom(...Object.keys({ plan: 1, begun: 1, sample: 1, end: 1 }))
        .map((kind) => JSON.stringify({ kind })),
    )
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        foldRunJournal(lines.join('\n'))
      }),
    )
  })
  test('its chart has few points however long it is, and says how busy it was between them', () => {
    const lines = [
      ...LINES.slice(0, 2),
      ...Array.from({ length: 5000 }, (_, i) => sample(1000 + i * 1000, i * 500)),
    ]
    const facts = foldRunJournal(lines.map(writeRunLine).join(''))
    const points = facts === undefined ? [] : runSeries(facts)
    expect(points.length).toBeGreaterThan(400)
    expect(points.length).toBeLessThanOrEqual(512)
    expect(points.slice(1).every(({ cpus }) => cpus === 0.5)).toBe(true)
    expect(points.at(-1)?.memoryBytes).toBe(1000 + 4999 * 1000)
  })
})

describe('two runs', () => {
  const run = {
    command: ['x'],
    inputs: {
      ...PLAN.inputs,
      datasets: [{ name: 'd', path: '/d', digest: `sha256:${'1'.repeat(64)}` as never }],
      packages: { count: 1, digest: `sha256:${'2'.repeat(64)}` as never, names: ['numpy==1'] },
    },
    products: [{ name: 'm', path: 'm', digest: `sha256:${'3'.repeat(64)}` as never }],
  }
  test('that are alike differ in nothing', () => {
    expect(compareRuns(run, run)).toEqual({
      inputs: [],
      products: [
        { path: 'm', isSame: true, before: run.products[0]?.digest, after: run.products[0]?.digest },
      ],
    })
  })
  test('are told apart by kind and name', () => {
    const other = {
      ...run,
      inputs: {
        ...run.inputs,
        datasets: [],
        packages: { ...run.inputs.packages, names: ['numpy==2'] },
        seed: '1',
      },
      products: [],
    }
    expect(compareRuns(run, other)).toMatchObject({
      inputs: [
        { kind: 'data', name: '/d' },
        { kind: 'packages', name: 'numpy', before: '1', after: '2' },
        { kind: 'seed', after: '1' },
      ],
      products: [{ path: 'm', isSame: false }],
    })
  })
})
