export { bytesOf as ggufTensorBytes, dataOffsetOf as ggufDataOffset } from './check-layout.ts'
export type { GgufView } from './gguf-view.ts'
export { looksLikeGguf, readGguf } from './read-gguf.ts'
