export { looksLikeSkops, readSkops, type SkopsNode } from './read-skops.ts'
