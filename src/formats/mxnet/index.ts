export { looksLikeNdarrays, type NdarrayView, readNdarrays } from './read-ndarrays.ts'
export { type MxnetNode, type MxnetView, readSymbol } from './read-symbol.ts'
