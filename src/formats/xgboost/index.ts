export type { BoosterView } from './booster-view.ts'
export { judgeBooster } from './judge-booster.ts'
export { looksLikeBinaryBooster, readBinaryBooster } from './read-binary-booster.ts'
