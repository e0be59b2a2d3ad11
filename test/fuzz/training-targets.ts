import { parseComputeApp, parseConnections, parseProcessStat } from '../../src/adapters/process-tree/index.ts'
import { bareRemote } from '../../src/adapters/run-surroundings/index.ts'
import { utf8 } from '../../src/ground/lang/index.ts'
import { foldRunJournal, parseBudget, runSeries, writeRunLine } from '../../src/services/training/index.ts'

const RESOURCES = {
  ...{ wallMs: 1, cpuUserMs: 1, cpuSystemMs: 0, gpuMs: 0, peakMemoryBytes: 5, readBytes: 0 },
  ...{ writtenBytes: 0, peakProcesses: 1, tracking: 'cgroup' as const },
}
const JOURNAL = [
  writeRunLine({ kind: 'begun', at: 1, root: { pid: 2, start: 3 }, boot: 'b', cgroup: '/sys/fs/cgroup/x' }),
  writeRunLine({
    kind: 'sample',
    at: 2,
    resources: RESOURCES,
    memoryBytes: 1,
    members: [{ pid: 2, start: 3 }],
  }),
  writeRunLine({ kind: 'end', at: 3, code: 0, resources: RESOURCES, coverage: [] }),
].join('')
const PLAN =
  '{"kind":"plan","plan":{"id":"a","name":"n","folder":"/","host":"h","user":"u","plannedAt":"2026-01-01T00:00:00.000Z","command":["x"],"outputs":[],"graceMs":1,"coverage":[],"budget":{"warnAt":1},"dataStamps":{},"inputs":{"datasets":[],"locks":[]}}}\n'
const STAT = '7 (a) b) S 1 7 7 0 -1 4194560 0 0 0 0 1 2 3 4 20 0 1 0 55 0 66 0'
const SOCKETS =
  '  sl  local_address rem_address   st\n   0: 0100007F:1F90 0A0200C0:01BB 01 0:0 00:0 0 1000 0 42 1 x\n'

/** What a run leaves behind and what the system says of it. */
export const TRAINING_TARGETS = [
  {
    name: 'run-journal',
    seeds: [utf8(PLAN + JOURNAL)],
    run: async (bytes: Uint8Array) => {
      const facts = foldRunJournal(Buffer.from(bytes).toString('utf8'))
      if (facts !== undefined) runSeries(facts)
    },
  },
  {
    name: 'processes-and-sockets',
    seeds: [
      utf8(STAT),
      utf8(SOCKETS),
      utf8('123, GPU-1, 45'),
      utf8('gpu-hours=4,wall=2h'),
      utf8('https://u:p@h/x?y'),
    ],
    run: async (bytes: Uint8Array) => {
      const text = Buffer.from(bytes).toString('latin1')
      parseProcessStat(text)
      parseConnections(text)
      parseComputeApp(text)
      parseBudget(text, 0.8)
      bareRemote(text)
    },
  },
]
