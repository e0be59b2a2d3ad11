export type {
  OmsBundle,
  OmsHash,
  OmsManifest,
  OmsResource,
} from './oms-view.ts'
export { readOmsBundle } from './read-bundle.ts'
export {
  isOldStatement,
  OMS_PREDICATE_TYPE,
  problemOfIgnored,
  readOmsStatement,
  rootOfDigests,
} from './read-statement.ts'
