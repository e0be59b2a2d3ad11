export { type CntkFunction, readCntk } from './read-cntk.ts'
