export { looksLikeNdarrays, readNdarrays } from './read-ndarrays.ts'
export { type MxnetNode, readSymbol } from './read-symbol.ts'
