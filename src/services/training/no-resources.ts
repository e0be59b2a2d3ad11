import type { RunResources } from '../../trust/evidence/index.ts'

/** What a run that nobody measured has used, as far as anybody knows. */
export const NO_RESOURCES: RunResources = {
  ...{ wallMs: 0, cpuUserMs: 0, cpuSystemMs: 0, gpuMs: 0, peakMemoryBytes: 0 },
  ...{ readBytes: 0, writtenBytes: 0, peakProcesses: 0, tracking: 'processes' },
}
