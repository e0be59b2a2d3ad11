export { looksLikeSafetensors, readSafetensors } from './read-safetensors.ts'
export type { SafetensorsView } from './safetensors-view.ts'
