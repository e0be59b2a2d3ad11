import { digestOfJson } from '../../src/ground/domain/index.ts'
import { SallyportError } from '../../src/ground/lang/index.ts'
import type { RunDetail, RunReader } from '../../src/services/training/index.ts'

const HOUR = 3_600_000
const DIGEST = digestOfJson('data')

/** The id of the one run that {@link fakeRuns} has. */
export const FAKE_RUN = '019feca0-0000-7000-8000-000000000001'

const RESOURCES = {
  ...{ wallMs: HOUR, cpuUserMs: HOUR, cpuSystemMs: 1000, gpuMs: HOUR, peakMemoryBytes: 2 ** 31 },
  ...{ readBytes: 2 ** 30, writtenBytes: 2 ** 20, peakProcesses: 9, tracking: 'cgroup' as const },
  gpus: [{ id: 'GPU-1', heldMs: HOUR, peakMemoryBytes: 2 ** 33 }],
}

const RUN: RunDetail = {
  id: FAKE_RUN,
  name: 'nightly',
  state: 'stopped-by-budget',
  startedAt: '2026-11-20T02:00:00.000Z',
  ...{ wallMs: HOUR, cpuMs: HOUR + 1000, gpuMs: HOUR, findings: 1 },
  digest: digestOfJson('run'),
  budget: { wallMs: 2 * HOUR, gpuMs: HOUR, warnAt: 0.8 },
  resources: RESOURCES,
  points: Array.from({ length: 60 }, (_, i) => ({
    ...{ atMs: i * 60_000, cpus: 1 + (i % 3) / 4, cpuMs: i * 60_000, gpus: 1, gpuMs: i * 60_000 },
    ...{ memoryBytes: 2 ** 30 + i * 2 ** 24, readBytes: i * 2 ** 20, writtenBytes: i * 2 ** 10 },
  })),
  record: {
    at: '2026-11-20T03:00:00.000Z',
    run: FAKE_RUN,
    name: 'nightly',
    outcome: 'stopped-by-budget',
    reason: 'stopped at the hard limit of gpu',
    exit: { signal: 'SIGTERM' },
    startedAt: '2026-11-20T02:00:00.000Z',
    finishedAt: '2026-11-20T03:00:00.000Z',
    command: ['python3', 'train.py'],
    ...{ folder: '/work', host: 'trainer-1', user: 'local:0123456789abcdef' },
    budget: { wallMs: 2 * HOUR, gpuMs: HOUR, warnAt: 0.8 },
    resources: RESOURCES,
    inputs: {
      datasets: [{ name: 'reviews', path: '/data/reviews', digest: DIGEST, files: 3, sizeBytes: 12_345 }],
      code: { commit: 'c'.repeat(40), remote: 'https://git.example.org/team/train.git' },
      locks: [{ path: 'requirements.txt', digest: DIGEST }],
      packages: { count: 2, digest: DIGEST, names: ['numpy==2.1.0', 'torch==2.9.0'] },
      versions: { kernel: 'Linux 6.1' },
      environment: { LANG: 'C' },
      seed: '7',
    },
    products: [
      { name: 'model', path: 'model', digest: DIGEST, omsRoot: 'a'.repeat(64), files: 1, sizeBytes: 7 },
    ],
    metrics: { path: 'metrics.json', digest: DIGEST, values: { loss: 0.1 } },
    egress: ['192.0.2.10:443/tcp'],
    historyRuns: 4,
    findings: [
      {
        ruleId: 'training/over-budget',
        severity: 'medium',
        verdict: 'suspicious',
        title: 'The run was stopped at its budget',
        message: 'stopped at the hard limit of gpu',
        location: { path: 'training-run' },
        remedy: 'Find out what used it up.',
        taxonomy: ['AML.T0034'],
        fingerprint: '0123456789abcdef',
      },
    ],
    coverage: [{ what: 'egress', status: 'partial', reason: 'sampled' }],
  },
}

/** One run that was stopped at its budget, as pages show it. */
export const fakeRuns: RunReader = {
  list: async () => {
    const {
      digest: _digest,
      points: _points,
      budget: _budget,
      resources: _resources,
      record: _record,
      ...summary
    } = RUN
    return { items: [summary] }
  },
  get: async (id) => {
    if (id !== FAKE_RUN) throw new SallyportError('NOT_FOUND', `there is no run ${id} here`)
    return RUN
  },
}
