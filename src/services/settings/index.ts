export { readSettings, type Settings } from './read-settings.ts'
export type { SignerSetting } from './read-signers.ts'
export type { OciUpstreamSetting, PullUpstreamSetting } from './read-upstreams.ts'
