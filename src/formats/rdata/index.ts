export { callsIn } from './calls-in.ts'
export type { RArgument, RCall, RdataView, RNode, RSight } from './r-node.ts'
export { looksLikeRdata, readRdata } from './read-rdata.ts'
export { writeR } from './write-r.ts'
