export type { GgufProblem, GgufTemplate, GgufTensor, GgufView } from './gguf-view.ts'
export { looksLikeGguf, readGguf } from './read-gguf.ts'
