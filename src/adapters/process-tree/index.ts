export { parseConnections } from './connections.ts'
export { openGpuMeter, parseComputeApp } from './gpu-meter.ts'
export { parseProcessStat } from './proc-files.ts'
export { numberOfSignal, openProcessTrees } from './process-trees.ts'
