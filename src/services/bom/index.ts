export type { BomFacts, Json } from './bom-facts.ts'
export { type BomSubject, type CollectDeps, collectFacts } from './collect-facts.ts'
export { cycloneDxBom } from './cyclonedx-bom.ts'
export { spdxBom } from './spdx-bom.ts'
