export { looksLikeSafetensors, readSafetensors } from './read-safetensors.ts'
export type { SafetensorsProblem, SafetensorsTensor, SafetensorsView } from './safetensors-view.ts'
