export { type CntkFunction, type CntkView, readCntk } from './read-cntk.ts'
