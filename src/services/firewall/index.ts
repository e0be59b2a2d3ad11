export { createFirewall } from './create-firewall.ts'
export type {
  Firewall,
  FirewallMode,
  HubAnswer,
  OpenFile,
  OpenRevision,
} from './firewall-port.ts'
export type {
  Asked,
  Download,
  Expected,
  FirewallBook,
  HeldRevision,
  HubFacts,
  HubFile,
  HubRef,
  HubRefs,
  HubUpstream,
  PartialStore,
  Received,
} from './ports.ts'
export {
  nameOfRepo,
  parseRepo,
  parseRepoPath,
  parseRevision,
  REPO_KINDS,
  type RepoAddress,
  type RepoKind,
} from './repo-address.ts'
