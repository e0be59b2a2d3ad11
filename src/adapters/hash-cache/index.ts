export { openHashCache } from './open-hash-cache.ts'
