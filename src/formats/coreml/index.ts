export { type CoreMlItem, looksLikeCoreMl, readCoreMl } from './read-coreml.ts'
