export { readCycloneDx } from './read-cyclonedx.ts'
export { readSpdx } from './read-spdx.ts'
export type { SbomView } from './sbom-view.ts'
