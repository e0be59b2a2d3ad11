export { type ClaimedBase, claimedBases } from './claimed-bases.ts'
export { type DeriveRequest, deriveModel, type NamedParent } from './derive-model.ts'
export type { LineageDeps, ModelFiles } from './ports.ts'
export { type ReceivedEvent, receiveEvent } from './receive-event.ts'
export {
  type LineageGraph,
  type LineagePoint,
  type LineageQuery,
  walkLineage,
} from './walk-lineage.ts'
