export { bytesOf as ggufTensorBytes } from './check-layout.ts'
export type { GgufView } from './gguf-view.ts'
export { looksLikeGguf, readGguf } from './read-gguf.ts'
