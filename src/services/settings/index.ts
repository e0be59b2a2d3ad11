export { readSettings, type Settings } from './read-settings.ts'
export type { SignerSetting } from './read-signers.ts'
