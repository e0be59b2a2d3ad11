export { type CoreMlItem, type CoreMlView, looksLikeCoreMl, readCoreMl } from './read-coreml.ts'
